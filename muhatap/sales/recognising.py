"""Whose order it is, by what the shop's own server says of the buyer.

A registered customer's number is proved by the server that says it, and recognises. The address and number of whoever ordered
are what somebody typed: they are kept and prove nobody. One guest's orders go to one contact when both are the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from muhatap.contacts import identity, profile
from muhatap.contacts.models import Contact
from muhatap.sales import shops
from muhatap.sales.models import Order, Shop
from muhatap.sales.told import Customer


def sources(shop: Shop) -> tuple[str, str]:
    """As which it tells of registered customers and of guests: each shop by its own name, so that its words can be taken back."""
    return f"shop:{shop.pk}", f"form:shop-{shop.pk}"


@dataclass(frozen=True, kw_only=True)
class Claim:
    kind: str
    value: str
    is_verified: bool
    name: str = ""


@transaction.atomic
def recognise(*, order: Order, shop: Shop, who: Customer, at: datetime) -> Contact | None:
    """The order's contact, found or made; None when nothing is said of the buyer. Only for what the shop's server told."""
    if order.contact is not None:
        return order.contact
    claims = list(_claims(shop, who))
    if not claims:
        return None
    earlier = _guest(order)
    of_account, of_guest = sources(shop)
    contact = earlier or identity.resolve(claims=claims, source=of_account, at=order.placed_at)
    facts: dict[str, object] = {"name": who.name, "city": who.city}
    profile.update(
        contact=contact,
        facts={name: value for name, value in facts.items() if value},
        source=of_account if who.account else of_guest,
        at=order.placed_at,
    )
    order.contact = contact
    order.save(update_fields=["contact"])
    return contact


@transaction.atomic
def of_account(*, shop: Shop, who: Customer, at: datetime) -> Contact | None:
    """Whose account at the shop it is; None for a guest: what somebody types at a checkout and does not send makes nobody."""
    if not who.account:
        return None
    return identity.resolve(claims=list(_claims(shop, who)), source=sources(shop)[0], at=at)


def _claims(shop: Shop, who: Customer) -> Iterator[Claim]:
    if who.account:
        yield Claim(kind="shop", value=shops.account(shop, who.account), is_verified=True, name=who.name)
    if who.email:
        yield Claim(kind="email", value=who.email, is_verified=False, name=who.name)
    if who.phone:
        yield Claim(kind="phone", value=who.phone, is_verified=False, name=who.name)


def _guest(order: Order) -> Contact | None:
    if not order.guest_key:
        return None
    same = Order.objects.filter(shop=order.shop_id, guest_key=order.guest_key, contact__isnull=False)
    earlier = same.exclude(pk=order.pk).select_related("contact").order_by("-placed_at", "-id").first()
    return earlier.contact.standing() if earlier and earlier.contact else None
