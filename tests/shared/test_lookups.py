"""Words of the ORM that are ours."""

import pytest
from pytest_django import DjangoAssertNumQueries

from muhatap.contacts.models import Tag

pytestmark = pytest.mark.django_db


def test_many_are_asked_for_as_one_array_and_nobody_with_no_question(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    tags = Tag.objects.bulk_create([Tag(name=name, folded=name) for name in ("sadık", "toptan", "yeni")])
    asked = Tag.objects.filter(folded__one_of={"sadık", "toptan", "kimse"})
    assert str(asked.query).count("any(") == 1
    assert set(asked) == set(tags[:2]) == set(Tag.objects.filter(pk__one_of=dict.fromkeys(tag.pk for tag in tags[:2])))
    with django_assert_num_queries(0):
        assert not list(Tag.objects.filter(pk__one_of=[]))
