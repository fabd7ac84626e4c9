"""What breaks its promise soon: overdue ones first, then those due until tomorrow's end."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.flow import promises
from muhatap.service.models import Promise
from muhatap.web.common import times
from muhatap.web.common.links import link

SHOWN = 8
AHEAD = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Line:
    name: str
    what: str
    by: str
    due: str
    iso: str
    state: str
    url: str
    keep_url: str
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class Owed:
    """The lines, and the way to all of them."""

    lines: tuple[Line, ...]
    n_more: int
    url: str


def lines(user: User, *, is_mine: bool, now: datetime) -> Owed:
    """Open promises whose moment is over or comes within a day; one's own, or everybody's that one may read."""
    rows = promises.visible_to(user).filter(state=Promise.State.OPEN, due_at__lte=now + AHEAD)
    if is_mine:
        rows = rows.filter(by=user)
    found = list(rows.select_related("contact", "by").order_by("due_at", "pk")[: SHOWN + 1])
    may_act = may(user, "promises.make")
    return Owed(
        lines=tuple(_line(row, now, is_mine=is_mine, may_act=may_act) for row in found[:SHOWN]),
        n_more=len(found) - SHOWN,
        url=f"{reverse('promises:list')}?whose={'mine' if is_mine else 'all'}",
    )


def _line(row: Promise, now: datetime, *, is_mine: bool, may_act: bool) -> Line:
    is_today = timezone.localtime(row.due_at).date() == timezone.localtime(now).date()
    is_over = row.is_overdue(now)
    return Line(
        name=str(row.contact),
        what=row.what,
        by="" if is_mine else str(row.by),
        due=_("%(span)s over") % {"span": times.span(now - row.due_at)}
        if is_over
        else times.clock(row.due_at)
        if is_today
        else _("tomorrow %(time)s") % {"time": times.clock(row.due_at)},
        iso=row.due_at.isoformat(),
        state="late" if is_over else "soon" if row.remind_at <= now else "",
        url=link("promises:one", row.pk),
        keep_url=link("promises:keep", row.pk) if may_act else "",
        due_at=row.due_at,
    )
