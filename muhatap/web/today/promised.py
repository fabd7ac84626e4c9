"""What breaks its promise soon: overdue ones first, then those due within a day."""

from datetime import datetime, timedelta

from django.urls import reverse

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.flow import promises
from muhatap.service.models import Promise
from muhatap.web.common.links import link
from muhatap.web.today import owed

AHEAD = timedelta(days=1)


def lines(user: User, *, is_mine: bool, now: datetime) -> owed.Owed:
    """Open promises whose moment is over or comes within a day; one's own, or everybody's that one may read."""
    rows = promises.visible_to(user).filter(state=Promise.State.OPEN, due_at__lte=now + AHEAD)
    if is_mine:
        rows = rows.filter(by=user)
    found = list(rows.select_related("contact", "by").order_by("due_at", "pk")[: owed.SHOWN + 1])
    may_act = may(user, "promises.make")
    return owed.Owed(
        lines=tuple(_line(row, now, is_mine=is_mine, may_act=may_act) for row in found[: owed.SHOWN]),
        n_more=len(found) - owed.SHOWN,
        url=f"{reverse('promises:list')}?whose={'mine' if is_mine else 'all'}",
    )


def _line(row: Promise, now: datetime, *, is_mine: bool, may_act: bool) -> owed.Line:
    return owed.line(
        row,
        now,
        what=row.what,
        by="" if is_mine else str(row.by),
        url=link("promises:one", row.pk),
        keep_url=link("promises:keep", row.pk) if may_act else "",
    )
