"""The products of a shop, learned from whatever is told: its catalogue, its orders, its visitors."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from muhatap.sales.models import Product, Shop
from muhatap.sales.told import Thing
from muhatap.shared import bulk

_TEXTS = ("name", "sku", "brand", "category", "variant", "url", "image")
_CHANGED = {"id": "int8"} | dict.fromkeys(_TEXTS, "text") | {
    "price": "numeric", "currency": "text", "told_at": "timestamptz", "is_told_by_server": "bool",
}  # fmt: skip


@transaction.atomic
def learn(*, shop: Shop, things: Iterable[Thing], currency: str, by_server: bool, at: datetime) -> dict[str, int]:
    """Keep what is told of products; the numbers of their rows by the shop's own number.

    What a browser says fills what nobody has said; only the shop's server changes what stands.
    """
    told = {thing.external_id: thing for thing in things if thing.external_id}
    coin = currency or shop.currency
    known = _standing(shop, told)
    if missing := sorted(told.keys() - known.keys()):
        fresh = [Product(shop=shop, external_id=number, currency=coin, told_at=at) for number in missing]
        for product in fresh:
            _hear(product, told[product.external_id], coin, by_server=by_server, at=at)
        Product.objects.bulk_create(fresh, ignore_conflicts=True)
        known |= _standing(shop, missing)
    changed = [one for number, one in known.items() if _hear(one, told[number], coin, by_server=by_server, at=at)]
    bulk.change("sales_product", _CHANGED, ([getattr(one, name) for name in _CHANGED] for one in changed))
    return {number: one.pk for number, one in known.items()}


def _standing(shop: Shop, numbers: Iterable[str]) -> dict[str, Product]:
    """Held, in the order in which everybody holds them."""
    rows = Product.objects.filter(shop=shop, external_id__in=list(numbers)).order_by("external_id").select_for_update()
    return {product.external_id: product for product in rows}


def _hear(product: Product, thing: Thing, currency: str, *, by_server: bool, at: datetime) -> bool:
    """Whether the row says something else now."""
    before = [getattr(product, name) for name in (*_TEXTS, "price", "currency")]
    may_change = by_server or not product.is_told_by_server
    for name in _TEXTS:
        said = getattr(thing, name)
        if said and (may_change or not getattr(product, name)):
            setattr(product, name, said)
    if thing.price is not None and thing.price >= 0 and (may_change or product.price is None):
        product.price, product.currency = thing.price, currency
    has_news = before != [getattr(product, name) for name in (*_TEXTS, "price", "currency")]
    if has_news or (by_server and not product.is_told_by_server):
        product.told_at, product.is_told_by_server = at, product.is_told_by_server or by_server
        return True
    return False
