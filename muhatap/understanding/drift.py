"""Whether what is written to us, or how well we read it, changes: week by week."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from django.db.models import Avg, Count, F, Q
from django.db.models.functions import TruncWeek
from django.utils import timezone

from muhatap.understanding.models import Correction, Reading

WEEKS = 12


@dataclass(frozen=True, kw_only=True)
class Week:
    """Shares between 0 and 1; `confidence` is that of kinds nobody corrected, `n_corrected` of what was written in this week."""

    begins_on: date
    n_read: int
    shares: dict[str, float]
    confidence: float | None
    unsure: float
    n_corrected: int

    @property
    def corrected_of_100(self) -> float:
        return 100 * self.n_corrected / self.n_read if self.n_read else 0.0


def _shares(row: Mapping[str, Any]) -> dict[str, float]:
    return {kind: row[kind] / row["n_read"] for kind in Reading.Kind.values}


def weeks(*, at: datetime, n: int = WEEKS) -> list[Week]:
    """The newest first, whole weeks but the one that runs; weeks without messages are left out."""
    today = timezone.localtime(at).date()
    since = timezone.make_aware(datetime.combine(today - timedelta(days=today.weekday(), weeks=n - 1), time()))
    rows = Reading.objects.filter(at__gte=since, at__lte=at).annotate(week=TruncWeek("at")).values("week")
    told = rows.annotate(
        n_read=Count("id"),
        n_unsure=Count("id", filter=Q(is_sure=False)),
        sure=Avg("kind_confidence", filter=Q(corrected_at=None)),
        **{kind: Count("id", filter=Q(kind=kind)) for kind in Reading.Kind.values},
    )
    changed = Correction.objects.standing().filter(reading__at__gte=since, reading__at__lte=at)
    corrected = dict(
        changed.exclude(old=F("new"))
        .annotate(week=TruncWeek("reading__at"))
        .values_list("week")
        .annotate(n=Count("reading", distinct=True))
    )
    return [
        Week(
            begins_on=row["week"].date(),
            n_read=row["n_read"],
            shares=_shares(cast(Mapping[str, Any], row)),
            confidence=row["sure"],
            unsure=row["n_unsure"] / row["n_read"],
            n_corrected=corrected.get(row["week"], 0),
        )
        for row in told.order_by("-week")
    ]
