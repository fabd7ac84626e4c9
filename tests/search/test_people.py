"""Whom the search finds: by what stands in their notes and in the firm's own fields, too; firms without walking through all."""

import pytest
from django.db import connection

from muhatap.contacts import companies, designing, merging, noting, profile
from muhatap.contacts.models import Contact
from muhatap.search import language, people
from tests import cast
from tests.cast import NOW
from tests.search.conftest import TODAY
from tests.web.contacts.conftest import met

pytestmark = pytest.mark.django_db


def found(typed: str) -> list[str]:
    rows, _more = people.contacts(language.parse(typed, today=TODAY), at=NOW)
    return [str(row) for row in rows]


def test_a_contact_is_found_by_a_note_and_by_the_firms_own_fields() -> None:
    ayse = met("Ayşe Yılmaz", "ayse.yilmaz@ornek.example")
    other = met("Ayşe Y.", "ayse@baska.example")
    noting.write(contact=other, text="Kapıcıya BIRAKILSIN, zili çalmayın", by=cast.can(), at=NOW)
    field = designing.define(label="Müşteri tipi", kind="choice", choices=["Toptancı"], by=cast.selin(), at=NOW)
    profile.update(contact=ayse, facts={field.key: "Toptancı"}, source="agent", at=NOW, by=cast.can())
    assert (found("kapıcıya bırakılsın"), found("toptanci"), found("müşteri tipi")) == (
        ["Ayşe Y."],
        ["Ayşe Yılmaz"],
        [],
    )
    merging.merge(keep=Contact.objects.get(pk=ayse.pk), drop=other, by=cast.can(), at=NOW)
    assert found("zili") == ["Ayşe Yılmaz"]


def test_firms_are_sought_by_an_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        sql, given = companies.found("güneş").only("pk").order_by().query.sql_with_params()
        cursor.execute(f"explain {sql}", given)
        assert "company_search" in str(cursor.fetchall())
