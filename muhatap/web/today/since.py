"""What changed since yesterday, from the roll-ups of the reports: each figure leads to its rows."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from muhatap.accounts.models import User
from muhatap.accounts.permissions import may
from muhatap.insight import reports
from muhatap.insight.rollups import Cut
from muhatap.web.common import times


@dataclass(frozen=True, kw_only=True)
class Change:
    figure: str
    what: str
    detail: str
    url: str


def changes(user: User, is_own: bool, now: datetime) -> list[Change]:
    """Figures of yesterday and today; one's own where the reader may see no others, none where not even those."""
    if not may(user, "insight.own"):
        return []
    today = timezone.localtime(now).date()
    person = user.pk if is_own or not may(user, "insight.read") else None
    cut = Cut(start=today - timedelta(days=1), end=today, user_id=person)
    period = reports.period(cut)
    found = [_resolved(period, cut), _answered(period, cut), _kept(period, cut), _rating(period, cut)]
    return [change for change in found if change]


def _resolved(period: reports.Period, cut: Cut) -> Change | None:
    n = int(period.value("resolved").value or 0)
    if not n:
        return None
    first = period.value("first_response").value
    detail = _("Median first response %(span)s") % {"span": times.span(timedelta(seconds=first))} if first else ""
    what = ngettext("conversation resolved", "conversations resolved", n)
    return Change(figure=times.count(n), what=what, detail=detail, url=_rows("resolved", cut))


def _answered(period: reports.Period, cut: Cut) -> Change | None:
    n = int(period.value("answered").value or 0)
    yesterday = int(period.value("answered", on=cut.start).value or 0)
    detail = _("%(n)s of them yesterday") % {"n": yesterday}
    what = ngettext("answer written", "answers written", n)
    return Change(figure=times.count(n), what=what, detail=detail, url=_rows("answered", cut)) if n else None


def _kept(period: reports.Period, cut: Cut) -> Change | None:
    share = period.value("sla")
    if share.value is None:
        return None
    missed = share.n - round(share.value * share.n)
    detail = _("%(kept)s of %(n)s, %(missed)s too late") % {"kept": share.n - missed, "n": share.n, "missed": missed}
    return Change(figure=times.percent(share.value), what=_("answered in time"), detail=detail, url=_rows("sla", cut))


def _rating(period: reports.Period, cut: Cut) -> Change | None:
    rating = period.value("rating")
    if rating.value is None:
        return None
    detail = ngettext("%(n)s rating", "%(n)s ratings", rating.n) % {"n": rating.n}
    return Change(figure=times.decimal(rating.value), what=_("satisfaction"), detail=detail, url=_rows("rating", cut))


def _rows(figure: str, cut: Cut) -> str:
    asked = {"from": str(cut.start), "to": str(cut.end), "figure": figure}
    person = {"person": str(cut.user_id)} if cut.user_id else {}
    return f"{reverse('insight:rows')}?{urlencode(asked | person)}"
