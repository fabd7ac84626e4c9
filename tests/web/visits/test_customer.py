"""On the customer's page: their visits, and the way back where a browser was somebody else's."""

import pytest
from django.test import Client

from muhatap.accounts.models import User
from muhatap.contacts import identity
from muhatap.shared import clock
from muhatap.visits import sites, stitching
from muhatap.visits.models import ProductInterest, Visit, VisitorLink
from muhatap.visits.segment import EARLIEST
from tests import cast
from tests.cast import NOW

pytestmark = pytest.mark.django_db


def login(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_an_agent_sees_what_they_looked_at_and_takes_a_browser_off_again() -> None:
    ayse, at = identity.resolve(claims=[cast.AYSE], source="email", at=NOW), clock.now()
    site = sites.create(name="Ihlamur Ev", origins=[], by=cast.selin(), at=at)
    visit = Visit.objects.create(
        site=site, visitor="tarayici-1", began_at=at, ended_at=at, n_pages=1, engaged_ms=664_000
    )
    ProductInterest.objects.create(
        visit=visit, product="battaniye", name="Yün battaniye", at=at, n_looks=3, engaged_ms=372_000
    )
    link = VisitorLink.objects.create(
        site=site,
        visitor="tarayici-1",
        contact=ayse,
        how="signed",
        subject="20871",
        from_at=EARLIEST,
        proved_at=at,
        made_at=at,
    )
    zeynep = login(cast.zeynep())

    page = zeynep.get(f"/visits/of/{ayse.pk}/").content.decode()
    assert "Yün battaniye" in page
    assert f"/visits/browsers/{link.pk}/parting/" in page
    assert login(cast.ece()).post(f"/visits/browsers/{link.pk}/parting/").status_code == 403
    assert zeynep.post(f"/visits/browsers/{link.pk}/parting/").status_code == 302

    link.refresh_from_db()
    assert link.taken_back_by == cast.zeynep()
    assert stitching.contact_of(visit) is None
    assert "Yün battaniye" not in zeynep.get(f"/visits/of/{ayse.pk}/").content.decode()
