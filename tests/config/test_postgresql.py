"""Whether a connection still stands is known without asking the server."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, connections
from django.db.backends.postgresql import base

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


def test_one_that_the_server_ended_is_no_longer_used(other: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_terminate_backend(%s, 5000)", [other.connection.info.backend_pid])

    for _try in range(100):
        if not other.is_usable():
            return
        time.sleep(0.02)  # until its farewell has come through the socket
    pytest.fail("a connection without a server counts as usable")
