"""The one place that reads the clock, and moments as they are written. Doors and jobs ask for the time; rooms are given `at`."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def read(text: str) -> datetime | None:
    """'2026-11-21T11:32:00+00:00' as a moment; None for anything else, and where the zone is missing."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None
