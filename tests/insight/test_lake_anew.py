"""Where what the lake holds of a day is no longer what PostgreSQL says, the day is written again."""

import re
from importlib import import_module

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunSQL

from muhatap.insight.models import ExportedDay
from tests import cast

pytestmark = pytest.mark.django_db
NO_VISITS_OF_SERVERS = import_module("muhatap.visits.migrations.0013_no_visit_of_servers").Migration


def statements(migration: object) -> list[str]:
    return [str(each.sql) for each in getattr(migration, "operations", ()) if isinstance(each, RunSQL)]


def test_visits_that_left_the_view_leave_the_lake_too() -> None:
    ExportedDay.objects.create(day=cast.NOW.date(), at=cast.NOW, n_visits=2, n_page_views=1, n_events=3)
    graph = MigrationLoader(None, ignore_no_migrations=True).graph
    changed = ("visits", "0013_no_visit_of_servers")
    assert any(re.search(r"view facts_visits", each) for each in statements(graph.nodes[changed]))

    following = [key for key in graph.node_map[changed].children if key.key[0] == "insight"]
    for each in following:
        with connection.cursor() as cursor:
            for statement in statements(graph.nodes[each.key]):
                cursor.execute(statement)

    assert following and not ExportedDay.objects.exists()


def test_nothing_is_folded_while_visits_are_taken_off_the_roll_ups() -> None:
    for operation in NO_VISITS_OF_SERVERS.operations:
        for said in (operation.sql, operation.reverse_sql):
            assert said.startswith("lock table visits_visit in share row exclusive mode;")
