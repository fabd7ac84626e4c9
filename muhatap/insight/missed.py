"""What people searched on the site and did not find: what they would have looked at, had it been there."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, F, Func, Max, QuerySet, TextField
from django.utils import timezone
from django.utils.translation import gettext as _

from muhatap.insight.engine import TooLong
from muhatap.measures.asked import Period
from muhatap.shared import patience
from muhatap.visits import attended
from muhatap.visits.models import EmptySearch

PATIENCE_MS = 3000  # it stands below a report that is not to wait for it


@dataclass(frozen=True, kw_only=True)
class Missed:
    """Words as somebody typed them and as they are compared, and in how many visits nothing was found for them."""

    query: str
    folded: str
    n_visits: int


def searches(
    *, period: Period, site_id: int | None = None, device: int | None = None, limit: int = 20
) -> tuple[Missed, ...]:
    """The words that found nothing in most visits of these days; however they were typed they are the same. Raises TooLong."""
    folded = Func(F("query"), function="fold_tr", output_field=TextField())
    found = _during(period, site_id, device).annotate(folded=folded).values("folded")
    rows = found.annotate(n_visits=Count("visit", distinct=True), query=Max("query")).order_by("-n_visits", "folded")
    return tuple(Missed(**row) for row in _soon(rows[:limit]))


def _during(period: Period, site_id: int | None, device: int | None) -> QuerySet[EmptySearch]:
    """By the day on which the visit began, as everywhere; nobody searches before that."""
    start, end = _midnight(period.start), _midnight(period.end + timedelta(days=1))
    during = attended.visits().filter(began_at__gte=start, began_at__lt=end)
    if site_id:
        during = during.filter(site=site_id)
    if device:
        during = during.filter(device=device)
    return EmptySearch.objects.filter(at__gte=start, visit__in=during)


def _midnight(on: date) -> datetime:
    return timezone.make_aware(datetime.combine(on, time()))


def _soon(rows: Any) -> list[dict[str, Any]]:
    try:
        with patience.at_most(PATIENCE_MS):
            return list(rows)
    except patience.TookTooLong as error:
        raise TooLong(
            _("We stopped counting, so that nothing else waits. Choose fewer days, or ask again when it is quieter.")
        ) from error
