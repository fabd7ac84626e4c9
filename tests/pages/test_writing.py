"""Writing to a customer in a real browser: canned replies, what is asked before it leaves, later, two devices."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from playwright.sync_api import Page, expect

from muhatap.conversations import drafting
from muhatap.conversations.models import Conversation, Draft, Scheduled
from muhatap.interactions.models import Outgoing
from muhatap.writing import canned, signing
from muhatap.writing.models import CannedReply
from tests import cast
from tests.conversations.conftest import arrival


@pytest.fixture
def letter(page: Page, live_server: Any) -> Page:
    """Zeynep has Ayşe's letter open; the shop has two canned replies and a signature."""
    with transaction.atomic():
        conversation = arrival(cast.mail(id="<ayse@ornek.example>")).conversation
        for title, shortcut, html in (
            ("Kargo yola çıktı", "kargo", "<p>Merhaba {{ contact.first_name }}, {{ order }} yola çıktı.</p>"),
            ("İade koşulları", "iade", "<p>İade formu ektedir.</p>"),
        ):
            reply = CannedReply(title=title, shortcut=shortcut, html=html, scope="everybody")
            canned.save(reply=reply, by=cast.can(), at=cast.NOW)
        signing.save(inbox=None, user=None, language="", html="<p>{{ agent.name }}</p>", by=cast.can(), at=cast.NOW)
    client = Client()
    client.force_login(cast.zeynep())
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page.goto(f"{live_server.url}/inbox/{conversation.pk}/")
    return page


def test_a_canned_reply_comes_by_a_slash_its_gap_is_filled_and_it_leaves_signed(letter: Page) -> None:
    editor = letter.locator("[data-editor=reply]")
    editor.click()
    letter.keyboard.type("/karg")
    expect(letter.locator("[data-canned-preview]")).to_contain_text("Merhaba Ayşe")
    letter.keyboard.press("Enter")
    expect(editor.locator("mark[data-gap=order]")).to_have_count(1)
    letter.keyboard.type("#10482")
    expect(editor).to_contain_text("Merhaba Ayşe, #10482 yola çıktı.")
    expect(letter.locator("[data-signature-shown]")).to_have_text("Zeynep Arslan")
    letter.keyboard.press("Control+Enter")
    expect(letter.locator(".toast [data-undo]")).to_be_visible()
    text = Outgoing.objects.get().outbound["text"]
    assert text == "Merhaba Ayşe, #10482 yola çıktı.\n\nZeynep Arslan"


def test_a_forgotten_file_is_asked_about_and_one_key_sends_anyway(letter: Page) -> None:
    letter.locator("[data-canned-open]").click()
    letter.keyboard.type("IADE")
    expect(letter.locator("[data-canned-panel] [role=option]")).to_have_count(1)
    letter.keyboard.press("Enter")
    expect(letter.locator("[data-editor=reply]")).to_contain_text("İade formu ektedir.")
    expect(letter.locator("#composer-checks")).to_contain_text("ektedir")
    letter.keyboard.press("Control+Enter")
    expect(letter.locator("#composer:not(.htmx-added) .composer-held [name=sure]")).to_be_visible()
    assert not Outgoing.objects.exists()
    letter.keyboard.press("Control+Shift+Enter")
    expect(letter.locator(".toast [data-undo]")).to_be_visible()
    assert Outgoing.objects.count() == 1


def test_it_is_sent_later_held_when_she_writes_and_taken_back(letter: Page) -> None:
    letter.locator("[data-editor=reply]").click()
    letter.keyboard.type("Kurye yolda.")
    letter.locator("[data-menu=later-menu]").click()
    letter.locator("#later-menu button[value=monday]").click()
    waiting = letter.locator(".waiting")
    expect(waiting).to_contain_text("Kurye yolda.")
    row = Scheduled.objects.get()
    Scheduled.objects.filter(pk=row.pk).update(state="held", held_because="wrote_again")
    letter.reload()
    expect(letter.locator(".waiting.is-held")).to_contain_text("Ayşe")
    letter.locator(".waiting .btn-quiet").first.click()
    expect(letter.locator("[data-editor=reply]")).to_contain_text("Kurye yolda.")
    expect(waiting).to_have_count(0)
    assert not Outgoing.objects.exists()


def test_what_another_device_wrote_is_kept_and_one_press_away(letter: Page) -> None:
    conversation = Conversation.objects.get()
    drafting.save(
        conversation=conversation, kind="reply", by=cast.zeynep(), at=cast.NOW, html="<p>Telefonda yazdım</p>"
    )
    letter.locator("[data-editor=reply]").click()
    with letter.expect_response("**/draft/"):
        letter.keyboard.type("Masada yazdım")
    other = letter.locator("#composer-checks button")
    expect(other).to_be_visible()
    assert Draft.objects.get().html == "<p>Masada yazdım</p>"
    other.click()
    expect(letter.locator("[data-editor=reply]")).to_contain_text("Telefonda yazdım")
    expect(letter.locator("#composer-checks")).to_contain_text("Masada yazdım")


@pytest.mark.parametrize("width", [320, 768, 1100, 1440])
def test_the_button_that_sends_never_drops_below_the_tools(letter: Page, width: int) -> None:
    letter.set_viewport_size({"width": width, "height": 900})
    tops = letter.evaluate(
        """() => [".composer-foot > .tools", ".composer-foot .split"].map((part) => {
          const box = document.querySelector(part).getBoundingClientRect(); return Math.round(box.top + box.height / 2) })"""
    )
    assert abs(tops[0] - tops[1]) <= 2
    assert letter.evaluate("document.documentElement.scrollWidth") == width


def test_a_file_that_is_too_large_is_refused_in_words_and_the_others_go_along(
    letter: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "MAX_UPLOAD_BYTES", 1000)
    for name, size in (("film.mp4", 1001), ("not.txt", 10)):
        (tmp_path / name).write_bytes(b"x" * size)
    letter.locator("[data-attach]").set_input_files([tmp_path / "film.mp4", tmp_path / "not.txt"])
    expect(letter.locator("#composer-files")).to_contain_text("not.txt")
    expect(letter.locator("[data-problem]")).to_contain_text("film.mp4")
