"""Reports and ratings in a real browser: from a figure to its conversation, and a rating without script."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from muhatap.conversations.models import Message
from muhatap.feedback import answering, asking
from muhatap.feedback.models import Invitation, Response
from muhatap.flow import surveying
from muhatap.shared import clock
from tests import cast
from tests.insight.conftest import answers, follow_all, writes

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def letter(transactional_db: None) -> Message:
    """Ayşe wrote yesterday; Zeynep answered after half an hour, resolved, and Ayşe was asked how that was."""
    at = clock.now() - timedelta(days=1)
    with transaction.atomic():
        asking.set_up(inbox=cast.support_inbox(), fields={"is_on": True, "delay_minutes": 0}, by=cast.selin(), at=at)
        message = writes(at, id="<1@ornek.example>", subject="Nevresim takımım hâlâ gelmedi")
        answers(message.conversation, at + timedelta(minutes=30), by=cast.zeynep(), and_resolve=True)
        for event in Message.objects.filter(event="resolved").select_related("conversation__contact"):
            surveying.follow(message=event, at=event.at)
        surveying.ask_due(at=at + timedelta(minutes=31))
        follow_all()
    return message


def test_a_lead_goes_from_a_figure_to_the_conversation_behind_it(page: Page, live_server: Any, letter: Message) -> None:
    can = cast.can()
    can.language = "en"
    can.save(update_fields=["language"])
    client = Client()
    client.force_login(can)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])

    page.goto(live_server.url + "/insight/?period=7d")
    expect(page.locator(".figures-one", has_text="First response").locator(".figures-value")).to_have_text("30 min")
    page.locator(".chart summary").first.press("Enter")
    expect(page.locator(".chart-table").first.locator("td .link").first).to_have_text("1")
    page.locator(".figures-one", has_text="First response").locator(".figures-value").click()
    expect(page.locator("tbody tr")).to_contain_text("30 min")
    page.locator("tbody th a").click()
    expect(page.locator("main")).to_contain_text("Nevresim takımım hâlâ gelmedi")


def test_a_customer_rates_without_script_and_changes_their_mind(
    browser: Browser, live_server: Any, letter: Message
) -> None:
    address = f"{live_server.url}/rate/{answering.token(Invitation.objects.get())}/"
    context = browser.new_context(java_script_enabled=False, locale="tr-TR", viewport={"width": 390, "height": 844})
    page = context.new_page()

    page.goto(f"{address}?score=4")
    assert not Response.objects.exists()
    assert page.locator("[name=score][value='4']").is_checked()
    page.fill("[name=comment]", "Hızlıydı")
    page.locator("button[type=submit]").click()
    page.wait_for_url("**/thanks/")
    assert (Response.objects.get().score, Response.objects.get().comment) == (4, "Hızlıydı")

    page.locator("main a.btn").click()
    assert page.locator("[name=comment]").input_value() == "Hızlıydı"
    page.locator("[name=score][value='2']").check(force=True)
    page.locator("button[type=submit]").click()
    page.wait_for_url("**/thanks/")
    assert Response.objects.get().score == 2
    context.close()
