"""The words under a message in a real browser: their menus stay in the pane, and by keys the focus is never lost."""

from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from playwright.sync_api import Locator, Page, expect

from muhatap.understanding.models import Correction, Reading
from tests import cast
from tests.automation.conftest import letter
from tests.understanding.test_reading import followed

EVENING = "Bir de bu akşam evde değilim, yarın gelse olur mu?"
LONG = "Kargom hâlâ gelmedi, üçüncü kez yazıyorum. " * 60


@pytest.fixture
def thread(page: Page, live_server: Any) -> Page:
    """Zeynep has what Ayşe wrote open: a long complaint, then a short question that is urgent."""
    with transaction.atomic():
        followed(letter("<1@ornek.example>", text=LONG))
        newest = followed(letter("<2@ornek.example>", text=EVENING, references=("<1@ornek.example>",)))
    client = Client()
    client.force_login(cast.zeynep())
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{live_server.url}/inbox/{newest.conversation_id}/")
    return page


def newest_chip(page: Page, field: str) -> Locator:
    return page.locator(f".reading-chip[data-menu$='-{field}']").last


def test_on_a_phone_every_menu_stays_in_the_pane_and_every_chip_is_as_large_as_a_finger(thread: Page) -> None:
    for width in (320, 390):
        thread.set_viewport_size({"width": width, "height": 844})
        chips = thread.locator(".letter[open] .reading-chip")
        expect(newest_chip(thread, "urgency")).to_be_visible()  # the last of its line
        for chip in chips.all():
            box = chip.bounding_box()
            assert box and min(box["width"], box["height"]) >= 44
            chip.click()
            expect(thread.locator(".reading-why:visible .menu-item").first).to_be_focused()
            assert thread.locator("[data-scrolls]").evaluate("pane => pane.scrollWidth") == width
            thread.keyboard.press("Escape")
            expect(chip).to_be_focused()


def test_one_key_opens_the_menu_in_sight_and_a_digit_corrects_and_the_focus_comes_back(thread: Page) -> None:
    thread.locator("[data-scrolls]").evaluate("pane => pane.scrollTop = 0")
    thread.keyboard.press("i")
    expect(thread.locator(".reading-why:visible .menu-item").first).to_be_focused()
    expect(thread.locator(".reading-why:visible")).to_be_in_viewport(ratio=1)

    thread.keyboard.press("2")
    undo = thread.locator(".toast [data-undo]")
    expect(undo).to_be_visible()
    expect(newest_chip(thread, "kind")).to_be_focused()
    corrected = Reading.objects.get(corrections__field="kind")

    undo.click()
    expect(undo).to_have_count(0)
    expect(newest_chip(thread, "kind")).to_be_focused()
    assert Reading.objects.get(pk=corrected.pk).kind != corrected.kind


def test_what_was_corrected_is_taken_back_by_keys_from_under_the_message(thread: Page) -> None:
    thread.keyboard.press("i")
    expect(thread.locator(".reading-why:visible .menu-item").first).to_be_focused()
    thread.keyboard.press("2")
    expect(thread.locator(".toast [data-undo]")).to_be_visible()

    thread.keyboard.press("i")
    expect(thread.locator(".reading-why:visible .menu-item").first).to_be_focused()
    thread.keyboard.press("ArrowUp")
    expect(thread.locator(".reading-why:visible").get_by_role("menuitem", name="Geri al")).to_be_focused()
    thread.keyboard.press("Enter")

    expect(thread.locator(".toast", has_text="Geri alındı.")).to_be_visible()
    expect(thread.locator(".reading-why:visible")).to_have_count(0)
    expect(newest_chip(thread, "kind")).to_be_focused()
    assert not Correction.objects.standing().exists()


def test_what_is_no_promise_gives_the_focus_to_the_answer(thread: Page) -> None:
    thread.locator("[data-editor=reply]").click()
    thread.keyboard.type("Paketinizi yarın 18.00'e kadar kargoya veriyoruz.")
    denial = thread.locator("#composer-checks .promise-line button").last
    denial.focus()
    thread.keyboard.press("Enter")
    expect(thread.locator("#composer-checks .promise-line")).to_have_count(0)
    expect(thread.locator("[data-editor=reply]")).to_be_focused()
    thread.keyboard.type(" Kolay gelsin.")
    expect(thread.locator("[data-editor=reply]")).to_contain_text("veriyoruz. Kolay gelsin.")
