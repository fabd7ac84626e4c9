"""Carts: one that is open for each visitor of a shop, made of what their browser tells; ordered, left, come back to."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from operator import attrgetter, itemgetter
from typing import Any

from django.db import transaction

from muhatap.contacts.models import Contact
from muhatap.sales import ordering, playing
from muhatap.sales.events import ORDERED
from muhatap.sales.models import Cart, CartEntry, CartLine, Leaving, Order, Product, Shop
from muhatap.sales.ordering import Browser
from muhatap.shared import bulk, locks

MOST_ENTRIES = 1000  # of one cart; what a machine adds beyond is let go
LATE = timedelta(hours=24)  # so long after an order may what led to it arrive
_CHANGED = {
    "id": "int8", "contact_id": "int8", "currency": "text", "external_id": "text", "total": "numeric", "n_items": "int4",
    "began_at": "timestamptz", "changed_at": "timestamptz", "checkout_at": "timestamptz", "ordered_at": "timestamptz",
}  # fmt: skip
_NEAR = """
select c.* from sales_cart c join unnest(%s::text[], %s::text[], %s::timestamptz[]) as w (source, visitor, since)
  on c.source = w.source and c.visitor = w.visitor and (c.ordered_at is null or c.ordered_at >= w.since)
where c.shop_id = %s order by c.id for update of c
"""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One event of a cart; `key` tells it from all others of its source."""

    key: str
    at: datetime
    told: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What one browser tells of its cart; `contact` is who it was proved to be."""

    browser: Browser
    entries: Sequence[Entry]
    contact: Contact | None = None


def hear(
    *, shop: Shop, browser: Browser, entries: Sequence[Entry], at: datetime, contact: Contact | None = None
) -> list[Cart]:
    """What a browser tells of its cart; the carts that changed."""
    return hear_all(shop=shop, told=[Heard(browser=browser, entries=entries, contact=contact)], at=at)


@transaction.atomic
def hear_all(*, shop: Shop, told: Sequence[Heard], at: datetime) -> list[Cart]:
    """Take in what browsers tell of their carts, each of them once; the carts that changed.

    Twice, late or in another order comes to the same.
    """
    told = sorted(told, key=lambda one: (one.browser.source, one.browser.visitor))
    locks.hold_all(("cart", shop.pk, one.browser.source, one.browser.visitor) for one in told)
    changed = _placed(shop, _fresh(told))
    _recall(changed)
    played = [(basket.cart, _play(basket)) for basket in changed if basket.has_room]
    _keep(changed)
    _lie(played)
    _come_back([cart for cart, _now in played], at=at)
    return [basket.cart for basket in changed]


def _fresh(told: Sequence[Heard]) -> list[Heard]:
    """Without the entries that are known, in the order in which they happened."""
    keys = [entry.key for one in told for entry in one.entries]
    sources = {one.browser.source for one in told}
    known = set(CartEntry.objects.filter(source__in=sources, key__in=keys).values_list("source", "key"))
    found = []
    for one in told:
        fresh: dict[str, Entry] = {}
        for entry in sorted(one.entries, key=attrgetter("at")):
            if (one.browser.source, entry.key) not in known:
                fresh.setdefault(entry.key, entry)
        if fresh:
            found.append(replace(one, entries=list(fresh.values())))
    return found


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


@dataclass(eq=False)
class _Basket:
    """A cart that is heard of, with the entries it has and those that are new."""

    cart: Cart
    before: list[tuple[datetime, Mapping[str, Any]]] = field(default_factory=list)
    fresh: list[Entry] = field(default_factory=list)

    @property
    def has_room(self) -> bool:
        return len(self.before) + len(self.fresh) <= MOST_ENTRIES


def _placed(shop: Shop, told: Sequence[Heard]) -> list[_Basket]:
    """Each entry in its cart, or in a new one."""
    since = {one.browser: one.entries[0].at for one in told}
    standing, made = _standing(shop, since), ordering.of_visitors(since)
    for one in told:
        mine = standing.setdefault(one.browser, [])
        for entry in one.entries:
            basket = _place(mine, entry) or _begin(mine, shop, one, entry, made.get(one.browser, ()))
            basket.fresh.append(entry)
            if one.contact and basket.cart.contact_id is None:
                basket.cart.contact = one.contact
    return [basket for mine in standing.values() for basket in mine if basket.fresh]


def _standing(shop: Shop, since: Mapping[Browser, datetime]) -> dict[Browser, list[_Basket]]:
    """The carts to which what happened since then may belong: open ones, and those ordered after it."""
    found: dict[Browser, list[_Basket]] = defaultdict(list)
    rows = [(one.source, one.visitor, moment) for one, moment in since.items()]
    for cart in Cart.objects.raw(_NEAR, [*bulk.columns(rows), shop.pk]) if rows else ():
        found[Browser(source=cart.source, visitor=cart.visitor)].append(_Basket(cart))
    return found


def _place(mine: Sequence[_Basket], entry: Entry) -> _Basket | None:
    """The cart this entry belongs to: the one that was ordered next after it, else the open one."""
    ordered = [(basket.cart.ordered_at, n) for n, basket in enumerate(mine) if basket.cart.ordered_at]
    moment, place = min((pair for pair in ordered if pair[0] >= entry.at), default=(None, 0))
    if moment and moment - entry.at <= LATE:
        return mine[place]
    return next((basket for basket in mine if basket.cart.ordered_at is None), None)


def _begin(mine: list[_Basket], shop: Shop, heard: Heard, entry: Entry, made: Sequence[Order]) -> _Basket:
    cart = Cart(
        shop=shop, source=heard.browser.source, visitor=heard.browser.visitor, currency=shop.currency, began_at=entry.at,
        changed_at=entry.at,
    )  # fmt: skip
    order = next((one for one in made if one.placed_at >= entry.at), None)
    if order and order.shop_id == shop.pk and order.placed_at - entry.at <= LATE:
        cart.order, cart.ordered_at = order, order.placed_at  # the order arrived before what led to it
    mine.append(_Basket(cart))
    return mine[-1]


def _recall(baskets: Sequence[_Basket]) -> None:
    """The entries that are known of these carts."""
    standing = {basket.cart.pk: basket for basket in baskets if basket.cart.pk}
    known = CartEntry.objects.filter(cart__in=standing).order_by("at", "id")
    for number, at, told in known.values_list("cart", "at", "told") if standing else ():
        standing[number].before.append((at, told))


def _keep(baskets: Sequence[_Basket]) -> None:
    """The carts as they are now, and what is new of them."""
    standing = [basket.cart for basket in baskets if basket.cart.pk]
    bulk.change("sales_cart", _CHANGED, ([getattr(cart, name) for name in _CHANGED] for cart in standing))
    Cart.objects.bulk_create(basket.cart for basket in baskets if basket.cart.pk is None)
    fresh = [
        CartEntry(cart=basket.cart, source=basket.cart.source, key=one.key, at=one.at, told=dict(one.told))
        for basket in baskets
        if basket.has_room
        for one in basket.fresh
    ]
    CartEntry.objects.bulk_create(fresh, ignore_conflicts=True)


def _play(basket: _Basket) -> playing.Played:
    """What its entries come to, which the cart is told."""
    cart = basket.cart
    entries = sorted([*basket.before, *((one.at, one.told) for one in basket.fresh)], key=itemgetter(0))
    now = playing.play(entries)
    cart.began_at, cart.changed_at = entries[0][0], entries[-1][0]
    cart.currency, cart.external_id = now.currency or cart.currency, now.external_id
    cart.total, cart.n_items, cart.checkout_at = now.total, now.n_items, now.checkout_at
    ordered = [one.at for one in basket.fresh if one.told.get("verb") == ORDERED]
    cart.ordered_at = cart.ordered_at or max(ordered, default=None)
    return now


def _lie(played: Sequence[tuple[Cart, playing.Played]]) -> None:
    """What lies in these carts."""
    ids = {item.id for _cart, now in played for item in now.items.values() if item.id}
    shops = {cart.shop_id for cart, _now in played}
    products = Product.objects.filter(shop__in=shops, external_id__in=ids)
    known = dict(products.values_list("external_id", "id")) if ids else {}
    if played:
        CartLine.objects.filter(cart__in=[cart.pk for cart, _now in played]).delete()
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
        for cart, now in played
        for n, item in enumerate(now.items.values(), 1)
    )


def _come_back(carts: Sequence[Cart], *, at: datetime) -> None:
    """Somebody who does something in a cart has come back to it; who emptied it has not left it either."""
    by_number = {cart.pk: cart for cart in carts}
    over = []
    for leaving in Leaving.objects.filter(cart__in=by_number, over_at=None):
        cart = by_number[leaving.cart_id]
        if cart.changed_at > leaving.at or cart.n_items == 0 or cart.ordered_at:
            over.append(leaving.pk)
    if over:
        Leaving.objects.filter(pk__in=over).update(over_at=at)


def _close(cart: Cart, order: Order | None, at: datetime) -> None:
    cart.ordered_at, cart.order = max(at, cart.began_at), order
    if order and cart.contact_id is None and order.is_told_by_server is False:
        cart.contact_id = order.contact_id
    cart.save(update_fields=["ordered_at", "order", "contact"])
    Leaving.objects.filter(cart=cart, over_at=None).update(over_at=at)
