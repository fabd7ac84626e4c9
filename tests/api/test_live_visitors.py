"""Who is connected right now is written down, whatever the database does."""

import asyncio

import pytest
from django.db import OperationalError

from muhatap.api import live_visitors
from tests import loops


def test_the_teller_goes_on_after_the_database_was_away(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[list[int]] = []

    async def story() -> None:
        present, is_told = live_visitors.Present(), asyncio.Event()
        loop = asyncio.get_running_loop()

        def seen(session_ids: list[int]) -> None:
            told.append(session_ids)
            if len(told) == 1:
                raise OperationalError("the database is away")
            loop.call_soon_threadsafe(is_told.set)

        monkeypatch.setattr(live_visitors, "_seen", seen)
        for session_id in (7, 3):
            present.enter(session_id)
        await asyncio.wait_for(is_told.wait(), 5)
        assert present.teller
        present.teller.cancel()

    for name in ("TELL_SOON", "TELL_AGAIN"):
        monkeypatch.setattr(live_visitors, name, 0)
    loops.run(story())
    assert told == [[3, 7], [3, 7]]
