"""The visitor log."""

import pytest
from django.test import Client

from muhatap.shared import clock
from muhatap.visits import sites
from muhatap.visits.models import PageView, Visit
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def ece(client: Client) -> Client:
    """An analyst, logged in."""
    client.force_login(cast.ece(), backend="django.contrib.auth.backends.ModelBackend")
    return client


def came(n: int = 1, **more: object) -> None:
    now = clock.now()
    site = sites.create(name="Ihlamur Ev", origins=[], by=cast.selin(), at=now)
    for number in range(n):
        visit = Visit.objects.create(
            site=site, visitor=f"tarayici-{number}", began_at=now, ended_at=now, n_pages=1, engaged_ms=184_000, **more
        )
        PageView.objects.create(
            visit=visit, key="p", title=f"<b>Önlük {number}</b>", at=now, engaged_ms=42_000, scroll=80
        )


def test_a_visit_stands_there_with_its_pages_and_minutes(ece: Client) -> None:
    came(source="search")

    page = ece.get("/visits/").content.decode()

    assert "&lt;b&gt;Önlük 0&lt;/b&gt;" in page
    assert "42" in page and "80" in page


def test_the_log_goes_on_page_by_page(ece: Client) -> None:
    came(60)

    first = ece.get("/visits/").content.decode()
    link = first.split('rel="next"')[0].rpartition('href="')[2].split('"')[0]
    second = ece.get(f"/visits/{link}").content.decode()

    assert first.count("visit-pages") == 50
    assert second.count("visit-pages") == 10
    assert ece.get("/visits/?at=eyJ4").status_code == 200


def test_without_visits_the_page_says_what_to_do(ece: Client) -> None:
    assert "/settings/sites/" in ece.get("/visits/").content.decode()
