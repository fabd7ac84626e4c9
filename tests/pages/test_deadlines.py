"""A deadline as an agent sees it: in the list, in the head of the conversation, and on the page of Today, which leads to the answer."""

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
from muhatap.conversations import assigning
from muhatap.conversations.models import Conversation, Deadline
from muhatap.shared import clock
from tests import cast
from tests.conversations.conftest import arrival

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def letter(settings: Any) -> Conversation:
    """Ayşe's letter, whose answer is due in half an hour and a bit; the policy warns half an hour before."""
    settings.LIVE_URL = ""
    now = clock.now()
    due_at = now + cast.minutes(31.5)
    with transaction.atomic():
        conversation = arrival(cast.mail(id="<1@ornek.example>")).conversation
        assigning.assign(conversation=conversation, to=cast.zeynep(), by=None, at=now)
        Conversation.objects.filter(pk=conversation.pk).update(next_deadline_at=due_at)
        Deadline.objects.create(
            conversation=conversation, kind="first_response", policy_id=1, policy_name="Herkes", started_at=now,
            due_at=due_at, warn_at=due_at - cast.minutes(30),
        )  # fmt: skip
    return conversation


@pytest.fixture
def page(browser: Browser, live_server: LiveServer, letter: Conversation) -> Iterator[Page]:
    client = Client()
    User.objects.filter(pk=cast.zeynep().pk).update(language="en")
    client.force_login(cast.zeynep(), backend="django.contrib.auth.backends.ModelBackend")
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1440, "height": 900})
    cookies = {
        settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value,
        settings.LANGUAGE_COOKIE_NAME: "en",
    }
    context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()])
    yield context.new_page()
    context.close()
    connections.close_all()


def test_today_leads_to_who_comes_first(page: Page, letter: Conversation) -> None:
    page.goto("/today/")
    expect(page.locator("h1")).to_have_text("1 person is waiting for you, none too long.")
    page.get_by_role("link", name="Reply Ayşe Yılmaz").click()
    expect(page).to_have_url(f"{page.url.split('/inbox')[0]}/inbox/{letter.pk}/?view=mine")
    expect(page.locator("#composer")).to_be_visible()
    for badge in (page.locator("[data-row] .state"), page.locator("#deadline-badge")):
        expect(badge).to_contain_text("3")
        expect(badge).to_have_attribute("data-soon", re.compile(r"\d{4}-"))


def test_the_minutes_go_by_and_the_badge_turns_amber_and_red(page: Page, letter: Conversation) -> None:
    page.clock.install(time=clock.now())
    page.goto(f"/inbox/{letter.pk}/")
    badges = (page.locator("[data-row] .state"), page.locator("#deadline-badge"))
    for badge in badges:
        expect(badge.locator("[data-span]")).to_have_text(re.compile(r"^3[01] min$"))

    page.route(re.compile(r"/(deadline|rows|thread)/"), lambda route: route.abort())  # the server's clock stands still
    page.clock.run_for("05:00")
    for badge in badges:
        expect(badge).to_have_class(re.compile("is-soon"))
        expect(badge.locator("[data-span]")).to_have_text(re.compile(r"^2[5-7] min$"))

    page.clock.run_for("30:00")
    for badge in badges:
        expect(badge).to_have_class(re.compile("is-late"))
