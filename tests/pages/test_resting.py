"""A part of a page that has just read itself rests; what changed in a list meanwhile is read row by row."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import connections, transaction
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from muhatap.conversations import closing
from muhatap.conversations.models import Conversation
from tests import cast
from tests.conversations.conftest import arrival

pytestmark = pytest.mark.django_db(transaction=True)
MODULE = "/static/muhatap/js/resting.js"


@pytest.fixture(autouse=True)
def letters(settings: Any) -> list[Conversation]:
    """Two people have written."""
    settings.LIVE_URL = ""  # the test tells the news itself
    with transaction.atomic():
        return [
            arrival(cast.mail(who, id=f"<{subject}@ornek.example>", subject=subject, at=cast.NOW)).conversation
            for who, subject in ((cast.AYSE, "Nevresim"), (cast.MEHMET, "Fatura"))
        ]


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    client = Client()
    client.force_login(cast.can(), backend="django.contrib.auth.backends.ModelBackend")
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1440, "height": 900})
    value = client.cookies[configured.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": configured.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
    yield context.new_page()
    context.close()
    connections.close_all()


def tell(page: Page, *conversations: Conversation) -> None:
    """News of these conversations, as the stream brings it."""
    news = [
        {"kind": "message", "topics": [f"inbox:{one.inbox_id}"], "conversation": one.pk, "message": 1}
        for one in conversations
    ]
    page.evaluate(f"news => import('{MODULE}').then((module) => news.forEach(module.hear))", news)


def test_a_list_reads_itself_then_rests_while_its_rows_do_not(page: Page, letters: list[Conversation]) -> None:
    ayse, mehmet = letters
    page.goto("/inbox/in/all/")
    expect(page.locator("[data-row]")).to_have_count(2)
    page.evaluate("document.getElementById('rows').dataset.rest = '25'")
    page.evaluate(
        "window.isRead = new Promise((done) => document.getElementById('rows').addEventListener('read-again', () => done(true)))"
        "; undefined"
    )
    with page.expect_request(lambda request: "/rows/" in request.url and "only" not in request.url):
        tell(page, ayse)
    assert page.evaluate("window.isRead")

    closing.resolve(conversation=mehmet, by=cast.can(), at=cast.NOW)
    with page.expect_request(lambda request: f"only={mehmet.pk}" in request.url):
        tell(page, mehmet)

    expect(page.locator(f"#row-{mehmet.pk}")).to_have_count(0)
    expect(page.locator(f"#row-{ayse.pk}")).to_be_visible()


def test_a_row_that_changes_under_the_pressed_pointer_is_clicked_all_the_same(
    page: Page, letters: list[Conversation]
) -> None:
    ayse, _mehmet = letters
    page.goto("/inbox/in/all/")
    row = page.locator(f"[data-row='{ayse.pk}']")
    row.hover()
    page.mouse.down()
    with transaction.atomic():
        arrival(
            cast.mail(cast.AYSE, id="<2@ornek.example>", text="Bir de fatura lazım.", subject="Nevresim", at=cast.NOW)
        )
    with page.expect_response(lambda answer: "/rows/" in answer.url) as rows:
        tell(page, ayse)
    rows.value.finished()
    page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")

    page.mouse.up()

    expect(page.locator("#thread")).to_contain_text("Siparişim gelmedi.")
    expect(page.locator("#rows")).to_contain_text("Bir de fatura lazım.")


def test_what_passes_by_or_concerns_others_makes_nothing_read_itself(page: Page) -> None:
    page.goto("/inbox/in/all/")
    concerned = page.evaluate(
        f"""() => import('{MODULE}').then(({{ concerns }}) => [
            {{ kind: "typing", topics: ["inbox:1"] }}, {{ kind: "draft", topics: ["inbox:1"], by: 9 }},
            {{ kind: "draft", topics: ["inbox:1"], by: 7 }}, {{ kind: "message", topics: ["inbox:2"] }},
            {{ kind: "delivery", topics: ["inbox:1"], conversation: 3 }}, {{ kind: "message", topics: ["inbox:1"] }},
        ].map((news) => concerns(news, ["inbox:1"], "7")))"""
    )
    assert concerned == [False, False, True, False, False, True]


def test_the_longer_a_reading_took_the_longer_its_part_rests(page: Page) -> None:
    page.goto("/inbox/in/all/")
    rests = page.evaluate(
        f"() => import('{MODULE}').then(({{ rest }}) => [rest(1, 2000, 0), rest(200, 2000, 0), rest(9000, 0, 0), rest(1, 2000, 1)])"
    )
    assert rests == [2000, 5000, 8000, 2500]
