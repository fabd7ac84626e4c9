"""A promise in a real browser: offered while one writes, saved by a press, owed and on the card when the answer is sent."""

from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from playwright.sync_api import Page, expect

from muhatap.service.models import Promise
from tests import cast
from tests.conversations.conftest import arrival


@pytest.fixture
def letter(page: Page, live_server: Any) -> Page:
    """Zeynep has Ayşe's letter open."""
    with transaction.atomic():
        conversation = arrival(cast.mail(id="<ayse@ornek.example>")).conversation
    client = Client()
    client.force_login(cast.zeynep())
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{live_server.url}/inbox/{conversation.pk}/")
    return page


def test_what_one_writes_is_offered_saved_sent_and_kept(letter: Page) -> None:
    letter.locator("[data-editor=reply]").click()
    letter.keyboard.type("Paketinizi yarın 18.00'e kadar kargoya veriyoruz.")
    line = letter.locator("#composer-checks .promise-line")
    expect(line).to_contain_text("18:00")
    assert not Promise.objects.exists()
    line.locator("button").first.click()
    expect(line.locator("button")).to_have_count(1)
    letter.locator("[data-editor=reply]").click()
    letter.keyboard.press("Control+Enter")
    expect(letter.locator(".toast [data-undo]")).to_be_visible()
    assert Promise.objects.get().state == "open"

    letter.reload()
    owed = letter.locator("#promises-of-contact .promise-line")
    expect(owed).to_contain_text("kargoya veriyoruz")
    owed.locator("button").click()
    expect(letter.locator("#promises-of-contact .promise-line")).to_have_count(0)
    assert Promise.objects.get().state == "kept"


def test_one_key_opens_the_form_and_the_card_shows_what_was_promised(letter: Page) -> None:
    letter.keyboard.press("v")
    form = letter.locator("#promise-dialog form")
    expect(form).to_be_visible()
    form.locator("[name=what]").fill("Takip numarası yazılacak")
    form.locator("[type=submit]").click()
    expect(letter.locator("#promises-of-contact .promise-line")).to_contain_text("Takip numarası")
    expect(letter.locator("#promise-dialog")).not_to_be_visible()
