"""A rule built by hand and fired, and a macro run from the composer, in a real browser."""

from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from playwright.sync_api import Page, expect

from muhatap.accounts.models import User
from muhatap.automation import macros
from muhatap.automation.models import AutomationRule
from muhatap.conversations.models import Conversation, Draft, Message
from muhatap.flow import happened
from muhatap.shared import richtext
from tests import cast
from tests.conversations.conftest import arrival
from tests.pages.axe import faults


@pytest.fixture
def can(page: Page, live_server: Any) -> Page:
    """Can, in English, with a letter of Ayşe waiting."""
    with transaction.atomic():
        arrival(cast.mail(id="<ayse@ornek.example>", text="Nevresimi iade etmek istiyorum."))
    user = cast.can()
    User.objects.filter(pk=user.pk).update(language="en")
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookies = {settings.SESSION_COOKIE_NAME: session, settings.LANGUAGE_COOKIE_NAME: "en"}
    page.context.add_cookies(
        [{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()]
    )
    page.goto(f"{live_server.url}/settings/automation/")
    return page


def test_a_rule_is_built_from_an_example_and_fires(can: Page) -> None:
    assert faults(can) == []
    can.locator(".examples form button").first.click()
    can.locator("#conditions [name$=value]").fill("iade, değişim")
    can.get_by_role("button", name="Condition", exact=True).click()
    rows = can.locator("#conditions [data-rule-row]")
    expect(rows).to_have_count(2)
    rows.last.locator("select[id$=kind]").select_option("assignee")
    rows.last.get_by_label("Nobody").check()
    can.get_by_role("button", name="Remove the action Set the priority to").click()
    expect(can.locator("#actions [data-rule-row]")).to_have_count(1)
    can.get_by_role("button", name="Save").click()
    can.get_by_role("button", name="Turn on").click()

    expect(can.locator(".rule-line")).to_contain_text("assignee is one of “Nobody”")
    rule = AutomationRule.objects.get()
    assert rule.is_on and [one["kind"] for one in rule.actions] == ["tag"]
    happened.follow(message_id=Message.objects.get().pk, at=cast.NOW)
    can.goto(f"{can.url.partition('/settings')[0]}/inbox/{Conversation.objects.get().pk}/")
    can.get_by_role("link", name="Rule: Returns and exchanges").click()
    expect(can.locator(".firing")).to_contain_text("Subject or text contains one of “iade”, “değişim”")


def test_a_macro_is_found_and_run_by_keys_and_taken_back(can: Page) -> None:
    wording = macros.Wording(
        name="Kargo gecikti",
        actions=[{"kind": "tag", "value": "kargo", "text": ""}, {"kind": "resolve", "value": "", "text": ""}],
        reply="{{ contact.first_name }} Hanım, bugün yazacağım.",
    )
    macros.create(wording=wording, by=cast.can(), at=cast.NOW)
    can.goto(f"{can.url.partition('/settings')[0]}/inbox/{Conversation.objects.get().pk}/")
    can.locator("[data-editor=reply]").click()
    can.keyboard.type("Merhaba,")
    can.locator(".subject").click()
    can.keyboard.press("m")
    expect(can.locator("[data-macro-search]")).to_be_focused()
    assert faults(can) == []
    can.keyboard.type("gecık")
    can.keyboard.press("Enter")

    expect(can.locator(".toast")).to_contain_text("“Kargo gecikti” is done")
    expect(can.locator("[data-editor=reply]")).to_contain_text("Ayşe Hanım, bugün yazacağım.")
    assert richtext.to_text(Draft.objects.get().html).split() == ["Merhaba,", "Ayşe", "Hanım,", "bugün", "yazacağım."]
    assert Conversation.objects.get().status == "resolved"
    can.locator("[data-undo]").click()
    expect(can.locator(".toast").last).to_contain_text("is taken back")
    expect(can.get_by_role("button", name="Resolve")).to_be_visible()
    assert Conversation.objects.get().status == "open"
