"""A visitor of a page that wears the chat: what browser tests of it share."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from muhatap.channels.models import Inbox
from muhatap.shared import secrets
from tests import cast
from tests.pages import host_page
from tests.pages.chat_server import Server
from tests.pages.host_page import Host

SECRET = "a-secret-of-the-shop-" + "x" * 30


@pytest.fixture
def host(server: Server) -> Iterator[Host]:
    with host_page.standing() as host:
        host.wear(server.url, inbox="ihlamur-ev")
        yield host


@pytest.fixture
def inbox(host: Host) -> Inbox:
    return cast.chat_inbox(origins=[host.origin], identity_secret_sealed=secrets.seal(SECRET))


def opened(page: Page, host: Host) -> None:
    page.goto(host.url)
    page.get_by_role("button", name="Sohbeti aç").click()


def write(page: Page, text: str) -> None:
    page.get_by_label("Mesajınızı yazın").fill(text)
    page.get_by_label("Mesajınızı yazın").press("Enter")
    expect(page.locator(".own .bubble", has_text=text)).to_be_visible()


def until(is_so: Any) -> None:
    end = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)
