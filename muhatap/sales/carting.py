"""Carts: one that is open for each visitor of a shop, made of what their browser tells; ordered, left, come back to."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Min

from muhatap.contacts.models import Contact
from muhatap.sales import ordering, playing
from muhatap.sales.events import ORDERED
from muhatap.sales.models import Cart, CartEntry, CartLine, Leaving, Order, Product, Shop
from muhatap.sales.ordering import Browser
from muhatap.shared import locks

MOST_ENTRIES = 1000  # of one cart; what a machine adds beyond is let go
LATE = timedelta(hours=24)  # so long after an order may what led to it arrive


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One event of a cart; `key` tells it from all others of its source."""

    key: str
    at: datetime
    told: Mapping[str, Any]


@transaction.atomic
def hear(
    *, shop: Shop, browser: Browser, entries: Sequence[Entry], at: datetime, contact: Contact | None = None
) -> list[Cart]:
    """Take in what a browser tells of its cart; the carts that changed. Twice, late or in another order comes to the same."""
    locks.hold("cart", shop.pk, browser.source, browser.visitor)
    known = set(
        CartEntry.objects.filter(source=browser.source, key__in=[one.key for one in entries]).values_list(
            "key", flat=True
        )
    )
    placed: dict[int, Cart] = {}
    fresh: dict[int, list[CartEntry]] = defaultdict(list)
    for one in sorted(entries, key=lambda entry: entry.at):
        if one.key in known:
            continue
        known.add(one.key)
        cart = _place(shop, browser, one, contact)
        placed[cart.pk] = cart
        fresh[cart.pk].append(CartEntry(cart=cart, source=browser.source, key=one.key, at=one.at, told=dict(one.told)))
    for number, rows in fresh.items():
        _replay(placed[number], rows, at=at)
    return list(placed.values())


@transaction.atomic
def order(*, shop: Shop, browser: Browser, order: Order | None, at: datetime) -> None:
    """What lay in this browser's cart at that moment was ordered then."""
    locks.hold("cart", shop.pk, browser.source, browser.visitor)
    mine = Cart.objects.filter(shop=shop, source=browser.source, visitor=browser.visitor, ordered_at=None)
    for cart in mine.filter(began_at__lte=at).select_for_update():
        _close(cart, order, at)


@transaction.atomic
def order_of_contact(*, order: Order) -> None:
    """The shop's server told of an order: the cart this customer had open before it is that order, whatever their browser said."""
    if order.contact_id is None:
        return
    mine = Cart.objects.filter(shop=order.shop_id, contact=order.contact_id, ordered_at=None)
    mine = mine.filter(began_at__lte=order.placed_at, changed_at__lte=order.placed_at + LATE)
    for source, visitor in mine.order_by("source", "visitor").values_list("source", "visitor"):
        locks.hold("cart", order.shop_id, source, visitor)
        for cart in mine.filter(source=source, visitor=visitor).select_for_update():
            _close(cart, order, order.placed_at)


@transaction.atomic
def reopen(*, order: Order, at: datetime) -> None:
    """The order came to nothing soon after it was made, as a payment that failed: what lay in its cart lies there again."""
    for source, visitor in order.carts.order_by("source", "visitor").values_list("source", "visitor").distinct():
        locks.hold("cart", order.shop_id, source, visitor)
        mine = Cart.objects.filter(shop=order.shop_id, source=source, visitor=visitor)
        ended = mine.filter(order=order, ordered_at__gte=at - LATE).order_by("-ordered_at", "-id")
        if not mine.filter(ordered_at=None).exists() and (last := ended.first()):
            Cart.objects.filter(pk=last.pk).update(ordered_at=None, order=None)


@transaction.atomic
def belong(*, cart_id: int, contact: Contact | None) -> bool:
    """Whose browser it was when the cart changed last, None for nobody's; False when that is known already."""
    cart = Cart.objects.select_for_update().filter(pk=cart_id).first()
    if cart is None or cart.contact_id == (contact.pk if contact else None):
        return False
    cart.contact = contact
    cart.save(update_fields=["contact"])
    return True


def _place(shop: Shop, browser: Browser, one: Entry, contact: Contact | None) -> Cart:
    """The cart this entry belongs to: the one that was ordered next after it, else the open one, else a new one."""
    mine = Cart.objects.filter(shop=shop, source=browser.source, visitor=browser.visitor)
    ordered = mine.filter(ordered_at__gte=one.at).order_by("ordered_at", "id").first()
    is_late = bool(ordered and ordered.ordered_at and ordered.ordered_at - one.at <= LATE)
    cart = ordered if is_late else mine.filter(ordered_at=None).first()
    cart = mine.select_for_update().filter(pk=cart.pk).first() if cart else None
    if cart:
        if contact and cart.contact_id is None:
            cart.contact = contact
        return cart
    cart = Cart(
        shop=shop,
        source=browser.source,
        visitor=browser.visitor,
        contact=contact,
        currency=shop.currency,
        began_at=one.at,
        changed_at=one.at,
    )
    made = ordering.of_visitor(browser, since=one.at)
    if made and made.shop_id == shop.pk and made.placed_at - one.at <= LATE:
        cart.order, cart.ordered_at = made, made.placed_at  # the order arrived before what led to it
    cart.save()
    return cart


def _replay(cart: Cart, fresh: list[CartEntry], *, at: datetime) -> None:
    if cart.entries.count() + len(fresh) > MOST_ENTRIES:
        return
    CartEntry.objects.bulk_create(fresh, ignore_conflicts=True)
    entries = cart.entries.order_by("at", "id").values_list("at", "told")
    played = playing.play(entries)
    moments = [row[0] for row in entries]
    cart.began_at, cart.changed_at = min(moments), max(moments)
    cart.currency, cart.external_id = played.currency or cart.currency, played.external_id
    cart.total, cart.n_items, cart.checkout_at = played.total, played.n_items, played.checkout_at
    if any(one.told.get("verb") == ORDERED for one in fresh) and cart.ordered_at is None:
        cart.ordered_at = max(one.at for one in fresh if one.told.get("verb") == ORDERED)
    cart.save()
    _lie(cart, played)
    _come_back(cart, at=at)


def _lie(cart: Cart, played: playing.Played) -> None:
    ids = [item.id for item in played.items.values() if item.id]
    known = dict(Product.objects.filter(shop=cart.shop_id, external_id__in=ids).values_list("external_id", "id"))
    cart.lines.all().delete()
    CartLine.objects.bulk_create(
        CartLine(
            cart=cart,
            n=n,
            product_id=known.get(item.id),
            product_external_id=item.id,
            name=item.name,
            variant=item.variant,
            quantity=item.quantity,
            price=item.price,
        )
        for n, item in enumerate(played.items.values(), 1)
    )


def _come_back(cart: Cart, *, at: datetime) -> None:
    """Somebody who does something in a cart has come back to it; who emptied it has not left it either."""
    standing = Leaving.objects.filter(cart=cart, over_at=None)
    since = standing.aggregate(at=Min("at"))["at"]
    if since and (cart.changed_at > since or cart.n_items == 0 or cart.ordered_at):
        standing.update(over_at=at)


def _close(cart: Cart, order: Order | None, at: datetime) -> None:
    cart.ordered_at, cart.order = max(at, cart.began_at), order
    if order and cart.contact_id is None and order.is_told_by_server is False:
        cart.contact_id = order.contact_id
    cart.save(update_fields=["ordered_at", "order", "contact"])
    Leaving.objects.filter(cart=cart, over_at=None).update(over_at=at)
