"""The contacts area in a real browser: search while typing, tag and take back, merge and split."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from muhatap.contacts import designing, noting, tagging
from muhatap.contacts.models import Contact, Tag
from muhatap.shared import clock
from tests import cast
from tests.web.contacts.conftest import met, url, wrote

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture
def shop(page: Page, live_server: Any) -> Page:
    """Deniz, who may do everything, among a few contacts."""
    now, deniz = clock.now(), cast.deniz()
    designing.define(label="Müşteri tipi", kind="choice", choices=["Bireysel", "Toptan"], by=deniz, at=now)
    ayse = met(
        "Ayşe Yılmaz", "ayse.yilmaz@ornek.example", at=now - timedelta(days=300), city="İzmir", phone="0532 123 41 18"
    )
    met("İpek Güneş", "ipek@gunesotel.example", at=now - timedelta(days=90), company="Güneş Otel")
    met("Mehmet Kaya", "mehmet.kaya@ornek.example", at=now - timedelta(days=5))
    met("M. Kaya", "mehmet.kaya+is@ornek.example", at=now - timedelta(days=40), phone="0216 555 05 12")
    tagging.tag(contacts=[ayse.pk], name="Sadık", by=deniz, at=now)
    noting.write(contact=ayse, text="Kapıcıya bırakılsın", by=deniz, at=now)
    wrote(ayse, "Siparişim gelmedi.", at=now)
    client = Client()
    client.force_login(deniz)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page.goto(live_server.url + url("list"))
    return page


def who(name: str) -> int:
    return Contact.objects.get(name=name).pk


def test_names_are_found_while_typing_and_the_address_keeps_the_search(shop: Page) -> None:
    shop.keyboard.press("/")
    shop.keyboard.type("ays")
    expect(shop.locator("#contacts tbody tr")).to_have_count(1)
    expect(shop.locator("#contacts tbody th")).to_contain_text("Ayşe Yılmaz")
    assert "q=ays" in shop.url
    expect(shop.locator("#contact-search")).to_be_focused()


def test_chosen_contacts_are_tagged_and_the_toast_takes_it_back(shop: Page) -> None:
    expect(shop.locator(".bulk")).to_be_hidden()
    shop.locator("[data-pick-all]").check()
    expect(shop.locator(".bulk [data-n-picked]")).to_have_text("4")
    shop.locator("input[name=tag_name]").fill("Bülten")
    shop.locator("button[value=tag]").click()
    expect(shop.locator(".toast")).to_contain_text("Bülten")
    assert Tag.objects.get(name="Bülten").contacts.count() == 4
    shop.locator("[data-undo]").click()
    expect(shop.locator(".tag", has_text="Bülten")).to_have_count(0)
    assert Tag.objects.get(name="Bülten").contacts.count() == 0


def test_a_hint_leads_to_the_merge_and_the_toast_splits_them_again(shop: Page, live_server: Any) -> None:
    shop.goto(live_server.url + url("page", who("Mehmet Kaya")))
    shop.locator(".card-line", has_text="M. Kaya").click()
    expect(shop.locator(".merge-table")).to_contain_text("mehmet.kaya+is@ornek.example")
    shop.locator(".merge-foot .btn-primary").click()
    expect(shop.locator("#identities")).to_contain_text("mehmet.kaya+is@ornek.example")
    shop.locator("[data-undo]").click()
    expect(shop.locator("#identities")).not_to_contain_text("+is@")
    assert Contact.objects.filter(merged_into=None).count() == 4


def test_tags_and_notes_change_in_place(shop: Page, live_server: Any) -> None:
    shop.goto(live_server.url + url("page", who("Ayşe Yılmaz")))
    shop.locator(".tag-add input[name=name]").fill("Toptan")
    shop.keyboard.press("Enter")
    expect(shop.locator("#tags")).to_contain_text("Toptan")
    shop.locator("[data-toggles=note-form]").click()
    shop.locator("#note-form textarea").fill("Zili çalmayın")
    shop.locator("#note-form button").click()
    expect(shop.locator("#notes")).to_contain_text("Zili çalmayın")
