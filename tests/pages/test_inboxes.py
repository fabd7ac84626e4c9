"""The pages of inboxes in a real browser: readable by everybody, in both themes and languages, at every width."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
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
from tests.pages.axe import faults


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
    mailbox.ask(inbox=inbox, kind=Errand.Kind.BACKFILL, by=cast.selin(), at=clock.now(), since_on=timezone.localdate())
    item = intake.accept(inbox=inbox, dedupe_key="x", raw=letter(id="<2@ornek.example>") * 30, meta={}, at=clock.now())
    intake.quarantine(item_id=item.item_id, reason="fault", detail="ValueError: " + "x" * 300, at=clock.now())
    return inbox


def pages(inbox: Inbox) -> list[str]:
    """Where trouble shows; of an inbox that is well, tests/pages/test_every_page.py sees all pages."""
    return [
        reverse("settings:inboxes"),
        reverse("settings:connect", args=[inbox.pk]),
        reverse("settings:health", args=[inbox.pk]),
        reverse("settings:items", args=[inbox.pk]),
        reverse("settings:quarantined", args=[Quarantine.objects.get().pk]),
    ]


def test_an_inbox_in_trouble_is_readable_in_the_dark_and_nothing_scrolls_sideways(
    selin: Page, inbox: Inbox, live_server: Any
) -> None:
    selin.emulate_media(color_scheme="dark")
    said: list[str] = []
    selin.on("console", lambda message: said.append(message.text))
    for path in pages(inbox):
        selin.goto(live_server.url + path)
        assert (path, faults(selin)) == (path, [])
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
