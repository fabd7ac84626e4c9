"""The inbox as an agent works in it: by keyboard, in a real browser, at every width."""

from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from playwright.sync_api import Page, expect

from muhatap.conversations.models import Conversation, Draft
from tests import cast
from tests.conversations.conftest import arrival
from tests.pages.axe import faults

LONG = "Siparişimin nerede olduğunu bir haftadır öğrenemiyorum, lütfen yardım edin, çünkü misafirlerim geliyor"


@pytest.fixture
def inbox(page: Page, live_server: Any) -> Page:
    """Zeynep at the list with two letters, one of them with a subject longer than any pane."""
    with transaction.atomic():
        arrival(cast.mail(id="<kisa@ornek.example>"))
        arrival(cast.mail(cast.ELIF, id="<uzun@ornek.example>", subject=LONG, text=LONG))
    client = Client()
    client.force_login(cast.zeynep())
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page.goto(f"{live_server.url}/inbox/in/all/")
    return page


def test_a_letter_is_walked_to_opened_and_answered_by_keys_alone(inbox: Page) -> None:
    inbox.keyboard.press("j")
    inbox.keyboard.press("o")
    expect(inbox.locator("#composer")).to_be_visible()
    assert f"/inbox/{Conversation.objects.get(subject=LONG).pk}/" in inbox.url
    inbox.keyboard.press("r")
    expect(inbox.locator("[data-editor=reply]")).to_be_focused()
    with inbox.expect_response("**/draft/"):
        inbox.keyboard.type("Kurye yolda.")
    expect(inbox.locator("[data-saved]")).not_to_be_empty()
    assert "Kurye yolda." in Draft.objects.get().html


def test_when_the_draft_was_kept_stands_in_one_line(inbox: Page) -> None:
    inbox.locator("[data-row]").first.click()
    inbox.locator("[data-editor=reply]").click()
    inbox.keyboard.type("Kurye yolda.")
    time = inbox.locator("[data-saved] time")
    for width in (1024, 1440, 1920):
        inbox.set_viewport_size({"width": width, "height": 900})
        expect(time).to_be_in_viewport(ratio=1)
        box = inbox.locator("[data-saved]").bounding_box()
        assert box and box["height"] == 16
        send = inbox.locator("#composer .split").bounding_box()
        tools = inbox.locator("#composer .composer-foot").bounding_box()
        assert send and tools and send["x"] + send["width"] <= tools["x"] + tools["width"]
    expect(inbox.locator("[data-saved]")).to_contain_text("Taslak kaydedildi")


def test_a_note_is_written_beside_the_reply_and_loses_none_of_it(inbox: Page) -> None:
    inbox.locator("[data-row]").first.click()
    inbox.locator("[data-editor=reply]").click()
    inbox.keyboard.type("Merhaba")
    inbox.locator("[data-kind=note]").click()
    expect(inbox.locator("[data-editor=note]")).to_be_focused()
    inbox.keyboard.type("Depoya sordum")
    inbox.locator("[data-kind=reply]").click()
    expect(inbox.locator("[data-editor=reply]")).to_have_text("Merhaba")


def test_long_words_stay_inside_their_pane_at_every_width(inbox: Page) -> None:
    for width in (320, 390, 768, 1100, 1440):
        inbox.set_viewport_size({"width": width, "height": 900})
        assert inbox.evaluate("document.documentElement.scrollWidth") == width
        over = inbox.evaluate(
            """() => { const edge = document.querySelector(".pane-list").getBoundingClientRect().right;
              return [...document.querySelectorAll(".row-time, .row-end")].filter((part) => part.getBoundingClientRect().right > edge).length }"""
        )
        assert (width, over) == (width, 0)


def test_a_conversation_is_readable_between_a_screen_and_a_phone(inbox: Page) -> None:
    """On a screen and on a phone, in both themes and languages: tests/pages/test_every_page.py."""
    inbox.locator("[data-row]").first.click()
    expect(inbox.locator("#composer")).to_be_visible()
    inbox.set_viewport_size({"width": 768, "height": 900})
    assert faults(inbox) == []
