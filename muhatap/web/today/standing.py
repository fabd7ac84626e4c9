"""Cases that want somebody today: overdue or due within a day, those that are nobody's, and what a survey opened."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from muhatap.accounts.models import Membership, User
from muhatap.flow import cases
from muhatap.service.cases import STANDING
from muhatap.service.models import Case
from muhatap.web.common.links import link
from muhatap.web.today import owed

AHEAD = timedelta(days=1)


def lines(user: User, *, is_mine: bool, now: datetime) -> owed.Owed:
    """One's own and what one's teams have that is nobody's, for administrators also what no team has; or everybody's that one may
    read."""
    is_fresh = Q(origin=Case.Origin.SURVEY, state=Case.State.OPEN)  # somebody waits for a word from us
    rows = cases.visible_to(user).filter(Q(due_at__lte=now + AHEAD) | Q(owner=None) | is_fresh, state__in=STANDING)
    if is_mine:
        teams = Membership.objects.filter(user=user).values("team_id")
        of_teams = Q(team__in=teams) | Q(team=None) if user.role in cases.ADMINISTRATION else Q(team__in=teams)
        rows = rows.filter(Q(owner=user) | Q(of_teams, owner=None))
    found = list(rows.select_related("contact", "owner").order_by("due_at", "pk")[: owed.SHOWN + 1])
    return owed.Owed(
        lines=tuple(_line(row, now) for row in found[: owed.SHOWN]),
        n_more=len(found) - owed.SHOWN,
        url=f"{reverse('cases:list')}?whose={'mine' if is_mine else 'all'}",
    )


def _line(row: Case, now: datetime) -> owed.Line:
    by = str(row.owner) if row.owner else _("nobody’s")
    return owed.line(row, now, what=f"#{row.pk} {row.title}", by=by, url=link("cases:one", row.pk))
