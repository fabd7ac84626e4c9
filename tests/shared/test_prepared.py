"""What is said often is planned once for each connection."""

import pytest
from django.db import connection

from muhatap.shared import prepared

pytestmark = pytest.mark.django_db

SQL = "select %(number)s::int + 1"


def test_a_statement_is_planned_once_and_what_django_asks_is_not_kept():
    assert [prepared.rows(SQL, {"number": number}) for number in range(3)] == [[(1,)], [(2,)], [(3,)]]
    with connection.cursor() as cursor:
        for _time in range(8):
            cursor.execute("select 41")
        cursor.execute("select statement from pg_prepared_statements")
        kept = [statement for (statement,) in cursor.fetchall()]
    assert kept.count("select $1::int + 1") == 1
    assert "select 41" not in kept


def test_the_driver_keeps_no_text_of_what_django_says():
    prepared.rows(SQL, {"number": 1})
    with connection.cursor() as cursor:
        cursor.execute("select %s", ["bir müşterinin sözü"])

    assert not connection.connection._prepared._counts
