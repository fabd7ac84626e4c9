"""Triggers and what they found, in words."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from muhatap.accounts.models import User
from muhatap.conversations.visibility import visible_to
from muhatap.triggers.models import Trigger
from muhatap.web.common import times


def explained(kind: str) -> str:
    """When it fires, exactly."""
    return {
        "cart_left": _(
            "A customer we know put something into the cart and neither came back nor ordered within the shop’s minutes."
        ),
        "third_look": _(
            "A customer we know looks at the page of a product in a third visit within a week, and has not bought it."
        ),
        "order_late": _("The day an order was promised for is over and it has not arrived."),
        "empty_search": _(
            "A customer we know searches on the site and it finds nothing (the event says “results”: 0)."
        ),
        "open_question": _("A customer whose complaint is not resolved comes to the site."),
    }.get(kind, "")


def readable(told: Sequence[Mapping[str, Any]], user: User) -> set[int]:
    """Those of the conversations these reasons tell of that this reader may see."""
    asked = [one["conversation"] for one in told if "conversation" in one]
    return set(visible_to(user).filter(pk__in=asked).values_list("pk", flat=True)) if asked else set()


def reason(kind: str, told: Mapping[str, Any], readable: Collection[int] = ()) -> str:
    """Why it fired, for whoever sees to it; of conversations they may not see (`readable`) nothing is said."""
    if kind == Trigger.Kind.CART_LEFT:
        names = ", ".join(str(name) for name in told.get("products", ()))
        return _("Left %(products)s in the cart, %(total)s") % {"products": names, "total": _money(told)}
    if kind == Trigger.Kind.THIRD_LOOK:
        values = {
            "product": told.get("name", ""),
            "took": times.precise(timedelta(seconds=told.get("seconds", 0))),
            "n": told.get("n", 0),
        }
        return (
            ngettext(
                "Looked at %(product)s in %(n)d visit in a week, %(took)s in all",
                "Looked at %(product)s in %(n)d visits in a week, %(took)s in all",
                values["n"],
            )
            % values
        )
    if kind == Trigger.Kind.ORDER_LATE:
        on = date.fromisoformat(told["promised_on"])
        return _("Order #%(number)s was promised for %(day)s") % {
            "number": told.get("number", ""),
            "day": times.day(on),
        }
    if kind == Trigger.Kind.EMPTY_SEARCH:
        return _("Searched for “%(query)s” on the site and found nothing") % {"query": told.get("query", "")}
    subject = told.get("subject") if told.get("conversation") in readable else ""
    return _("Is on the site while “%(subject)s” is open") % {"subject": subject or _("a conversation")}


def _money(told: Mapping[str, Any]) -> str:
    try:
        return times.money(Decimal(str(told.get("total", "0"))), str(told.get("currency") or "TRY"))
    except InvalidOperation:
        return ""


def when(at: Any, now: Any) -> str:
    return times.stamp(timezone.localtime(at), now)
