"""Promises in words: their kinds, what became of them, what they cost."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from muhatap.service.models import Promise
from muhatap.web.common import times

STATES = ("open", "overdue", "kept", "broken", "withdrawn")


def state_label(name: str) -> str:
    told = {
        "said": pgettext("promises", "All"),
        "open": pgettext("promises", "Open"),
        "ahead": pgettext("promises", "Not due yet"),
        "overdue": pgettext("promises", "Overdue"),
        "kept": pgettext("promises", "Kept"),
        "in_time": pgettext("promises", "Kept in time"),
        "late": pgettext("promises", "Kept late"),
        "broken": pgettext("promises", "Broken"),
        "withdrawn": pgettext("promises", "Withdrawn"),
        "owed": pgettext("promises", "Due"),
        "put_off": pgettext("promises", "Put off"),
        "ended": pgettext("promises", "Ended"),
        "told": pgettext("promises", "Ended, says what it took"),
        "untold": pgettext("promises", "Ended, does not say what it took"),
    }
    return told[name]


def segment(name: str) -> str:
    """Which customers, by what their orders come to."""
    told = {
        "top": _("The tenth whose orders come to most"),
        "upper": _("The rest of the upper half"),
        "lower": _("The lower half"),
        "none": _("Without an order"),
    }
    return told[name]


def became(promise: Promise, now: datetime) -> str:
    """Open, overdue, kept, kept late, broken or withdrawn."""
    if promise.state == Promise.State.OPEN:
        return "overdue" if promise.is_overdue(now) else "open"
    return "late" if promise.was_kept_late else promise.state


def due(promise: Promise, now: datetime) -> str:
    """When it is due: bugün 18:00, 23 Kas 18:00."""
    there = timezone.localtime(promise.due_at)
    if there.date() == timezone.localtime(now).date():
        return _("today %(time)s") % {"time": times.clock(promise.due_at)}
    if there.date() == timezone.localtime(now).date() + timedelta(days=1):
        return _("tomorrow %(time)s") % {"time": times.clock(promise.due_at)}
    return times.stamp(promise.due_at, now)


def tone(promise: Promise, now: datetime) -> str:
    """ "late" for what is overdue or broken, "soon" from the reminder on."""
    if promise.state == Promise.State.BROKEN or promise.is_overdue(now):
        return "late"
    return "soon" if promise.state == Promise.State.OPEN and promise.remind_at <= now else ""


def ended_between(promise: Promise) -> str:
    """Why a moment cannot be when it ended."""
    return _("Not in the future, and not before it was promised: %(made)s.") % {"made": times.full(promise.made_at)}


def cost(minutes: int | None, money: Iterable[tuple[str, Decimal]]) -> str:
    """Time and money together: 1 sa 20 dk, 89,90 ₺."""
    parts = [times.span(timedelta(minutes=minutes))] if minutes else []
    parts += [times.money(amount, currency) for currency, amount in money]
    return ", ".join(parts)
