"""Live announcements: NOTIFY inside the caller's transaction, so listeners hear of nothing that was rolled back."""

import json
from collections.abc import Iterable

from django.db import connection

CHANNEL = "muhatap_live"
LIMIT = 7000  # PostgreSQL refuses payloads of 8,000 bytes and more


def announce(topics: Iterable[str], kind: str, **ids: int | str | bool | None) -> None:
    """Tell whoever listens to one of `topics` that `kind` happened. Ids only: listeners read the rest themselves, with their own rights."""
    payload = json.dumps({"topics": sorted(set(topics)), "kind": kind, **ids}, separators=(",", ":"))
    if len(payload.encode()) > LIMIT:
        raise ValueError("an announcement carries ids, not content")
    with connection.cursor() as cursor:
        cursor.execute("select pg_notify(%s, %s)", [CHANNEL, payload])
