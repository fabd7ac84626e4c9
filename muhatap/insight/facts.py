"""The announced tables under their own names, for one question: what lies in the lake, and from PostgreSQL what is not there yet."""

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


def lay(on: Asking, name: str, *, end: date, start: date | None = None, names: Sequence[str] = ()) -> None:
    """The days from … to of a table, both included; without `start` from the beginning.

    `names` are those of events: of the rest nothing is read from PostgreSQL. Raises TooMuch.
    """
    kept = until()
    paths = lake.parts(name, until=kept, start=start, end=end) if kept else []
    told = None
    if not paths or kept is None or kept < end or name in lake.BY_ARRIVAL:
        after = max(filter(None, (kept, start - ONE if start and name in lake.BY_VISIT else None)), default=None)
        told = fresh.since(name, after=after, until=end, names=names)
    on.lay(name, paths, told, start=start, end=end)


def lay_whole(on: Asking, name: str, where: str = "true", **values: Any) -> None:
    """A view that is read from PostgreSQL each time, all that meets `where`: links, orders."""
    on.lay(name, [], fresh.arrow(name, where, values))
