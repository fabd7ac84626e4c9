"""Orders and carts in ready strings."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from muhatap.sales.models import Cart, Order, State
from muhatap.web.common import times

TONES = {State.CANCELLED: "quiet", State.REFUNDED: "quiet"}


@dataclass(frozen=True, kw_only=True)
class OrderRow:
    """One order in a list. `tone` is soon for one that is late."""

    id: int
    number: str
    url: str
    what: str
    who: str
    who_url: str
    total: str
    state: str
    tone: str
    at: datetime
    time: str
    shop: str
    is_claim: bool


@dataclass(frozen=True, kw_only=True)
class CartRow:
    """One cart in a list. `who` is empty for somebody we do not know."""

    id: int
    who: str
    who_url: str
    what: str
    total: str
    since: str
    since_iso: str
    write_url: str


def order_row(order: Order, now: datetime) -> OrderRow:
    """Needs `lines`, `shop` and `contact` at hand."""
    lines = sorted(order.lines.all(), key=lambda line: line.n)
    is_late = late(order, now)
    return OrderRow(
        id=order.pk,
        number=f"#{order.number}",
        url=reverse("sales:order", args=[order.pk]),
        what=several([line.name or line.product_external_id for line in lines]),
        who=str(order.contact) if order.contact else "",
        who_url=reverse("contacts:page", args=[order.contact_id]) if order.contact_id else "",
        total=money(order.total, order.currency),
        state=_("Late") if is_late else str(State(order.state).label),
        tone="soon" if is_late else "",
        at=order.placed_at,
        time=times.short(order.placed_at, now),
        shop=order.shop.name,
        is_claim=not order.is_told_by_server,
    )


def late(order: Order, now: datetime) -> bool:
    """Whether its promised day is over and it has not arrived."""
    is_under_way = order.state in (State.PLACED, State.PAID, State.SHIPPED) and order.delivered_at is None
    return bool(is_under_way and order.promised_on and order.promised_on < timezone.localtime(now).date())


def cart_row(cart: Cart, now: datetime, *, may_write: bool) -> CartRow:
    """Needs `lines` and `contact` at hand."""
    lines = sorted(cart.lines.all(), key=lambda line: line.n)
    return CartRow(
        id=cart.pk,
        who=str(cart.contact) if cart.contact else "",
        who_url=reverse("contacts:page", args=[cart.contact_id]) if cart.contact_id else "",
        what=in_cart([line.name or line.product_external_id for line in lines], cart.n_items),
        total=money(cart.total, cart.currency),
        since=_("%(how_long)s ago") % {"how_long": times.span(now - cart.changed_at)},
        since_iso=cart.changed_at.isoformat(),
        write_url=reverse("inbox:new", args=[cart.contact_id]) if may_write and cart.contact_id else "",
    )


def several(names: list[str]) -> str:
    """Keten nevresim, ve 2 ürün daha."""
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s and %(n)d more") % {"first": names[0], "n": len(names) - 1}


def in_cart(names: list[str], n_items: int) -> str:
    """Yün battaniye, 2 adet."""
    what = several(names)
    return _("%(what)s, %(n)d items") % {"what": what, "n": n_items} if n_items > 1 else what


def money(amount: Decimal, currency: str) -> str:
    return times.money(amount, currency)


def quantity(n: Decimal) -> str:
    """2, not 2.000."""
    return times.count(int(n)) if n == n.to_integral_value() else f"{n.normalize():f}"
