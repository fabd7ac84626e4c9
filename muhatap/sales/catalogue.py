"""The products of a shop, learned from whatever is told: its catalogue, its orders, its visitors."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from muhatap.sales.models import Product, Shop
from muhatap.sales.told import Thing

_TEXTS = ("name", "sku", "brand", "category", "variant", "url", "image")


@transaction.atomic
def learn(*, shop: Shop, things: Iterable[Thing], currency: str, by_server: bool, at: datetime) -> dict[str, int]:
    """Keep what is told of products; the numbers of their rows by the shop's own number.

    What a browser says fills what nobody has said; only the shop's server changes what stands.
    """
    told = {thing.external_id: thing for thing in things if thing.external_id}
    Product.objects.bulk_create(
        [
            Product(shop=shop, external_id=number, currency=currency or shop.currency, told_at=at)
            for number in sorted(told)
        ],
        ignore_conflicts=True,
    )
    known = Product.objects.filter(shop=shop, external_id__in=told).order_by("external_id").select_for_update()
    found = {}
    changed = []
    for product in known:
        found[product.external_id] = product.pk
        if _hear(product, told[product.external_id], currency or shop.currency, by_server=by_server, at=at):
            changed.append(product)
    Product.objects.bulk_update(changed, [*_TEXTS, "price", "currency", "told_at", "is_told_by_server"])
    return found


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
