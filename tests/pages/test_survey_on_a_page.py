"""A survey on the demo shop's page, in a real browser: under the shop's policy, by keyboard, without a trace on the device."""

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect
from pytest_django.live_server_helper import LiveServer

from demo.storefront.server import Shop, serve
from muhatap.feedback.models import Response
from muhatap.shared import clock
from muhatap.shared.limits import BUCKETS
from muhatap.visits import sites
from tests import cast
from tests.feedback.asking_shop import question, survey

PATIENCE = 30_000  # of a busy machine, in milliseconds
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]


@pytest.fixture
def street(live_server: LiveServer) -> Iterator[str]:
    """The shop's address; its pages ask how likely one is to recommend it, and what upset those who are not."""
    BUCKETS.forget()
    shop = Shop(live_server.url)
    standing = serve(shop)
    url = f"http://localhost:{standing.server_address[1]}"
    threading.Thread(target=standing.serve_forever, daemon=True).start()
    sites.create(name="Mağaza", origins=[url], by=cast.selin(), at=clock.now())
    about = survey(is_on_pages=True)
    question(about, "En çok ne üzdü?", most=6)
    shop.survey_key = about.key or ""
    yield url
    standing.shutdown()
    standing.server_close()


def test_a_visitor_answers_by_keyboard_and_leaves_no_trace(page: Page, context: BrowserContext, street: str) -> None:
    said: list[ConsoleMessage] = []
    page.on("console", lambda message: said.append(message) if message.type in ("error", "warning") else None)
    page.goto(street)
    panel = page.get_by_role("dialog")
    expect(panel).to_be_visible(timeout=PATIENCE)
    assert page.evaluate("document.activeElement === document.body")  # nobody is torn away from what they read

    panel.get_by_role("radio", name="0", exact=True).focus()
    for _step in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(panel).to_contain_text("En çok ne üzdü?", timeout=PATIENCE)
    panel.get_by_role("radio", name="Kargo").focus()
    page.keyboard.press("Space")
    panel.locator("textarea").fill("Paket ezikti")
    panel.locator("button.send").click()
    expect(panel.locator(".thanks")).to_be_focused(timeout=PATIENCE)

    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    response = Response.objects.get()
    assert (response.score, response.comment, response.way, response.contact) == (3, "Paket ezikti", "page", None)
    assert response.answers.get().chosen == ["o1"]
    assert context.cookies() == []
    assert page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)].filter((k) => k.startsWith('muhatap'))") == []  # fmt: skip
    assert [message.text for message in said] == []
