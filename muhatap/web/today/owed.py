"""What is owed today, promises and cases alike: a line each, and when it is due in words."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from muhatap.service.models import Case, Promise
from muhatap.web.common import times

SHOWN = 8


@dataclass(frozen=True, kw_only=True)
class Line:
    name: str
    what: str
    by: str
    due: str
    iso: str
    state: str  # "late", "soon" or nothing
    url: str
    due_at: datetime | None
    keep_url: str = ""


@dataclass(frozen=True, kw_only=True)
class Owed:
    """The lines, and the way to all of them."""

    lines: tuple[Line, ...]
    n_more: int
    url: str


def line(row: Promise | Case, now: datetime, *, what: str, by: str, url: str, keep_url: str = "") -> Line:
    """A promise or a case as a line."""
    is_soon = row.remind_at is not None and row.remind_at <= now
    return Line(
        name=str(row.contact),
        what=what,
        by=by,
        due=_due(row, now),
        iso=row.due_at.isoformat() if row.due_at else "",
        state="late" if row.is_overdue(now) else "soon" if is_soon else "",
        url=url,
        due_at=row.due_at,
        keep_url=keep_url,
    )


def _due(row: Promise | Case, now: datetime) -> str:
    if row.due_at is None:
        return ""
    if row.is_overdue(now):
        return _("%(span)s over") % {"span": times.span(now - row.due_at)}
    n_days = (timezone.localtime(row.due_at).date() - timezone.localtime(now).date()).days
    if n_days > 1:
        return times.stamp(row.due_at, now)
    return _("tomorrow %(time)s") % {"time": times.clock(row.due_at)} if n_days else times.clock(row.due_at)
