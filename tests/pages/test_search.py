"""Searching as one does it: a few letters in the palette, all results, a filter less, and the very message in its thread."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from playwright.sync_api import Page, expect

from muhatap.search import documents
from muhatap.shared import clock
from tests import cast
from tests.conversations.conftest import arrival


@pytest.fixture
def desk(page: Page, live_server: Any) -> Page:
    """Can at the contacts, who remembers that Ayşe once wrote of a torn pillowcase, many letters ago."""
    now = clock.now()
    with transaction.atomic():
        _write_much(now)
    documents.rebuild(at=now)
    client = Client()
    can = cast.can()
    can.language = "en"
    can.save()
    client.force_login(can)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page.goto(f"{live_server.url}/contacts/")
    return page


def _write_much(now: datetime) -> None:
    long_ago = now - timedelta(days=30)
    arrival(cast.mail(id="<yirtik@ornek.example>", text="Yastık kılıfının dikişi yırtıldı.", at=long_ago))
    for number in range(45):
        at = long_ago + timedelta(hours=number + 1)
        arrival(cast.mail(id=f"<{number}@x>", text=f"Kargo {number}", at=at, in_reply_to="<yirtik@ornek.example>"))
    arrival(cast.mail(cast.MEHMET, id="<m@x>", text="Dikiş makinesi satıyor musunuz?", subject="Soru", at=now))


@pytest.mark.django_db(transaction=True)
def test_from_a_few_letters_to_the_very_message(desk: Page) -> None:
    desk.keyboard.press("Control+k")
    desk.keyboard.type("dikis")
    expect(desk.locator("#palette [role=option]", has_text="Soru")).to_be_visible()
    desk.locator("#palette [role=option]", has_text="All results").click()

    expect(desk.locator(".search-line")).to_have_count(2)
    expect(desk.locator(".search-line mark").first).to_have_text("dikişi")
    desk.keyboard.press("/")
    desk.locator("#search-q").fill("dikiş kimden:ayşe")
    desk.keyboard.press("Enter")
    expect(desk.locator(".search-line")).to_have_count(1)
    expect(desk.locator(".chip")).to_contain_text("kimden:ayşe")
    desk.locator(".search-open").click()

    message = desk.locator("[id^=message-]:focus")
    expect(message).to_contain_text("dikişi yırtıldı")
    expect(message).to_be_in_viewport()
    expect(message).to_have_attribute("open", "")
