"""Cases that want somebody today: overdue or due within a day, and those that are nobody's."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from muhatap.accounts.models import Membership, User
from muhatap.flow import cases
from muhatap.service.cases import STANDING
from muhatap.service.models import Case
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


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The lines, and the way to all of them."""

    lines: tuple[Line, ...]
    n_more: int
    url: str


def lines(user: User, *, is_mine: bool, now: datetime) -> Standing:
    """One's own and what one's teams have that is nobody's; or everybody's that one may read."""
    rows = cases.visible_to(user).filter(Q(due_at__lte=now + AHEAD) | Q(owner=None), state__in=STANDING)
    if is_mine:
        teams = Membership.objects.filter(user=user).values("team_id")
        rows = rows.filter(Q(owner=user) | Q(owner=None, team__in=teams))
    found = list(rows.select_related("contact", "owner").order_by("due_at", "pk")[: SHOWN + 1])
    return Standing(
        lines=tuple(_line(row, now) for row in found[:SHOWN]),
        n_more=len(found) - SHOWN,
        url=f"{reverse('cases:list')}?whose={'mine' if is_mine else 'all'}",
    )


def _line(row: Case, now: datetime) -> Line:
    is_over = row.is_overdue(now)
    is_soon = row.remind_at is not None and row.remind_at <= now
    return Line(
        name=str(row.contact),
        what=f"#{row.pk} {row.title}",
        by=str(row.owner) if row.owner else _("nobody’s"),
        due=_due(row, now),
        iso=row.due_at.isoformat() if row.due_at else "",
        state="late" if is_over else "soon" if is_soon else "",
        url=link("cases:one", row.pk),
    )


def _due(row: Case, now: datetime) -> str:
    if row.due_at is None:
        return ""
    if row.is_overdue(now):
        return _("%(span)s over") % {"span": times.span(now - row.due_at)}
    is_today = timezone.localtime(row.due_at).date() == timezone.localtime(now).date()
    return times.clock(row.due_at) if is_today else times.stamp(row.due_at, now)
