"""The announced tables as one: what lies in the lake, and from PostgreSQL what is not there yet."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from muhatap.insight import fresh, lake
from muhatap.insight.engine import Asking
from muhatap.insight.models import ExportedDay

ONE = timedelta(days=1)


def until() -> date | None:
    """The last day that lies in the lake."""
    return ExportedDay.objects.order_by("-day").values_list("day", flat=True).first()


def table(on: Asking, name: str, *, end: date, start: date | None = None, names: Sequence[str] = ()) -> Any:
    """An Ibis table of the days from … to, both included; without `start` from the beginning.

    `names` are those of events: of the rest nothing is read from PostgreSQL.
    """
    import ibis

    from muhatap.measures.tables import FACTS

    kept = until()
    pieces: list[Any] = []
    if kept and (paths := lake.parts(name, until=kept, start=start, end=end)):
        pieces.append(on.parquet(paths).cast(FACTS[name]))
    if not pieces or kept is None or kept < end or name in lake.BY_ARRIVAL:
        after = max(filter(None, (kept, start - ONE if start and name in lake.BY_VISIT else None)), default=None)
        told = fresh.since(name, after=after, until=end, names=names)
        if told.num_rows or not pieces:
            pieces.append(ibis.memtable(told, schema=FACTS[name]))
    whole = pieces[0] if len(pieces) == 1 else ibis.union(*pieces, distinct=False)
    whole = whole.filter(whole.day <= end)
    return whole.filter(whole.day >= start) if start else whole


def whole(name: str, where: str = "true", **values: Any) -> Any:
    """An Ibis table of a view that is small enough to be read from PostgreSQL each time: links, orders of some days."""
    import ibis

    from muhatap.measures.tables import FACTS

    return ibis.memtable(fresh.arrow(name, where, values, limit=fresh.MOST), schema=FACTS[name])
