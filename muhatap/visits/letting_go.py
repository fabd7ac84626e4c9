"""Days of events go whole: their partition is taken out and dropped, so no row is looked for and nothing is left to clear away.

It is taken out concurrently: the parent is never locked against those who write or read, we wait for those who were reading it, and for
nobody for long. Whatever breaks off stays a table that nobody reads, and the next night ends what was begun. What somebody else took out,
to keep it elsewhere or to look into it, is theirs.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db import OperationalError, connection, transaction
from django.utils import timezone
from psycopg import errors, sql

from muhatap.accounts import audit
from muhatap.visits import how_long

log = logging.getLogger(__name__)
PATIENCE_MS = 2000  # for each lock: whoever comes after us waits behind us as long
_LEAVES = """
select c.relname, to_date(right(c.relname, 8), 'YYYYMMDD'), i.inhrelid is not null, coalesce(i.inhdetachpending, false),
       coalesce(pg_total_relation_size(c.oid), 0)
from pg_class c left join pg_inherits i on i.inhrelid = c.oid and i.inhparent = 'visits_event'::regclass
where c.relkind = 'r' and c.relname ~ '^visits_event_[0-9]{8}$' and pg_table_is_visible(c.oid) order by c.relname
"""


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """The partition of a day of UTC, that is of two days of the firm. `is_going`: a night broke off over it."""

    name: str
    day: date
    size: int
    is_attached: bool = True
    is_going: bool = False

    @property
    def begins_at(self) -> datetime:
        return datetime.combine(self.day, time(), tzinfo=UTC)

    @property
    def ends_at(self) -> datetime:
        return self.begins_at + timedelta(days=1)

    def days(self) -> list[date]:
        """The days of the firm that reach into it."""
        first, last = (timezone.localdate(at) for at in (self.begins_at, self.ends_at - timedelta.resolution))
        return [first] if first == last else [first, last]


def standing() -> list[Leaf]:
    """All of them, the oldest first; of those that were taken out ours alone."""
    gone_before = how_long.current().gone_before
    with connection.cursor() as cursor:
        cursor.execute(_LEAVES)
        found = [
            Leaf(name=name, day=day, size=size, is_attached=is_attached, is_going=is_pending or not is_attached)
            for name, day, is_attached, is_pending, size in cursor.fetchall()
        ]
    return [leaf for leaf in found if not leaf.is_going or (gone_before and _is_ours(leaf, gone_before))]


def _is_ours(leaf: Leaf, gone_before: datetime) -> bool:
    """Each is noted before it is taken out, and none begins while one is half gone: so what stands alone is the last that was noted."""
    return leaf.ends_at <= gone_before if leaf.is_attached else leaf.ends_at == gone_before


def due(*, at: datetime) -> list[Leaf]:
    """Those whose time is over, the oldest first, and those over which a night broke off."""
    first = how_long.first_kept(at=at)
    return [leaf for leaf in standing() if leaf.is_going or (first is not None and leaf.days()[-1] < first)]


def let_go(*, leaf: Leaf, at: datetime) -> bool:
    """Take it out and drop it; False when somebody held it too long, and it is to be tried again. Outside of any transaction."""
    before = _note(leaf)
    try:
        with _impatient():
            _take_out(leaf)
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(leaf.name)))
                (n,) = cursor.fetchone()
                cursor.execute(sql.SQL("drop table {}").format(sql.Identifier(leaf.name)))
                day = leaf.day.isoformat()
                audit.record(by=None, at=at, act="events.let_go", kind="keeping", id="", name=day, n=n, size=leaf.size)
    except OperationalError as error:
        if not isinstance(error.__cause__, errors.LockNotAvailable):
            raise
        log.warning("%s is in use and goes another time", leaf.name)
        _take_back(leaf, before)
        return False
    return True


def _note(leaf: Leaf) -> datetime | None:
    """Before anything goes: from then on nobody takes what stands here of these days for the whole. Gives what was noted before."""
    with transaction.atomic():
        row = how_long.held()
        before = row.gone_before
        if before is None or before < leaf.ends_at:
            row.gone_before = leaf.ends_at
            row.save(update_fields=["gone_before"])
    return before


def _take_back(leaf: Leaf, before: datetime | None) -> None:
    """Where it never began to go, all of it is read as ever."""
    if any(one.name == leaf.name and not one.is_going for one in standing()):
        with transaction.atomic():
            row = how_long.held()
            row.gone_before = before
            row.save(update_fields=["gone_before"])


def _take_out(leaf: Leaf) -> None:
    if leaf.is_attached:
        how = "finalize" if leaf.is_going else "concurrently"
        statement = sql.SQL("alter table visits_event detach partition {} {}")
        with connection.cursor() as cursor:
            cursor.execute(statement.format(sql.Identifier(leaf.name), sql.SQL(how)))


@contextmanager
def _impatient() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("select set_config('lock_timeout', %s, false)", [str(PATIENCE_MS)])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("reset lock_timeout")
