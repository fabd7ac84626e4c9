"""Roll-ups by the day: changes are appended by triggers, folded by a job, and read together with what is not folded yet."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction

CELL = 'figure, "on", inbox_id, team_id, user_id, bucket, n, total'
FOLD = """
with gone as (delete from insight_rollupdelta returning *),
     sums as (select figure, "on", inbox_id, team_id, user_id, bucket, sum(n) as n, sum(total) as total
              from gone group by 1, 2, 3, 4, 5, 6 having sum(n) <> 0 or sum(total) <> 0)
insert into insight_dailyrollup as r (figure, "on", inbox_id, team_id, user_id, bucket, n, total)
select figure, "on", inbox_id, team_id, user_id, bucket, n, total from sums order by 1, 2, 3, 4, 5, 6
on conflict (figure, "on", inbox_id, team_id, user_id, bucket)
do update set n = r.n + excluded.n, total = r.total + excluded.total
"""
REFILL = """
insert into insight_rollupdelta (figure, "on", inbox_id, team_id, user_id, bucket, n, total)
select kind, "on", inbox_id, team_id, user_id, insight_bucket(kind, value, hour), count(*), sum(coalesce(value, 0))
from insight_moment group by 1, 2, 3, 4, 5, 6
union all
select kind || ':working', "on", inbox_id, team_id, user_id, insight_step(working), count(*), sum(working)
from insight_moment where working is not null group by 1, 2, 3, 4, 5, 6
"""


@dataclass(frozen=True, kw_only=True)
class Cut:
    """Which cells are asked for: days from … to (both included), and one inbox, team or person, or all of them."""

    start: date
    end: date
    inbox_id: int | None = None
    team_id: int | None = None
    user_id: int | None = None


@transaction.atomic
def fold() -> None:
    """Fold appended changes into the cells; one at a time, others leave."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(hashtext('insight_fold'))")
        if cursor.fetchone()[0]:
            cursor.execute(FOLD)


@transaction.atomic
def refill() -> None:
    """Throw the roll-ups away and add them up anew from the moments; nobody measures meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("lock table insight_moment in share mode")
        cursor.execute("truncate insight_dailyrollup, insight_rollupdelta")
        cursor.execute(REFILL)
    fold()


def sums(cut: Cut, figures: Collection[str], by: Sequence[str]) -> list[tuple[Any, ...]]:
    """Rows of (*by, n, total) over the cells of a cut, for columns such as figure, on, bucket, user_id, inbox_id."""
    columns = ", ".join(f'"{column}"' for column in by)
    where, values = _condition(cut, figures)
    query = f"""
        select {columns}, sum(n)::bigint, sum(total)::bigint
        from (select {CELL} from insight_dailyrollup where {where}
              union all select {CELL} from insight_rollupdelta where {where}) cells
        group by {columns} having sum(n) <> 0 or sum(total) <> 0
    """  # noqa: S608 (columns and conditions are ours, values are not in it)
    with connection.cursor() as cursor:
        cursor.execute(query, [*values, *values])
        return list(cursor.fetchall())


def _condition(cut: Cut, figures: Collection[str]) -> tuple[str, list[Any]]:
    parts = ["figure = any(%s)", '"on" between %s and %s']
    values: list[Any] = [[*figures], cut.start, cut.end]
    for column in ("inbox_id", "team_id", "user_id"):
        wanted = getattr(cut, column)
        if wanted is not None:
            parts.append(f"{column} = %s")
            values.append(wanted)
    return " and ".join(parts), values
