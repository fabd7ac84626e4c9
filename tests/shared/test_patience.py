"""A question to the database is given up when it takes too long, and nothing else is."""

import pytest
from django.db import DataError, connection

from muhatap.shared import patience

pytestmark = pytest.mark.django_db


def _ask(sql: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def test_a_question_that_takes_too_long_is_given_up_and_the_next_may_take_its_time() -> None:
    with pytest.raises(patience.TookTooLong), patience.at_most(20):
        _ask("select pg_sleep(30)")

    with patience.at_most(20_000):
        assert _ask("show statement_timeout") == "20s"
    assert _ask("show statement_timeout") == "0"


def test_another_fault_is_told_as_what_it_is() -> None:
    with pytest.raises(DataError), patience.at_most(20_000):
        _ask("select 1 / 0")
