"""A delivery's bytes into what it tells, by the kind of its shop."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from muhatap.sales import feeds
from muhatap.sales.arriving import FILE
from muhatap.sales.kinds import shopify, trendyol, woocommerce
from muhatap.sales.models import Shop, ShopDelivery
from muhatap.sales.told import Thing, ToldCart, ToldOrder, Unreadable, items, mapping, text


@dataclass(frozen=True, kw_only=True)
class Told:
    """One thing a delivery tells: an order, a cart, a product, the number of an order that was thrown away, or what could not be read."""

    order: ToldOrder | None = None
    cart: ToldCart | None = None
    thing: Thing | None = None
    gone: str = ""
    problem: str = ""


def told(delivery: ShopDelivery) -> Iterator[Told]:
    """What it tells, nothing where it is none of ours. Raises Unreadable."""
    if delivery.topic == FILE:
        yield from map(_of_file, feeds.read(bytes(delivery.raw), zone=settings.TIME_ZONE, at=delivery.received_at))
        return
    said = _json(bytes(delivery.raw))
    subject, _dot, act = delivery.topic.replace("/", ".").partition(".")
    if delivery.shop.kind == Shop.Kind.WOOCOMMERCE:
        yield from _woocommerce(subject, act, said)
    elif delivery.shop.kind == Shop.Kind.SHOPIFY:
        yield from _shopify(subject, act, said)
    elif delivery.shop.kind == Shop.Kind.TRENDYOL:
        for one in _packages(said):
            yield Told(order=trendyol.order(one))


def order(kind: str, said: Mapping[str, Any]) -> ToldOrder | None:
    """One order as this kind's API lists it. Raises Unreadable."""
    reader = {Shop.Kind.WOOCOMMERCE: woocommerce.order, Shop.Kind.SHOPIFY: shopify.order}.get(Shop.Kind(kind))
    return reader(said) if reader else trendyol.order(said)


def _woocommerce(subject: str, act: str, said: Any) -> Iterator[Told]:
    if subject == "order" and act == "deleted":
        yield Told(gone=text(mapping(said).get("id"), 100))
    elif subject == "order":
        found = woocommerce.order(mapping(said))
        if found:
            yield Told(order=found)
    elif subject == "product" and act != "deleted":
        yield Told(thing=woocommerce.thing(mapping(said)))


def _shopify(subject: str, act: str, said: Any) -> Iterator[Told]:
    if subject == "orders" and act == "delete":
        yield Told(gone=text(mapping(said).get("id"), 100))
    elif subject == "orders":
        yield Told(order=shopify.order(mapping(said)))
    elif subject == "checkouts":
        yield Told(cart=shopify.checkout(mapping(said), is_gone=act == "delete"))
    elif subject == "products" and act != "delete":
        yield Told(thing=shopify.thing(mapping(said)))


def _packages(said: Any) -> list[Mapping[str, Any]]:
    """Trendyol sends one package, or a list of them under `content`."""
    whole = mapping(said)
    return list(items(whole.get("content"))) or ([whole] if whole else [])


def _of_file(said: ToldOrder | Thing | str) -> Told:
    if isinstance(said, str):
        return Told(problem=said)
    return Told(order=said) if isinstance(said, ToldOrder) else Told(thing=said)


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"no JSON: {error}") from error
