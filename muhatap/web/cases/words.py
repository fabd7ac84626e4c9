"""Cases in words: what became of them, when they are due, what was changed, what they cost."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from muhatap.service.models import Case, CaseStep, Cost
from muhatap.web.common import times

Names = Mapping[tuple[str, str], str]  # of a field and its number
STATES = ("standing", "overdue", "nobodys", "waiting", "reopened", "resolved", "closed", "all")
ICONS = {"open": "briefcase", "overdue": "triangle-alert", "waiting": "clock", "reopened": "rotate-ccw",
         "resolved": "check", "closed": "check-check"}  # fmt: skip
STEP_ICONS = {"opened": "briefcase", "waits": "clock", "goes_on": "sun", "resolved": "check", "reopened": "rotate-ccw",
              "closed": "check-check", "changed": "pencil", "linked": "link", "repeats": "refresh-cw"}  # fmt: skip


def state_label(name: str) -> str:
    """What a filter is called."""
    told = {
        "standing": pgettext("cases", "Open"),
        "overdue": pgettext("cases", "Overdue"),
        "nobodys": pgettext("cases", "Nobody’s"),
        "waiting": pgettext("cases", "Waiting"),
        "reopened": pgettext("cases", "Reopened"),
        "resolved": pgettext("cases", "Resolved"),
        "closed": pgettext("cases", "Closed"),
        "repeated": pgettext("cases", "Repeated"),
        "ended": pgettext("cases", "Resolved or closed"),
        "in_time": pgettext("cases", "Resolved in time"),
        "late": pgettext("cases", "Resolved late, or overdue"),
        "timed": pgettext("cases", "With time written down"),
        "untimed": pgettext("cases", "Without time written down"),
        "all": pgettext("cases", "All"),
    }
    return told[name]


def became(case: Case, now: datetime) -> tuple[str, str]:
    """(icon, words) of what it is now."""
    if case.is_overdue(now):
        return ICONS["overdue"], state_label("overdue")
    return ICONS[case.state], str(case.get_state_display())


def due(case: Case, now: datetime) -> str:
    """When it is due: bugün 18:00, 23 Kas 18:00; nothing when no moment was given."""
    if case.due_at is None:
        return ""
    there, here = timezone.localtime(case.due_at).date(), timezone.localtime(now).date()
    told = {"time": times.clock(case.due_at)}
    if there == here:
        return _("today %(time)s") % told
    if there == here + timedelta(days=1):
        return _("tomorrow %(time)s") % told
    return times.stamp(case.due_at, now)


def tone(case: Case, now: datetime) -> str:
    """ "late" for what is overdue, "soon" from the reminder on."""
    if case.is_overdue(now):
        return "late"
    return "soon" if case.is_standing and case.remind_at and case.remind_at <= now else ""


def step(row: CaseStep, names: Names) -> str:
    """What was done, in a sentence that needs no subject. `names`: what numbers of other rooms are called."""
    if row.act != CaseStep.Act.CHANGED:
        return str(row.get_act_display())
    was, became = (_value(row.field, text, names) for text in (row.was, row.became))
    told = {"field": field(row.field), "was": was, "became": became}
    if not row.was:
        return _("%(field)s: %(became)s") % told
    if not row.became:
        return _("%(field)s: %(was)s, taken off") % told
    return _("%(field)s: %(became)s, before %(was)s") % told


def field(name: str) -> str:
    told = {
        "title": _("Title"),
        "kind": _("Kind"),
        "cause": _("Cause"),
        "owner": _("Whose it is"),
        "team": _("Team"),
        "due_at": _("Due"),
        "order_id": pgettext("shop", "Order"),
        "product_id": _("Product"),
    }
    return told.get(name, name)


def money(amounts: Iterable[tuple[str, Decimal]]) -> str:
    """Each currency by itself: 89,90 ₺ + 12,00 €."""
    return " + ".join(times.money(amount, currency) for currency, amount in amounts if amount)


def took(cost: Cost) -> str:
    """Time and money of one cost."""
    parts = [signed(cost.minutes)] if cost.minutes else []
    if cost.amount is not None:
        parts.append(times.money(cost.amount, cost.currency))
    return ", ".join(parts)


def came_back(of: str) -> str:
    """One of the two shares that lost value is estimated by."""
    if of == "others":
        return _("Ordered again after an order without a complaint")
    return _("Ordered again after a complaint")


def again(name: str) -> str:
    return {"yes": _("Ordered again"), "no": _("Did not order again")}.get(name, pgettext("customers", "All"))


def signed(minutes: int) -> str:
    return f"{'−' if minutes < 0 else ''}{times.span(timedelta(minutes=minutes))}"


def _value(name: str, text: str, names: Names) -> str:
    if name == "due_at" and text:
        return times.full(datetime.fromisoformat(text))
    if name == "kind" and text in Case.Kind.values:
        return str(Case.Kind(text).label)
    if name in ("order_id", "product_id") and text:
        return names.get((name, text), f"#{text}")
    return names.get((name, text), text)
