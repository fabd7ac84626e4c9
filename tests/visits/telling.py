"""Events as they stand after the collector has kept them."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from muhatap.visits import folding
from muhatap.visits.models import Event, Site

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
KINDS = {"identify": 1, "track": 2, "page": 3}


def after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def arrive(
    site: Site, at: float, event: str = "", /, *, kind: str = "track", visitor: str = "tarayici-1", user: str = "",
    by_server: bool = False, url: str = "", context: dict[str, Any] | None = None, traits: dict[str, Any] | None = None,
    late: float = 0.0, **properties: Any,
) -> None:  # fmt: skip
    """An event so many minutes past noon, that arrived `late` so many minutes more."""
    body = {"properties": properties, "context": context or {}, "traits": traits or {}}
    Event.objects.create(
        received_at=after(at + late), site=site, message_key=uuid4(), at=after(at), kind=KINDS[kind], anonymous_id=visitor,
        user_id=user, name=event, url=url, is_bot=False, payload=json.dumps(body), by_server=by_server,
    )  # fmt: skip


def look(
    site: Site, at: float, product: str = "", *, seconds: float = 0.0, visitor: str = "tarayici-1", **more: Any
) -> str:
    """A page, of a product or none, and how long it was read; gives its key."""
    key = str(uuid4())
    title = more.pop("title", product or "Ana sayfa")
    url = f"https://www.ihlamurev.example/{product}"
    arrive(site, at, title, kind="page", visitor=visitor, url=url, page_view=key, product_id=product or None)
    if seconds:
        passed = seconds / 60
        arrive(
            site,
            at + passed,
            "Page Engaged",
            visitor=visitor,
            page_view=key,
            seconds=seconds,
            product_id=product,
            **more,
        )
    return key


def fold(minutes: float = 600) -> None:
    folding.fold(at=after(minutes))
