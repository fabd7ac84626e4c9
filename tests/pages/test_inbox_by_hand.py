"""The inbox as an agent works in it: by keyboard, in a real browser, at every width, in both themes and languages."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.db import transaction
from django.test import Client
from playwright.sync_api import Page, expect

from muhatap.conversations.models import Conversation, Draft
from tests import cast
from tests.conversations.conftest import arrival

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
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


def test_a_note_is_written_beside_the_reply_and_loses_none_of_it(inbox: Page) -> None:
    inbox.locator("[data-row]").first.click()
    inbox.locator("[data-editor=reply]").click()
    inbox.keyboard.type("Merhaba")
    inbox.locator("[data-kind=note]").click()
    expect(inbox.locator("[data-editor=note]")).to_be_focused()
    inbox.keyboard.type("Depoya sordum")
    inbox.locator("[data-kind=reply]").click()
    expect(inbox.locator("[data-editor=reply]")).to_have_text("Merhaba")


@pytest.mark.parametrize("width", [320, 390, 768, 1100, 1440])
def test_long_words_stay_inside_their_pane(inbox: Page, width: int) -> None:
    inbox.set_viewport_size({"width": width, "height": 900})
    assert inbox.evaluate("document.documentElement.scrollWidth") == width
    over = inbox.evaluate(
        """() => { const edge = document.querySelector(".pane-list").getBoundingClientRect().right;
          return [...document.querySelectorAll(".row-time, .row-end")].filter((part) => part.getBoundingClientRect().right > edge).length }"""
    )
    assert over == 0


@pytest.mark.parametrize(("language", "theme"), [("tr", "dark"), ("en", "light")])
def test_axe_finds_nothing(inbox: Page, theme: str, language: str) -> None:
    inbox.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    inbox.locator(f".nav .languages button[lang={language}]").click()
    inbox.locator("[data-row]").first.click()
    expect(inbox.locator("#composer")).to_be_visible()
    for width in (1440, 768, 390):
        inbox.set_viewport_size({"width": width, "height": 900})
        found = Axe().run(inbox, options=RULES).response["violations"]
        assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found] == []
