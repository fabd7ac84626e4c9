"""The pages on which a web site gets its key, and shows what arrives from it."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from muhatap.accounts.models import AuditEntry
from muhatap.shared import clock
from muhatap.visits import keeping, proving, sites
from muhatap.visits.models import Event, Site
from muhatap.visits.segment import Refused
from tests import cast
from tests.visits.leaves import without_leaves

pytestmark = pytest.mark.django_db
AT = "/settings/sites/"


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with without_leaves():
        keeping.look_ahead(at=clock.now() - timedelta(days=1))
        yield


@pytest.fixture
def selin(client: Client) -> Client:
    client.force_login(cast.selin(), backend="django.contrib.auth.backends.ModelBackend")
    return client


def shop() -> Site:
    return sites.create(name="Ihlamur Ev", origins=["https://www.ihlamurev.example"], by=cast.selin(), at=clock.now())


def test_a_site_gets_a_key_of_its_own(selin: Client) -> None:
    answer = selin.post(
        f"{AT}new/",
        {"name": "Mağaza", "origins": "https://WWW.ihlamurev.example/ana\n\n", "consent": "asked"},
        follow=True,
    )

    site = Site.objects.get()
    assert site.origins == ["https://www.ihlamurev.example"]
    assert site.write_key in answer.content.decode()


@pytest.mark.parametrize(
    "line", ["ihlamurev", "ftp://ihlamurev.example", "https://", "https://a b", "https://[", "javascript:1"]
)
def test_a_line_that_is_no_site_is_said_so_and_kept_in_the_form(selin: Client, line: str) -> None:
    answer = selin.post(f"{AT}new/", {"name": "Mağaza", "origins": line, "consent": "asked"})

    assert answer.status_code == 422
    assert line in answer.content.decode()
    assert not Site.objects.exists()


def test_a_site_is_changed_and_turned_off(selin: Client) -> None:
    site = shop()

    told = {"name": "Eski mağaza", "origins": "", "per_second": "50"}
    assert selin.post(f"{AT}{site.pk}/edit/", told).status_code == 422  # who says nothing of consent changes nothing
    selin.post(f"{AT}{site.pk}/edit/", told | {"consent": "never"})

    site.refresh_from_db()
    assert (site.name, site.origins, site.per_second, site.is_on) == ("Eski mağaza", [], 50, False)
    assert site.is_nameless
    assert AuditEntry.objects.get(act="site.changed").details["changed"]["is_nameless"] is True
    assert (
        "checked" in selin.get(f"{AT}{site.pk}/edit/").content.decode().partition('value="never"')[2].partition(">")[0]
    )


def test_what_arrives_and_what_is_refused_stand_on_its_page_escaped(selin: Client) -> None:
    site, now = shop(), clock.now()
    body = '{"event": "<b>Sepet</b>"}'
    told = {"kind": 2, "anonymous_id": "t-1", "user_id": "", "name": "<b>Sepet</b>", "url": "", "is_bot": False}
    Event.objects.create(received_at=now, site=site, message_key=uuid4(), at=now, payload=body, **told)
    sites.note(refused=[(site.pk, Refused("nameless", "event", "<script>"), now)], last={site.pk: now})

    page = selin.get(f"{AT}{site.pk}/arriving/").content.decode()

    assert "&lt;b&gt;Sepet&lt;/b&gt;" in page and "&lt;script&gt;" in page
    assert "<b>Sepet</b>" not in page


def test_a_site_is_written_as_browsers_write_it() -> None:
    told = sites.readable(["https://ÇİÇEK.example:443", "http://a.example:80/yol", "https://*.b.example:8443"])

    assert told[1:] == ["http://a.example", "https://*.b.example:8443"]
    assert told[0].startswith("https://xn--") and told[0].endswith(".example")


def test_a_key_nobody_knows_is_told(selin: Client) -> None:
    sites.note(refused=[(None, Refused("key", "yanlis\0anahtar", ""), clock.now())], last={})

    assert "yanlisanahtar" in selin.get(AT).content.decode()


def test_an_odd_event_breaks_no_page(selin: Client) -> None:
    site, now = shop(), clock.now()
    told = {"kind": 2, "anonymous_id": "t-1", "user_id": "", "name": "A", "url": "", "is_bot": False}
    odd = '{"n": %s}' % ("9" * 5000)
    Event.objects.create(received_at=now, site=site, message_key=uuid4(), at=now, payload=odd, **told)

    assert selin.get(f"{AT}{site.pk}/").status_code == 200


def test_of_refusals_the_newest_stay(selin: Client) -> None:
    site, now = shop(), clock.now()
    many = [(site.pk, Refused("shape", str(n), ""), now) for n in range(sites.KEPT_REFUSALS + 20)]

    sites.note(refused=many, last={})

    kept = site.refusals.order_by("id").values_list("detail", flat=True)
    assert len(kept) == sites.KEPT_REFUSALS
    assert kept[0] == "20"


def test_a_secret_and_a_servers_key_are_shown_once(selin: Client) -> None:
    site = shop()

    secret = (
        selin.post(f"{AT}{site.pk}/secret/").content.decode().partition('id="new-secret" value="')[2].partition('"')[0]
    )
    key = (
        selin.post(f"{AT}{site.pk}/server-key/")
        .content.decode()
        .partition('id="new-server-key" value="')[2]
        .partition('"')[0]
    )

    site.refresh_from_db()
    assert proving.identity_secret(site) == secret != ""
    assert sites.name_of(key) == site.server_key_hash
    page = selin.get(f"{AT}{site.pk}/").content.decode()
    assert secret not in page
    assert key not in page
