"""A file of contacts in a real browser that was read wrong; the whole way of a good one is told in test_one_customer."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from muhatap.contacts.models import Contact
from tests import cast


@pytest.fixture
def mert(page: Page, live_server: Any) -> Page:
    """Mert, who brings an old list."""
    client = Client()
    client.force_login(cast.mert())
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page.goto(f"{live_server.url}/contacts/imports/")
    return page


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
