"""What the shop sells, who has an account, and the drawings that stand for photographs."""

import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

CURRENCY = "TRY"
VIEWS = ("bütün", "dokusu", "katlı")
_GROUND = {"bütün": "#f1ece2", "dokusu": "#e4dccd", "katlı": "#ece5da"}


@dataclass(frozen=True)
class Product:
    id: str
    name: str
    category: str
    price: Decimal
    text: str
    pattern: str
    colours: dict[str, str]


@dataclass(frozen=True)
class Customer:
    number: str
    name: str
    email: str


@cache
def products() -> dict[str, Product]:
    return {one["id"]: Product(**one | {"price": Decimal(one["price"])}) for one in _told()["product"]}


@cache
def customers() -> dict[str, Customer]:
    """By address."""
    return {one["email"]: Customer(**one) for one in _told()["customer"]}


def found(query: str) -> list[Product]:
    """What a search finds: every word in the name, the category or the text."""
    words = query.casefold().split()
    return [
        one
        for one in products().values()
        if all(w in f"{one.name} {one.category} {one.text}".casefold() for w in words)
    ]


def lira(price: Decimal) -> str:
    whole, cents = f"{price:,.2f}".split(".")
    return f"{whole.replace(',', '.')},{cents} ₺"


def drawing(product: Product, colour: str, view: str) -> str:
    """A cloth, a weave or a folded heap in its colour."""
    ink = product.colours.get(colour) or next(iter(product.colours.values()))
    lines = {
        "stripes": "".join(f'<path d="M0 {y}h440" stroke="#0002" stroke-width="14"/>' for y in range(40, 560, 60)),
        "weave": "".join(
            f'<path d="M{x} 0v560M0 {x}h440" stroke="#fff3" stroke-width="3"/>' for x in range(0, 560, 22)
        ),
        "rings": "".join(
            f'<circle cx="220" cy="280" r="{r}" fill="none" stroke="#fff4" stroke-width="6"/>'
            for r in range(30, 300, 42)
        ),
    }[product.pattern]
    shape = {
        "bütün": '<rect x="70" y="60" width="300" height="440" rx="10"/>',
        "dokusu": '<rect width="440" height="560"/>',
        "katlı": '<rect x="60" y="230" width="320" height="110" rx="40"/><rect x="80" y="300" width="280" height="110" rx="40"/>',
    }[view]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 440 560">'
        f'<defs><clipPath id="c">{shape}</clipPath></defs><rect width="440" height="560" fill="{_GROUND[view]}"/>'
        f'<g clip-path="url(#c)"><rect width="440" height="560" fill="{ink}"/>{lines}</g></svg>'
    )


@cache
def _told() -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads((Path(__file__).parent / "goods.toml").read_text(encoding="utf-8"))
