"""The announced tables under their own names, for one question: what lies in the lake, and from PostgreSQL what is not there yet."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import PurePath
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from muhatap.insight import bucket, fresh, lake
from muhatap.insight.engine import Asking, Gone, Moved
from muhatap.insight.models import ExportedDay
from muhatap.visits import how_long

ONE = timedelta(days=1)


def until() -> date | None:
    """The last day that lies in the lake."""
    return ExportedDay.objects.order_by("-day").values_list("day", flat=True).first()


def lay(on: Asking, name: str, *, end: date, start: date | None = None, names: Sequence[str] = ()) -> None:
    """The days from … to of a table, both included; without `start` from the beginning.

    `names` are those of events: of the rest nothing is read from PostgreSQL. Raises TooMuch, Moved, Gone.
    """
    kept = until()
    lying = _arrived(kept, start) if name in lake.BY_ARRIVAL else kept
    paths = _parts(name, until=lying, start=start, end=end) if lying else []
    told = None
    if not paths or kept is None or kept < end or name in lake.BY_ARRIVAL:
        after = max(filter(None, (kept, start - ONE if start and name in lake.BY_VISIT else None)), default=None)
        told = fresh.since(name, after=after, until=end, names=names)
    try:
        on.lay(name, paths, told, start=start, end=end)
    except OSError as error:
        raise _moved(error) from error


def _arrived(kept: date | None, start: date | None) -> date | None:
    """Up to which day of arrival the lake is read: what has left the database lies there alone, also while days are written anew."""
    keeping = how_long.current()
    if (since := keeping.lake_gone_before) and (start is None or start < since):
        raise Gone(
            _(
                "Single clicks and events before %(day)s are no longer kept, and this counts them. Choose days from then on."
            )
            % {"day": date_format(since)}
        )
    gone = timezone.localdate(keeping.gone_before) - ONE if keeping.gone_before else None
    return max(filter(None, (kept, gone)), default=None)


def _parts(name: str, *, until: date, start: date | None, end: date) -> list[PurePath]:
    try:
        return lake.parts(name, until=until, start=start, end=end)
    except OSError as error:
        raise _moved(error) from error


def _moved(error: OSError) -> Exception:
    return Moved() if bucket.is_meant() or isinstance(error, FileNotFoundError) else error


def lay_whole(on: Asking, name: str, where: str = "true", **values: Any) -> None:
    """A view that is read from PostgreSQL each time, all that meets `where`: links, orders."""
    on.lay(name, [], fresh.arrow(name, where, values))
