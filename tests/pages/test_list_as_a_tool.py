"""The list as a tool, by keyboard: choose rows and act on them, take it back; keep a filter; block a sender."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import connections, transaction
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from muhatap.accounts.models import User
from muhatap.conversations.models import BulkAct, Conversation, SavedView, SenderBlock
from tests import cast
from tests.conversations.conftest import arrival

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def letters(settings: Any) -> list[Conversation]:
    """Three people have written."""
    settings.LIVE_URL = ""
    senders = ((cast.AYSE, "Nevresim"), (cast.MEHMET, "Fatura"), (cast.STRANGER, "Fırsat"))
    with transaction.atomic():
        return [
            arrival(cast.mail(who, id=f"<{subject}@ornek.example>", subject=subject, at=cast.NOW)).conversation
            for who, subject in senders
        ]


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    client = Client()
    User.objects.filter(pk=cast.can().pk).update(language="en")
    client.force_login(cast.can(), backend="django.contrib.auth.backends.ModelBackend")
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1440, "height": 900})
    cookies = {
        settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value,
        settings.LANGUAGE_COOKIE_NAME: "en",
    }
    context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()])
    yield context.new_page()
    context.close()
    connections.close_all()


def test_rows_are_chosen_by_key_acted_on_and_taken_back(page: Page) -> None:
    page.goto("/inbox/in/all/")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-n-chosen]")).to_have_text("2")
    page.locator("[data-menu=bulk-more]").press("Enter")
    page.locator("#bulk-more [data-do='priority:2']").press("Enter")
    expect(page.locator(".toast")).to_contain_text("2 conversations: priority Urgent.")
    expect(page.locator(".row-priority")).to_have_count(2)
    expect(page.locator("#bulk")).to_be_hidden()

    page.keyboard.press("z")
    expect(page.locator(".toast")).to_contain_text("Taken back on 2 conversations.")
    expect(page.locator(".row-priority")).to_have_count(0)
    assert BulkAct.objects.get().state == "undone"


def test_a_filter_is_built_shown_and_kept_under_a_name(page: Page) -> None:
    page.goto("/inbox/filter/")
    page.locator("#f0").select_option("text")
    page.locator("[name=v0]").fill("fatura")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator("[data-row]")).to_have_count(1)
    expect(page.locator(".chip")).to_contain_text("fatura")

    page.get_by_role("link", name="Save as a view").click()
    page.get_by_label("Name").fill("Faturalar")
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page).to_have_url(re.compile(r"/inbox/in/view:\d+/"))
    link = page.get_by_role("link", name="Faturalar")
    expect(link).to_have_attribute("aria-current", "page")
    expect(link.locator(".count")).to_have_text("1")
    assert SavedView.objects.get().name == "Faturalar"


def test_spam_blocks_its_sender_and_comes_back_with_one_press(page: Page, letters: list[Conversation]) -> None:
    page.goto(f"/inbox/{letters[2].pk}/")
    page.locator("[data-menu=conversation-menu]").click()
    page.get_by_role("menuitem", name="Spam, and block the sender").click()
    expect(page.locator(".toast")).to_contain_text("yabanci@baska.example is blocked.")
    assert SenderBlock.objects.get().value == "yabanci@baska.example"

    page.locator(".toast [data-undo]").click()
    expect(page.locator(".toast").last).to_contain_text("Taken back")
    assert Conversation.objects.get(pk=letters[2].pk).status == "open"
