"""A file of contacts in a real browser: put up, tried out, taken, looked at, taken back."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from muhatap.contacts import identity
from muhatap.contacts.models import Contact
from muhatap.shared import clock
from tests import cast

FILE = (
    "Ad Soyad;E-posta;Telefon;Şehir\n"
    "Ayşe Yılmaz;ayse.yilmaz@ornek.example;0532 123 41 18;Karşıyaka\n"
    "İpek Güneş;ipek@gunesotel.example;;Antalya\n"
    "Bozuk Satır;bozuk;;\n"
)


@pytest.fixture
def mert(page: Page, live_server: Any) -> Page:
    """Mert, who brings the list of a fair; Ayşe is known already."""
    ayse = replace(cast.AYSE, name="Ayse")
    identity.resolve(claims=[ayse], source="email", at=clock.now())
    client = Client()
    client.force_login(cast.mert())
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page.goto(f"{live_server.url}/contacts/imports/")
    return page


def test_a_list_is_tried_out_taken_and_taken_back(mert: Page, tmp_path: Path) -> None:
    path = tmp_path / "fuar.csv"
    path.write_bytes(FILE.encode("cp1254"))
    mert.locator(".empty a.btn").click()
    mert.locator("#file").set_input_files(path)
    mert.locator("form button[type=submit].btn-primary").click()
    expect(mert.locator("[name=column-1]")).to_have_value("email")
    expect(mert.locator("#match")).to_have_value("email")
    expect(mert.locator("tbody tr")).to_have_count(3)
    mert.locator("form button[type=submit].btn-primary").click()

    mert.locator("form[action$='/dry-run/'] button").click()
    groups = mert.locator(".imports-group")
    expect(groups).to_have_count(3)
    expect(groups.filter(has_text="Karşıyaka")).to_contain_text("Ayse → Ayşe Yılmaz")
    expect(groups.filter(has_text="Bozuk Satır")).to_contain_text("bozuk")
    assert Contact.objects.count() == 1

    mert.locator("form[action$='/run/'] button").click()
    expect(mert.locator(".imports-counts dd")).to_have_text(["1", "1", "1"])
    assert set(Contact.objects.values_list("name", flat=True)) == {"Ayşe Yılmaz", "İpek Güneş"}

    mert.locator("form[action$='/undo/'] button").click()
    expect(mert.locator(".imports-counts").last.locator("dd")).to_have_text(["2"])
    assert set(Contact.objects.values_list("name", flat=True)) == {"Ayse"}


def test_a_file_that_was_read_wrong_is_put_right_and_nothing_typed_is_lost(mert: Page, tmp_path: Path) -> None:
    path = tmp_path / "eski.csv"
    path.write_bytes("Ad Soyad;E-posta\nŞule Çağlar;sule@ornek.example\n".encode() + b"\xfe\xfd;x@ornek.example\n")
    mert.locator(".empty a.btn").click()
    mert.locator("#file").set_input_files(path)
    mert.locator("form button[type=submit].btn-primary").click()
    expect(mert.locator(".alert")).to_contain_text("UTF-8")
    mert.locator("#encoding").select_option("cp1252")
    mert.locator(".imports-reading button").click()

    expect(mert.locator("tbody tr")).to_have_count(2)
    mert.locator("#tag").fill("fuar")
    mert.locator("#match").select_option("phone")
    mert.locator("form button[type=submit].btn-primary").click()
    expect(mert.locator(".alert")).to_be_visible()
    expect(mert.locator("#tag")).to_have_value("fuar")
    expect(mert.locator("#match")).to_have_value("phone")
    mert.locator("#match").select_option("email")
    mert.locator("form button[type=submit].btn-primary").click()
    mert.locator("form[action$='/run/'] button").click()

    mert.locator(".imports-counts a").first.click()
    expect(mert.locator(".lines-item")).to_have_count(2)
    mert.locator(".lines-item a").first.click()
    expect(mert.locator("h1")).to_have_text(Contact.objects.get(email="sule@ornek.example").name)
