"""One customer, safely, as one story in a real browser: a list comes in, somebody in it is known already, and all of it goes back."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from muhatap.contacts import hearing, identity
from muhatap.contacts.models import Contact, Merge
from muhatap.duplicates import running
from muhatap.flow import duplicates
from muhatap.shared import clock
from tests import cast
from tests.duplicates.test_running import MEHMET, took

FILE = (
    "Ad Soyad;E-posta;Telefon;Şehir\n"
    "Ayşe Yılmaz;ayse.yilmaz@ornek.example;0532 123 41 18;Karşıyaka\n"
    "Mehmet Kaya;m.kaya@mimarlik.example;0533 410 20 77;Kadıköy\n"
    "İpek Güneş;ipek@gunesotel.example;;Antalya\n"
    "Bozuk Satır;bozuk;;\n"
)


@pytest.fixture
def mert(page: Page, live_server: Any) -> Page:
    """Mert, who brings the list of a fair; Ayşe and Mehmet are known already."""
    identity.resolve(claims=[replace(cast.AYSE, name="Ayse")], source="email", at=clock.now())
    took(1, **MEHMET)
    client = Client()
    client.force_login(cast.mert())
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page.goto(f"{live_server.url}/contacts/imports/")
    return page


def test_a_list_is_tried_out_and_taken_a_twin_is_merged_and_parted_and_the_list_goes_back(
    mert: Page, live_server: Any, tmp_path: Path
) -> None:
    path = tmp_path / "fuar.csv"
    path.write_bytes(FILE.encode("cp1254"))
    mert.locator(".empty a.btn").click()
    mert.locator("#file").set_input_files(path)
    mert.locator("form button[type=submit].btn-primary").click()
    expect(mert.locator("[name=column-1]")).to_have_value("email")
    expect(mert.locator("#match")).to_have_value("email")
    expect(mert.locator("tbody tr")).to_have_count(4)
    mert.locator("form button[type=submit].btn-primary").click()

    mert.locator("form[action$='/dry-run/'] button").click()
    groups = mert.locator(".imports-group")
    expect(groups).to_have_count(3)
    expect(groups.filter(has_text="Karşıyaka")).to_contain_text("Ayse → Ayşe Yılmaz")
    expect(groups.filter(has_text="Bozuk Satır")).to_contain_text("bozuk")
    assert Contact.objects.count() == 2

    mert.locator("form[action$='/run/'] button").click()
    expect(mert.locator(".imports-counts dd")).to_have_text(["2", "1", "1"])
    its_page = mert.url
    look_at_everybody()

    mert.goto(f"{live_server.url}/contacts/review/")
    expect(mert.locator(".review-row")).to_have_count(1)
    expect(mert.locator(".waterfall-row .is-for").first).to_be_visible()
    expect(mert.locator(".waterfall-end .num")).to_contain_text("%")
    mert.locator("[data-key=m]").click()
    expect(mert.locator(".review-row")).to_have_count(0)
    merged = Merge.objects.get(undone_at=None)

    mert.goto(f"{live_server.url}/contacts/{merged.keep_id}/")
    expect(mert.locator("#identities")).to_contain_text("m.kaya@mimarlik.example")
    mert.locator(f"form[action$='/merges/{merged.pk}/undoing/'] button").first.click()
    expect(mert.locator("#identities")).not_to_contain_text("m.kaya@mimarlik.example")
    assert not Contact.objects.filter(merged_into__isnull=False).exists()

    mert.goto(its_page)
    mert.locator("[data-opens=take-back]").click()
    mert.locator("form[action$='/undo/'] button[type=submit]").click()
    expect(mert.locator(".imports-counts").last.locator("dd")).to_have_text(["2", "1"])
    assert sorted(Contact.objects.values_list("name", flat=True)) == ["Ayse", "Mehmet Kaya", "Mehmet Kaya"]


def look_at_everybody() -> None:
    """What the job after an import does, and the night after it."""
    hearing.compare_missing()
    duplicates.look(run_id=running.begin(by=None, at=clock.now()).pk, at=clock.now())
