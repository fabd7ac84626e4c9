"""Which promises are owed, near, over, and what they came to. Questions only; acts are in promising."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum, Value

from muhatap.service.models import Promise, PromiseEnding

State = Promise.State
A_BATCH = 200
COUNTED = {
    "kept": "in_time",
    "late": "late",
    "broken": "broken",
    "overdue": "overdue",
    "open": "ahead",
    "withdrawn": "withdrawn",
    "put_off": "put_off",
    "ended": "ended",
    "told": "told",
}


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What became of promises whose moment fell in some days. `n_owed` leaves out what was withdrawn.

    Of the `ended`, only the `told` ones say what they took: minutes and costs are theirs.
    """

    kept: int = 0
    late: int = 0
    broken: int = 0
    overdue: int = 0
    open: int = 0
    withdrawn: int = 0
    put_off: int = 0
    ended: int = 0
    told: int = 0
    minutes: int = 0
    expected_minutes: int = 0
    costs: tuple[tuple[str, Decimal], ...] = ()
    expected_costs: tuple[tuple[str, Decimal], ...] = ()

    @property
    def n_owed(self) -> int:
        """What should have been kept by now."""
        return self.kept + self.late + self.broken + self.overdue

    @property
    def n(self) -> int:
        return self.n_owed + self.open + self.withdrawn

    @property
    def share(self) -> float | None:
        """Kept in time, of what should have been kept by now: nobody makes it better by not saying how a promise ended."""
        return self.kept / self.n_owed if self.n_owed else None


def states(at: datetime) -> dict[str, Q]:
    """What a list or a figure can ask for, each as a condition."""
    kept, ended = Q(state=State.KEPT), Q(ended_at__isnull=False)
    return {
        "open": Q(state=State.OPEN),
        "ahead": Q(state=State.OPEN, due_at__gt=at),
        "overdue": Q(state=State.OPEN, due_at__lte=at),
        "kept": kept,
        "in_time": kept & Q(ended_at__lte=F("due_at")),
        "late": kept & Q(ended_at__gt=F("due_at")),
        "broken": Q(state=State.BROKEN),
        "withdrawn": Q(state=State.WITHDRAWN),
        "owed": Q(state__in=[State.KEPT, State.BROKEN]) | Q(state=State.OPEN, due_at__lte=at),
        "put_off": Q(due_at__gt=F("first_due_at")),
        "ended": ended,
        "told": ended & _says_what_it_took(),
        "untold": ended & ~_says_what_it_took(),
        "said": ~Q(state=State.DRAFTED),
    }


def _says_what_it_took() -> Q:
    """Minutes or money were written down at its end; none at all is said, too."""
    standing = PromiseEnding.objects.filter(promise=OuterRef("pk"), undone_at=None)
    return Q(Exists(standing.filter(Q(actual_minutes__isnull=False) | Q(actual_cost__isnull=False))))


def tally(rows: QuerySet[Promise], *, at: datetime) -> Tally:
    """The figures of these promises."""
    return tallies(rows, "", at=at).get("", Tally())


def tallies(rows: QuerySet[Promise], field: str, *, at: datetime) -> dict[str, Tally]:
    """The figures of each value of a field (of all, under "", without one); money by currency."""
    asked = states(at)
    cell = F(field) if field else Value("")
    cells = rows.filter(asked["said"]).order_by().annotate(cell=cell).values("cell")
    counts = {name: Count("pk", filter=asked[state]) for name, state in COUNTED.items()}
    ended = cells.filter(endings__undone_at=None)
    money, expected = _money(ended, "endings__actual_cost"), _money(cells, "expected_cost")
    took = {str(row["cell"]): row["n"] or 0 for row in ended.annotate(n=Sum("endings__actual_minutes"))}
    rows_of_cells: Any = cells.annotate(**counts, expected_minutes_in_all=Sum("expected_minutes"))
    return {
        str(row["cell"]): Tally(
            **{name: row[name] for name in counts},
            minutes=took.get(str(row["cell"]), 0),
            expected_minutes=row["expected_minutes_in_all"] or 0,
            costs=tuple(money.get(str(row["cell"]), ())),
            expected_costs=tuple(expected.get(str(row["cell"]), ())),
        )
        for row in rows_of_cells
    }


def _money(cells: Any, column: str) -> dict[str, list[tuple[str, Decimal]]]:
    found: dict[str, list[tuple[str, Decimal]]] = {}
    for row in cells.values("cell", "currency").annotate(amount=Sum(column)).order_by("currency"):
        if row["amount"]:
            found.setdefault(str(row["cell"]), []).append((row["currency"], row["amount"]))
    return found


def to_remind(*, at: datetime) -> QuerySet[Promise]:
    """Open promises that come close, of which nobody was told yet."""
    near = Promise.objects.filter(state=State.OPEN, reminded_at=None, remind_at__lte=at, due_at__gt=at)
    return near.order_by("remind_at")


def to_miss(*, at: datetime) -> QuerySet[Promise]:
    """Open promises whose moment is over, of which nobody was told yet."""
    return Promise.objects.filter(state=State.OPEN, missed_at=None, due_at__lte=at).order_by("due_at")


def mark(promise: Promise, *, field: str, at: datetime) -> bool:
    """Remember that it was told; False when somebody else told, or it ended meanwhile."""
    return bool(Promise.objects.filter(pk=promise.pk, state=State.OPEN, **{field: None}).update(**{field: at}))
