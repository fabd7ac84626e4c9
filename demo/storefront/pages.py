"""The shop's pages. Texts and order stand in pages/*.html; here what is filled in."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import quote

from demo.storefront.goods import CURRENCY, VIEWS, Customer, Product, lira

FOLDER = Path(__file__).parent / "pages"


@dataclass(frozen=True)
class Page:
    """`about` is the number of the product the page is about."""

    title: str
    body: str
    about: str = ""


def framed(page: Page, *, tags: str, customer: Customer | None) -> str:
    account = f'<a href="/hesabim/">{escape(customer.name)}</a>' if customer else '<a href="/giris/">Giriş</a>'
    about = f' data-muhatap-product="{page.about}"' if page.about else ""
    return _filled("frame", title=escape(page.title), body=page.body, tags=tags, account=account, about=about)


def home(some: Sequence[Product]) -> Page:
    return Page("Ihlamur Ev", _filled("home", cards=_cards(some)))


def listing(found: Sequence[Product], asked: str) -> Page:
    said = f"“{asked}” için {len(found)} ürün" if asked else "Bütün ürünler"
    none = "" if found else '<p class="none">Bunu bulamadık. Başka bir sözcükle arayın ya da bize sohbetten yazın.</p>'
    told = escape(json.dumps({"asked": asked, "n": len(found)}))
    return Page(said, _filled("list", said=escape(said), cards=_cards(found), none=none, told=told))


def product(one: Product) -> Page:
    colours = list(one.colours)
    pictures = "".join(
        f'<button type="button" data-view="{view}" aria-pressed="{"true" if n == 0 else "false"}">'
        f'<img src="{_picture(one, colours[0], view)}" alt="{escape(one.name)}, {view}" width="88" height="112"></button>'
        for n, view in enumerate(VIEWS)
    )
    variants = "".join(
        f'<button type="button" data-colour="{escape(colour)}" aria-pressed="{"true" if n == 0 else "false"}">{escape(colour)}</button>'
        for n, colour in enumerate(colours)
    )
    body = _filled(
        "product", name=escape(one.name), category=escape(one.category), price=lira(one.price), text=escape(one.text),
        picture=_picture(one, colours[0], VIEWS[0]), pictures=pictures, variants=variants, told=_told(one),
    )  # fmt: skip
    return Page(one.name, body, about=one.id)


def cart() -> Page:
    return Page("Sepet", _filled("cart"))


def checkout() -> Page:
    return Page("Ödeme", _filled("checkout"))


def login() -> Page:
    return Page("Giriş", _filled("login"))


def account(customer: Customer | None) -> Page:
    name = escape(customer.name) if customer else ""
    return Page("Hesabım", _filled("account", name=name)) if customer else login()


def nothing() -> Page:
    return Page("Böyle bir sayfa yok", "<main class='words'><h1>Böyle bir sayfa yok</h1></main>")


def _cards(some: Sequence[Product]) -> str:
    return "".join(
        _filled(
            "card", id=one.id, name=escape(one.name), price=lira(one.price), told=_told(one),
            picture=_picture(one, next(iter(one.colours)), VIEWS[0]),
        )
        for one in some
    )  # fmt: skip


def _told(one: Product) -> str:
    """The product as events tell it."""
    return escape(
        json.dumps(
            {
                "product_id": one.id,
                "name": one.name,
                "category": one.category,
                "price": str(one.price),
                "currency": CURRENCY,
            },
            ensure_ascii=False,
        )
    )


def _picture(one: Product, colour: str, view: str) -> str:
    return f"/resim/{one.id}/{quote(colour)}/{quote(view)}.svg"


def _filled(file: str, /, **values: str) -> str:
    return _template(file).substitute(values)


@cache
def _template(name: str) -> Template:
    return Template((FOLDER / f"{name}.html").read_text(encoding="utf-8"))
