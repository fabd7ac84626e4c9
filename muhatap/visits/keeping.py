"""The partitions of the days, made before they are needed."""

from datetime import UTC, datetime, timedelta

from django.db import connection

AHEAD = 2  # days
SUMMARISE = """
select brin_summarize_new_values(c.oid) from pg_class c
where c.relkind = 'i' and c.relname in (visits_leaf(%(day)s) || '_newest', visits_leaf(%(day)s - 1) || '_newest')
"""


def look_ahead(*, at: datetime) -> None:
    """Make the partitions of today and the next days; harmless when they stand."""
    today = at.astimezone(UTC).date()
    with connection.cursor() as cursor:
        for n in range(AHEAD + 1):
            cursor.execute("select visits_open_day(%s)", [today + timedelta(days=n)])


def summarise(*, at: datetime) -> None:
    """Let the index over the time of arrival know what was added since: until then each look at the newest reads all of it."""
    with connection.cursor() as cursor:
        cursor.execute(SUMMARISE, {"day": at.astimezone(UTC).date()})
