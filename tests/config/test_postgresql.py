"""Whether a connection still stands is known without asking the server, unless it rested for long."""

import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection, connections
from django.db.backends.postgresql import base

from muhatap.api import live
from muhatap.config import jobs
from muhatap.config.postgresql import base as ours
from tests import loops

pytestmark = pytest.mark.django_db


@pytest.fixture
def other() -> Iterator[Any]:
    found = connections["default"].copy()
    found.ensure_connection()
    yield found
    found.close()


def test_one_that_rests_is_asked_nothing(other: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base.DatabaseWrapper, "is_usable", lambda self: pytest.fail("the server was asked"))

    assert other.is_usable()


def test_one_that_rested_for_long_is_asked_since_silence_may_be_all_that_is_left(
    other: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[str]()
    monkeypatch.setattr(base.DatabaseWrapper, "is_usable", lambda self: asked.append("the server"))
    other.used_at -= ours.LONGEST_REST + 1

    assert not other.is_usable() and not other.is_usable()
    assert asked == ["the server", "the server"]


def test_so_are_the_lines_of_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[str]()

    async def check(one: psycopg.AsyncConnection[Any]) -> None:
        asked.append("the server")

    async def used() -> None:
        async with await psycopg.AsyncConnection.connect(**live.connection_settings()) as one:
            for rest in (0.0, 0.0, ours.LONGEST_REST + 1):
                if rest:
                    jobs._used_at[one] -= rest
                await jobs._check(one)

    monkeypatch.setattr(jobs.AsyncConnectionPool, "check_connection", check)
    loops.run(used())

    assert len(asked) == 2  # when it was new, and after the rest


def test_one_that_the_server_ended_is_no_longer_used(other: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_terminate_backend(%s, 5000)", [other.connection.info.backend_pid])

    for _try in range(100):
        if not other.is_usable():
            return
        time.sleep(0.02)  # until its farewell has come through the socket
    pytest.fail("a connection without a server counts as usable")
