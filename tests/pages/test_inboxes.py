"""The pages of inboxes in a real browser: readable by everybody, in both themes and languages, at every width."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from muhatap.channels.email import mailbox
from muhatap.channels.email.models import Errand, Mailbox
from muhatap.channels.email.trouble import Trouble
from muhatap.channels.models import Inbox
from muhatap.interactions import intake
from muhatap.interactions.models import Quarantine
from muhatap.shared import clock
from tests import cast
from tests.flow.conftest import arrive, letter

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.fixture
def selin(page: Page, live_server: Any) -> Page:
    """The administrator's browser."""
    client = Client()
    client.force_login(cast.selin())
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    return page


@pytest.fixture
def inbox(transactional_db: None) -> Inbox:
    """An inbox in trouble, with a gap, an errand under way and something in quarantine."""
    inbox = cast.support_inbox(imap_host="127.0.0.1", auth="google")
    arrive(inbox, letter())
    box = mailbox.of(inbox)
    mailbox.went_wrong(mailbox=box, trouble=Trouble.LOGIN, detail="AUTHENTICATIONFAILED", at=clock.now())
    Mailbox.objects.filter(pk=box.pk).update(
        n_on_server=12, n_here=11, missing=[9], cursor=4711, reconciled_at=clock.now()
    )
    mailbox.ask(inbox=inbox, kind=Errand.Kind.BACKFILL, by=cast.selin(), at=clock.now(), since_on=clock.now().date())
    item = intake.accept(inbox=inbox, dedupe_key="x", raw=letter(id="<2@ornek.example>") * 30, meta={}, at=clock.now())
    intake.quarantine(item_id=item.item_id, reason="fault", detail="ValueError: " + "x" * 300, at=clock.now())
    return inbox


def pages(inbox: Inbox) -> list[str]:
    waiting = Quarantine.objects.get()
    return [
        reverse("settings:inboxes"),
        reverse("settings:new_inbox"),
        reverse("settings:inbox", args=[inbox.pk]),
        reverse("settings:connect", args=[inbox.pk]),
        reverse("settings:health", args=[inbox.pk]),
        reverse("settings:items", args=[inbox.pk]),
        reverse("settings:outgoing", args=[inbox.pk]),
        reverse("settings:quarantine"),
        reverse("settings:quarantined", args=[waiting.pk]),
    ]


@pytest.mark.parametrize(("theme", "language"), [("dark", "tr")])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    selin: Page, inbox: Inbox, live_server: Any, theme: str, language: str
) -> None:
    selin.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    said: list[str] = []
    selin.on("console", lambda message: said.append(message.text))
    selin.goto(live_server.url + reverse("settings:inboxes"))
    selin.locator(f".nav .languages button[lang={language}]").click()
    expect(selin.locator("html")).to_have_attribute("lang", language)
    for path in pages(inbox):
        selin.goto(live_server.url + path)
        found = Axe().run(selin, options=RULES).response["violations"]
        assert [(path, fault["id"], fault["nodes"][0]["html"]) for fault in found] == []
        for width in (320, 768, 1440):
            selin.set_viewport_size({"width": width, "height": 900})
            assert selin.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
    assert [text for text in said if "Content Security Policy" in text] == []


def test_a_connection_that_fails_is_told_beside_what_was_typed(selin: Page, live_server: Any) -> None:
    cast.selin()
    selin.goto(live_server.url + reverse("settings:new_inbox"))
    selin.locator("[name=name]").fill("Destek")
    selin.locator("[name=address]").fill("destek@ihlamurev.example")
    for which in ("imap", "smtp"):
        selin.locator(f"[name={which}_host]").fill("127.0.0.1")
        selin.locator(f"[name={which}_port]").fill("1")
    selin.locator("button[name=try]").click()
    expect(selin.locator(".alert.is-late")).to_have_count(2)
    expect(selin.locator("[name=name]")).to_have_value("Destek")
    expect(selin.locator("[name=imap_port]")).to_have_value("1")
