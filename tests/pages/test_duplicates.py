"""Who is whom in a real browser, by key; by hand it is told in test_one_customer."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from muhatap.duplicates import running
from muhatap.duplicates.models import Answer, Proposal
from muhatap.flow import duplicates
from muhatap.shared import clock
from tests import cast
from tests.duplicates.test_running import took, twins


@pytest.fixture
def can(page: Page, live_server: Any) -> Page:
    """Can, before two questions: the Mehmets and the Elifs."""
    twins()
    took(5, name="Elif Şahin", phone="0535 220 11 90")
    took(6, name="Elif Sahin", phone="0535 220 11 90", city="Bursa")
    duplicates.look(run_id=running.begin(by=None, at=clock.now()).pk, at=clock.now())
    client = Client()
    client.force_login(cast.can())
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page.goto(f"{live_server.url}/contacts/review/")
    return page


def asked(page: Page) -> Any:
    return page.locator(".review-asked")


def press(page: Page, key: str) -> None:
    """As somebody who waits until the page is there."""
    page.wait_for_load_state()
    page.keyboard.press(key)


def test_the_keys_lead_through_all_questions(can: Page) -> None:
    first = asked(can).inner_text()
    press(can, "n")
    expect(asked(can)).not_to_have_text(first)
    press(can, "p")
    expect(asked(can)).to_have_text(first)
    press(can, "l")
    expect(asked(can)).not_to_have_text(first)
    press(can, "d")
    expect(asked(can)).to_have_text(first)
    expect(can.locator(".review-row")).to_have_count(1)
    press(can, "u")
    expect(can.locator(".review-row")).to_have_count(2)
    press(can, "m")
    expect(asked(can)).to_have_text(first)
    press(can, "x")
    press(can, "m")
    expect(can.locator(".empty")).to_be_visible()
    assert sorted(Proposal.objects.values_list("state", flat=True)) == ["same", "same"]
    assert Answer.objects.filter(undone_at=None).count() == 3
