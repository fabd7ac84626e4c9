"""How an order comes in: it is kept as it was told, the customer is recognised, the ledger writes it once, their cart is over."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, transaction
from django.utils import timezone

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.flow import surveying
from muhatap.interactions import ledger
from muhatap.interactions.models import Interaction
from muhatap.notices import telling, things
from muhatap.notices.models import Kind
from muhatap.sales import arriving, carting, catalogue, events, ordering, privacy, recognising
from muhatap.sales.carting import Entry
from muhatap.sales.kinds import reading
from muhatap.sales.models import Cart, Order, Shop, ShopDelivery, State
from muhatap.sales.ordering import Browser
from muhatap.sales.told import ToldCart, ToldOrder, Unreadable
from muhatap.shared import away, locks

log = logging.getLogger(__name__)
Reason = ShopDelivery.Reason
MOST_NAMED = 5
LATELY = timedelta(days=30)  # a tag that told of a cart within these still tells of them


def digest(*, delivery_id: int, at: datetime) -> None:
    """Take one delivery in. May run twice; what cannot be taken in is set aside with its reason, and the next goes on."""
    try:
        if arriving.is_file(delivery_id):
            _digest_file(delivery_id, at=at)
        else:
            _digest(delivery_id, at=at)
    except Unreadable as error:
        arriving.set_aside(delivery_id=delivery_id, reason=Reason.UNREADABLE, detail=str(error), at=at)
    except Exception as error:
        if away.is_away(error):
            raise  # the delivery stays as it is, and the job comes again
        log.exception("delivery %s of a shop could not be taken in", delivery_id)
        detail = f"{type(error).__name__}: {error}"
        arriving.set_aside(delivery_id=delivery_id, reason=Reason.FAULT, detail=detail, at=at)


def erase(*, delivery_id: int, user_id: int, at: datetime) -> None:
    """What a shop gave is erased, as somebody of ours said. May run twice."""
    delivery, by = ShopDelivery.objects.filter(pk=delivery_id).first(), User.objects.filter(pk=user_id).first()
    if delivery and by:
        privacy.erase(delivery=delivery, by=by, at=at)


@transaction.atomic
def _digest(delivery_id: int, *, at: datetime) -> None:
    delivery = arriving.opened(delivery_id)
    if delivery is not None and (asked := privacy.read(delivery)):
        _wait_for_somebody(delivery, asked.kind, at=at)
    elif delivery is not None:
        names = [_one(delivery.shop, one, at=at) for one in reading.told(delivery)]
        arriving.close(delivery=delivery, outcome=_said(list(filter(None, names)), []), at=at)


def _wait_for_somebody(delivery: ShopDelivery, kind: str, *, at: datetime) -> None:
    """A right of a customer waits until an administrator acts, and all of them are told of it, with the last day."""
    due_on = f"{timezone.localtime(delivery.received_at + privacy.GIVEN_TIME).date():%Y-%m-%d}"
    arriving.set_aside(delivery_id=delivery.pk, reason=Reason.BY_HAND, detail=due_on, at=at)
    heard = [user for user in User.objects.filter(is_active=True).order_by("pk") if may(user, "shops.edit")]
    thing = things.of_shop(delivery.shop, kind, again=f"{delivery.pk}", due_on=due_on)
    telling.tell_of(users=heard, kind=Kind.PRIVACY, thing=thing, at=at)
    log.warning("shop %s passes on that somebody wants their data: %s", delivery.shop_id, kind)


def _digest_file(delivery_id: int, *, at: datetime) -> None:
    """Many orders: each in a transaction of its own, so that one that cannot be stops no other; whoever dies begins again."""
    with locks.keeping("shop_delivery", delivery_id) as is_ours:
        delivery = arriving.standing(delivery_id) if is_ours else None
        if delivery is None:
            return
        names, problems = [], []
        for one in reading.told(delivery):
            try:
                with transaction.atomic():
                    names.append(_one(delivery.shop, one, at=at))
            except (Unreadable, DatabaseError, ValueError, ArithmeticError) as error:
                if away.is_away(error):
                    raise
                problems.append(str(error))
        if problems and not names:
            raise Unreadable("; ".join(problems[:20]))
        arriving.close(delivery=delivery, outcome=_said(names, problems), at=at)


def _one(shop: Shop, one: reading.Told, *, at: datetime) -> str:
    """What one thing came to, in a word; "" for nothing. Raises Unreadable."""
    if one.problem:
        raise Unreadable(one.problem)
    if one.order:
        return f"#{order_in(shop=shop, told=one.order, at=at).order.number}"
    if one.cart:
        return cart_in(shop=shop, told=one.cart, at=at)
    if one.thing:
        catalogue.learn(shop=shop, things=[one.thing], currency=shop.currency, by_server=True, at=at)
        return one.thing.name or one.thing.external_id
    gone = ordering.cancel(shop=shop, external_id=one.gone, at=at) if one.gone else None
    return f"#{gone.number}" if gone else ""


@transaction.atomic
def order_in(*, shop: Shop, told: ToldOrder, at: datetime) -> ordering.Taken:
    """The story of one order that the shop's server told."""
    taken = ordering.take(shop=shop, told=told, at=at)
    recognising.recognise(order=taken.order, shop=shop, who=told.customer, at=at)
    write_down(taken.order, at=at)
    if taken.came_to == State.DELIVERED:
        surveying.order_came(order=taken.order, at=at)
    if taken.order.state == State.CANCELLED:
        carting.reopen(order=taken.order, at=at)
    elif not told.is_unpaid:
        carting.order_of_contact(order=taken.order)
        if told.checkout:
            here = Browser.at_checkout(shop, told.checkout)
            carting.order(shop=shop, browser=here, order=taken.order, at=taken.order.placed_at)
    return taken


