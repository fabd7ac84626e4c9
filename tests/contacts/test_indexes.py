"""Every key that points at a contact is found by one index, and by no second one: each entry is written with each row."""

import pytest
from django.db import connection, models

from muhatap.contacts.finding import Wanted, _by_fields
from muhatap.contacts.models import Contact, ProfileFact
from muhatap.contacts.relations import Relation, every_relation

pytestmark = pytest.mark.django_db

BEGINNING = """
select i.relname, cardinality(string_to_array(x.indkey::text, ' ')), x.indisunique, pg_get_expr(x.indpred, x.indrelid)
from pg_index x join pg_class i on i.oid = x.indexrelid
join pg_attribute a on a.attrelid = x.indrelid and a.attnum = x.indkey[0]
where x.indrelid = %s::regclass and a.attname = %s and x.indisvalid
"""


def indexes_of(relation: Relation) -> list[tuple[str, int, bool]]:
    """Those that hold every row in which the key has a value: their names, how many columns they have, whether they keep a rule."""
    column = relation.model._meta.get_field(relation.field).column
    with connection.cursor() as cursor:
        cursor.execute(BEGINNING, [relation.model._meta.db_table, column])
        rows = cursor.fetchall()
    return [(name, n, rule) for name, n, rule, only in rows if only in (None, f"({column} IS NOT NULL)")]


@pytest.mark.parametrize("relation", every_relation(), ids=lambda relation: relation.name)
def test_a_key_that_points_at_a_contact_has_one_index(relation: Relation) -> None:
    found = indexes_of(relation)
    assert found
    assert len(found) == 1 or not [name for name, n, keeps_a_rule in found if n == 1 and not keeps_a_rule]


def plan(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan to off")
        cursor.execute(f"explain {sql}")
        return "\n".join(line for (line,) in cursor.fetchall())


def of(rows: "models.QuerySet[models.Model]") -> str:
    sql, given = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        return str(cursor.mogrify(sql, given))


def test_indexes_that_leave_out_what_most_have_not_are_used_by_whoever_looks_for_it() -> None:
    # As the database itself asks, before a contact or a user goes.
    assert "contacts_merged" in plan(
        "select 1 from only contacts_contact x where 7 = merged_into_id for key share of x"
    )
    assert "contacts_of_firm" in plan("select 1 from only contacts_contact x where 7 = company_id for key share of x")
    assert "facts_by_somebody" in plan(of(ProfileFact.objects.filter(by_id=7)))
    assert "contacts_by_field" in plan(of(Contact.objects.filter(_by_fields(Wanted(fields={"beden": "M"})))))
