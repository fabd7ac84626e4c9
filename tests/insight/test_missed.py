"""Searches that found nothing: as many visits as the log shows of them, and never longer than a report waits."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.db.models.expressions import RawSQL

from muhatap.insight import engine, missed
from muhatap.insight.missed import Missed
from muhatap.measures.asked import Period
from muhatap.visits import sites
from muhatap.visits.models import EmptySearch, Site, Visit
from tests import cast
from tests.visits.test_folding import NOON

pytestmark = pytest.mark.django_db
DAY = Period(start=date(2026, 11, 21), end=date(2026, 11, 21))
MIDNIGHT = NOON + timedelta(hours=9)  # of the firm, at the end of the day


@pytest.fixture
def shop() -> Site:
    return sites.create(name="Ihlamur Ev", origins=[], by=cast.selin(), at=NOON)


def searched(site: Site, query: str, *, minutes: float = 0, visitor: str = "tarayici-1", n_pages: int = 1) -> None:
    """For some words, three minutes after a visit began so many minutes after midnight."""
    at = MIDNIGHT + timedelta(minutes=minutes)
    later = at + timedelta(minutes=3)
    visit = Visit.objects.create(
        site=site, visitor=visitor, began_at=at, ended_at=later, n_pages=n_pages, device=1 + n_pages
    )
    visit.empty_searches.create(query=query, at=later)


def test_they_count_on_the_day_their_visit_began_and_without_what_only_a_server_told(shop: Site) -> None:
    for query, minutes in (
        ("PERDE", -60),
        ("perde", -1),
        ("perde", 0),
        ("Işıklı tül", -24 * 60 + 1),
        ("yün", -24 * 60 - 1),
    ):
        searched(shop, query, minutes=minutes)
    searched(shop, "perde", minutes=-60, visitor="known:20871", n_pages=0)
    searched(shop, "tül", minutes=-60, visitor="tarayici-2", n_pages=0)

    found = missed.searches(period=DAY)
    assert [(one.folded, one.n_visits) for one in found] == [("perde", 2), ("isikli tul", 1), ("tul", 1)]
    assert missed.searches(period=DAY, device=1, site_id=shop.pk) == (Missed(query="tül", folded="tul", n_visits=1),)
    assert missed.searches(period=DAY, site_id=shop.pk + 1) == ()


def test_what_takes_too_long_is_left(shop: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    searched(shop, "perde")
    slow = EmptySearch.objects.alias(nap=RawSQL("pg_sleep(2)::text", [])).filter(nap="")
    monkeypatch.setattr(missed, "_during", lambda *_asked: slow)
    monkeypatch.setattr(missed, "PATIENCE_MS", 10)
    with pytest.raises(engine.TooLong):
        missed.searches(period=DAY)


@pytest.mark.usefixtures("shop")
def test_the_visits_of_words_are_found_by_an_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute("explain select 1 from visits_emptysearch where fold_tr(query) = 'perde' and visit_id = 1")
        assert "empty_searches_for_words" in str(cursor.fetchall())
