"""The one place that reads the clock. Doors and jobs ask it; rooms are given `at`."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)
