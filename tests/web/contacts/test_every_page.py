"""Every page of the contacts: who may enter, and in which language."""

from collections.abc import Iterator

import pytest
from django.urls import get_resolver

from muhatap.accounts.models import User
from muhatap.contacts import designing
from tests import cast
from tests.cast import NOW
from tests.web.contacts.conftest import enter, url

pytestmark = pytest.mark.django_db


def pages_of_the_area() -> Iterator[str]:
    for pattern in get_resolver("muhatap.web.contacts.urls").url_patterns:
        yield pattern.name


def test_nobody_enters_without_logging_in(client, ayse):
    for name in pages_of_the_area():
        pattern = next(p for p in get_resolver("muhatap.web.contacts.urls").url_patterns if p.name == name)
        address = url(name, *(ayse.pk for _ in pattern.pattern.converters))
        for method in (client.get, client.post):
            assert method(address).status_code in (302, 405), name


def test_an_analyst_may_read_and_change_nothing(client, ayse):
    ece = enter(client, cast.ece())
    page = ece.get(url("page", ayse.pk))
    assert page.status_code == 200 and not page.context["person"].edit_url
    for name in ("tag", "note", "add_identity", "edit"):
        assert ece.post(url(name, ayse.pk), {"name": "x", "text": "x", "value": "x@y.example"}).status_code == 403


@pytest.mark.parametrize("language", ["tr", "en"])
def test_every_page_speaks_both_languages(selin, everybody, ayse, ipek, language):
    User.objects.update(language=language)
    field = designing.define(label="Not", kind="text", by=cast.selin(), at=NOW)
    for address in (
        url("list"), url("new"), url("fields"), url("field", field.pk), url("companies"), url("company", ipek.company_id),
        url("edit_company", ipek.company_id), url("page", ayse.pk), url("edit", ayse.pk), url("history", ayse.pk),
        url("identities", ayse.pk), url("choose_twin", ayse.pk), url("ties", ayse.pk), f"{url('merge')}?keep={ayse.pk}&drop={ipek.pk}",
    ):  # fmt: skip
        page = selin.get(address)
        assert page.status_code == 200 and f'<html lang="{language}"' in page.content.decode(), address
