"""What became of cases: how many were opened, how many came back, how long they took, how many were in time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Aggregate, Count, DurationField, F, QuerySet, Value

from muhatap.service.casework import states
from muhatap.service.models import Case

FIELDS = {"cause": "cause_id", "product": "product_id"}


class Median(Aggregate):
    """The middle one; what is not known stands aside."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Of some cases. `median`: from opening to the end that stands; `late`: ended after their moment, or open and overdue."""

    n: int = 0
    repeated: int = 0
    ended: int = 0
    in_time: int = 0
    late: int = 0
    median: timedelta | None = None

    @property
    def share_repeated(self) -> float | None:
        return self.repeated / self.n if self.n else None

    @property
    def share_in_time(self) -> float | None:
        """Of those whose moment is over or that ended before it: nobody makes it better by leaving cases open."""
        owed = self.in_time + self.late
        return self.in_time / owed if owed else None


def outcome(rows: QuerySet[Case], *, at: datetime) -> Outcome:
    """Of all of them."""
    return _outcomes(rows, Value(""), at=at).get("", Outcome())


def outcomes_by(rows: QuerySet[Case], name: str, *, at: datetime) -> dict[int | None, Outcome]:
    """Of each value of a field (a name in FIELDS); None: of those without one."""
    return _outcomes(rows, F(FIELDS[name]), at=at)


def but(rows: QuerySet[Case], name: str, keys: Iterable[int | None]) -> QuerySet[Case]:
    """Those with other values of a field."""
    told = set(keys)
    if None in told:
        rows = rows.filter(**{f"{FIELDS[name]}__isnull": False})
    return rows.exclude(**{f"{FIELDS[name]}__in": told - {None}})


def _outcomes(rows: QuerySet[Case], cell: Any, *, at: datetime) -> dict[Any, Outcome]:
    asked = states(at)
    cells: Any = rows.order_by().annotate(cell=cell).values("cell")
    counts = {name: Count("pk", filter=asked[name]) for name in ("repeated", "ended", "in_time", "late")}
    found = cells.annotate(n=Count("pk"), median=Median(F("ended_at") - F("opened_at")), **counts)
    return {row.pop("cell"): Outcome(**row) for row in found}