@transaction.atomic
def cart_in(*, shop: Shop, told: ToldCart, at: datetime) -> str:
    """A checkout is a cart, and gives what lies in it; where the tag of the shop's web site tells of carts it would be a second one.

    Shops tell in no order: of one that was ordered already, the cart is over as soon as it is known.
    """
    here, when = Browser.at_checkout(shop, told.external_id), told.at or at
    if told.is_over:
        carting.order(shop=shop, browser=here, order=None, at=when)
        return told.external_id
    if _tag_tells_of_carts(shop, at=when):
        return ""
    said = {"verb": events.CHECKOUT, "items": [events.item(line) for line in told.lines], "currency": told.currency}
    contact = recognising.of_account(shop=shop, who=told.customer, at=when)
    entry = Entry(key=f"{told.external_id}:{when.isoformat()}", at=when, told=said)
    carting.hear(shop=shop, browser=here, entries=[entry], at=at, contact=contact)
    if made := ordering.of_checkout(shop=shop, number=told.external_id):
        carting.order(shop=shop, browser=here, order=made, at=max(made.placed_at, when))
    return ", ".join(line.thing.name for line in told.lines[:MOST_NAMED]) or told.external_id


def _tag_tells_of_carts(shop: Shop, *, at: datetime) -> bool:
    """A shop may be tied to a site for whom it knows alone: then nobody else tells of its carts."""
    told = Cart.objects.filter(shop=shop, source=shop.web_source, n_items__gt=0, changed_at__gt=at - LATELY)
    return bool(shop.web_source) and told.exists()


def write_down(order: Order, *, at: datetime) -> None:
    """Once an order has a contact it stands on their timeline, once, and moves along with it; whoever calls holds the row."""
    if order.contact is None:
        ordering.erase(order)
        return
    if order.interaction is not None:
        if order.interaction.contact_id != order.contact_id:
            ledger.attribute(interaction=order.interaction, contact=order.contact)
        return
    names = ", ".join(filter(None, order.lines.order_by("n").values_list("name", flat=True)[:10]))
    order.interaction = ledger.record_seen(
        contact=order.contact,
        kind=Interaction.Kind.ORDER,
        channel="shop",
        title=f"#{order.number}",
        excerpt=ledger.excerpt(names),
        happened_at=order.placed_at,
        at=at,
    )
    order.save(update_fields=["interaction"])


def _said(names: list[str], problems: list[str]) -> str:
    more = f" … {len(names)}" if len(names) > MOST_NAMED else ""
    told = ", ".join(names[:MOST_NAMED]) + more
    return f"{told}; {'; '.join(problems[:3])} ({len(problems)})" if problems else told


def listed_in(*, shop: Shop, said: Mapping[str, Any], at: datetime) -> ordering.Taken | None:
    """One order of a list that we asked the shop for. Raises Unreadable."""
    told = reading.order(shop.kind, said)
    return order_in(shop=shop, told=told, at=at) if told else None
