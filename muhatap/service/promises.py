"""Which promises are owed, near, over, and what they came to. Questions only; acts are in promising."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet, Sum

from muhatap.service.models import Promise

State = Promise.State
A_BATCH = 200


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What became of promises whose moment fell in some days. `n_owed` leaves out what was withdrawn."""

    kept: int = 0
    late: int = 0
    broken: int = 0
    overdue: int = 0
    open: int = 0
    withdrawn: int = 0
    put_off: int = 0
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
    kept = Q(state=State.KEPT)
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
        "said": ~Q(state=State.DRAFTED),
    }


def tally(rows: QuerySet[Promise], *, at: datetime) -> Tally:
    """The figures of these promises."""
    return tallies(rows, "", at=at).get("", Tally())


def tallies(rows: QuerySet[Promise], field: str, *, at: datetime) -> dict[str, Tally]:
    """The figures of each value of a field (or of all, under ""), in two questions; money by currency."""
    asked, rows = states(at), rows.filter(states(at)["said"]).order_by()
    cells = [field] if field else []
    counts = {
        name: Count("pk", filter=asked[condition])
        for name, condition in {
            "kept": "in_time", "late": "late", "broken": "broken", "overdue": "overdue", "open": "ahead",
            "withdrawn": "withdrawn", "put_off": "put_off",
        }.items()
    }  # fmt: skip
    spent = rows.filter(endings__undone_at=None).values(*cells, "currency")
    money: dict[str, list[tuple[str, Decimal]]] = {}
    minutes: dict[str, int] = {}
    for row in spent.annotate(cost=Sum("endings__actual_cost"), took=Sum("endings__actual_minutes")).order_by("currency"):
        key = str(row[field]) if field else ""
        minutes[key] = minutes.get(key, 0) + (row["took"] or 0)
        if row["cost"]:
            money.setdefault(key, []).append((row["currency"], row["cost"]))
    expected: dict[str, list[tuple[str, Decimal]]] = {}
    for row in rows.values(*cells, "currency").annotate(cost=Sum("expected_cost")).order_by("currency"):
        if row["cost"]:
            expected.setdefault(str(row[field]) if field else "", []).append((row["currency"], row["cost"]))
    found = rows.values(*cells) if cells else rows
    counted = (
        found.annotate(**counts, took=Sum("expected_minutes")).order_by()
        if cells
        else [rows.aggregate(**counts, took=Sum("expected_minutes"))]
    )
    result = {}
    for row in counted:
        key = str(row[field]) if field else ""
        result[key] = Tally(
            **{name: row[name] for name in counts},
            minutes=minutes.get(key, 0),
            expected_minutes=row["took"] or 0,
            costs=tuple(money.get(key, ())),
            expected_costs=tuple(expected.get(key, ())),
        )
    return result


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
