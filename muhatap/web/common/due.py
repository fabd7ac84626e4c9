"""How long until something is due, and when that turns amber or red: the same in every list."""

from datetime import datetime, timedelta

from muhatap.web.common import times

SOON = timedelta(minutes=30)  # where the policy does not warn


def until(due_at: datetime, warn_at: datetime | None, now: datetime) -> dict[str, str]:
    """`text` ("18 dk", also when it is over), `state` ("", "soon", "late") and both moments for the browser."""
    soon_at = warn_at or due_at - SOON
    return {
        "text": times.span(due_at - now),
        "state": "late" if due_at <= now else "soon" if soon_at <= now else "",
        "iso": due_at.isoformat(),
        "soon_iso": soon_at.isoformat(),
    }
