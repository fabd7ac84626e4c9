"""Two colleagues at one conversation, with the real server, its stream and its jobs; and the product as an app."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

from muhatap.accounts.models import User
from muhatap.conversations.models import Message
from tests import cast
from tests.conversations.conftest import arrival
from tests.pages import chat_server
from tests.pages.chat_server import Server

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 20_000  # milliseconds; three processes and two windows share the machine


@pytest.fixture
def letter(transactional_db: None) -> Message:
    with transaction.atomic():
        letter = arrival(cast.mail(id="<ayse-1@ornek.example>"))
        cast.can()
        User.objects.update(language="en")
    return letter


@pytest.fixture
def server(tmp_path: Path, letter: Message) -> Iterator[Server]:
    with chat_server.running(tmp_path / "server") as server:
        yield server


def window(browser: Browser, url: str, user: User, **more: Any) -> Page:
    client = Client()
    client.force_login(user)
    context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=url, **more)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": url}])
    return context.new_page()


def write(page: Page, text: str) -> None:
    page.locator("[data-editor=reply]").click()
    page.keyboard.type(text)


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_two_colleagues_know_of_each_other(browser: Browser, server: Server, letter: Message) -> None:
    zeynep, can = (window(browser, server.url, user) for user in (cast.zeynep(), cast.can()))
    for page in (zeynep, can):
        page.goto(f"/inbox/{letter.conversation_id}/?view=all")

    expect(zeynep.locator("#presence")).to_contain_text("Can is looking", timeout=PATIENCE)
    expect(zeynep.locator(f"[data-here='{letter.conversation_id}'] .row-person")).to_have_count(1, timeout=PATIENCE)
    expect(can.locator("#presence")).to_contain_text("Zeynep is looking", timeout=PATIENCE)
    write(can, "Yarın sizde")
    expect(zeynep.locator("#presence")).to_contain_text("Can is writing", timeout=PATIENCE)

    write(zeynep, "Bugün sizde.")
    zeynep.locator("#composer").get_by_role("button", name="Send", exact=True).click()
    expect(zeynep.locator("#toasts")).to_contain_text("On its way", timeout=PATIENCE)
    can.locator("#composer").get_by_role("button", name="Send", exact=True).click()
    expect(can.locator(".composer-held")).to_contain_text("Zeynep answered while you were writing.", timeout=PATIENCE)
    assert Message.objects.filter(kind="outbound").count() == 1
    expect(can.locator(".htmx-added, .htmx-settling, .htmx-request")).to_have_count(0)  # what was drawn hears keys now
    can.keyboard.press("Control+Shift+Enter")
    expect(can.locator("#toasts")).to_contain_text("On its way", timeout=PATIENCE)
    assert Message.objects.filter(kind="outbound").count() == 2

    can.goto("/inbox/in/spam/")  # a goodbye that got lost is made up for by the next beats
    expect(zeynep.locator("#presence")).not_to_contain_text("Can", timeout=4 * PATIENCE)
    zeynep.locator("[data-kind=note]").click()
    zeynep.keyboard.type("@Can bakar mısın?")
    zeynep.locator("#composer").get_by_role("button", name="Save note").click()
    expect(can.locator("#toasts")).to_contain_text("Zeynep Arslan calls you: @Can bakar mısın?", timeout=PATIENCE)
    expect(can.locator(".nav [data-bell-count]").first).to_have_text("1", timeout=PATIENCE)
    expect(can).to_have_title("(1) Spam · Ihlamur Ev", timeout=PATIENCE)
    can.locator("#toasts").get_by_role("link", name="Open").click()
    expect(can.locator("#thread")).to_contain_text("bakar mısın?", timeout=PATIENCE)
    expect(can.locator(".nav [data-bell-count]").first).to_be_hidden(timeout=PATIENCE)
    for page in (zeynep, can):
        page.context.close()


@pytest.fixture
def app(browser: Browser, live_server: Any, letter: Message) -> Iterator[Page]:
    page = window(browser, live_server.url, cast.zeynep())
    page.goto("/inbox/in/all/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    yield page
    page.context.close()


def test_the_product_can_be_installed(app: Page) -> None:
    line = app.context.new_cdp_session(app)
    app.reload()

    assert line.send("Page.getAppManifest")["errors"] == []
    faults = {fault["errorId"] for fault in line.send("Page.getInstallabilityErrors")["installabilityErrors"]}
    assert faults <= {"in-incognito"}  # every window of a test is one


def test_without_a_connection_a_page_says_what_is_kept_and_no_data_lies_in_the_browser(app: Page) -> None:
    context: BrowserContext = app.context
    app.reload()
    context.set_offline(True)
    app.goto("/inbox/in/waiting/")

    expect(app.locator("h1")).to_have_text("No connection")
    expect(app.locator("body")).to_contain_text("drafts are on the server")
    kept = app.evaluate(
        """async () => (await Promise.all((await caches.keys()).map(async (name) =>
          (await (await caches.open(name)).keys()).map((request) => new URL(request.url).pathname)))).flat()"""
    )
    assert {path for path in kept if not path.startswith("/static/")} == {"/notices/offline/"}
    context.set_offline(False)
    app.get_by_role("link", name="Try again").click()
    expect(app.locator("#main")).to_be_visible()
