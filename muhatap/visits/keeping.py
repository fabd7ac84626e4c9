"""The partitions of the days, made before they are needed."""

from datetime import UTC, datetime, timedelta

from django.db import connection

AHEAD = 2  # days


def look_ahead(*, at: datetime) -> None:
    """Make the partitions of today and the next days; harmless when they stand."""
    today = at.astimezone(UTC).date()
    with connection.cursor() as cursor:
        for n in range(AHEAD + 1):
            cursor.execute("select visits_open_day(%s)", [today + timedelta(days=n)])
