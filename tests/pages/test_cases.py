"""A case in a real browser: opened by one key over a letter, resolved with a voucher, found again behind a number of the report."""

from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from playwright.sync_api import Page, expect

from muhatap.service import causes
from muhatap.service.models import Case
from muhatap.shared import clock
from tests import cast
from tests.conversations.conftest import arrival
from tests.pages.axe import faults


@pytest.fixture
def letter(page: Page, live_server: Any) -> Page:
    """Can has Ayşe's letter open."""
    with transaction.atomic():
        conversation = arrival(cast.mail(id="<ayse@ornek.example>")).conversation
        causes.bring_in(at=clock.now())
    client = Client()
    client.force_login(cast.can())
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(f"{live_server.url}/inbox/{conversation.pk}/")
    return page


def test_a_complaint_becomes_a_case_is_resolved_and_its_cost_is_found_in_the_report(letter: Page) -> None:
    letter.keyboard.press("b")
    form = letter.locator("#case-dialog form")
    expect(form.locator("[name=title]")).to_have_value("Nevresim takımım hâlâ gelmedi")
    form.locator("[name=cause]").select_option(label="Teslimat › Geç geldi")
    form.locator("[type=submit]").click()
    line = letter.locator("#cases-of-contact .case-line a")
    expect(line).to_contain_text("Nevresim takımım")
    line.click()

    resolve = letter.locator("#resolve form")
    resolve.locator("[name=what]").fill("Kargo bulundu, özür olarak indirim kodu verildi")
    resolve.locator("[name=given]").select_option("voucher")
    resolve.locator("[name=amount]").fill("150")
    resolve.locator("[type=submit]").click()
    expect(letter.locator(".case-story")).to_contain_text("Kargo bulundu")
    assert Case.objects.get().state == "resolved"

    letter.goto(letter.url.split("/cases/")[0] + "/cases/cost/")
    row = letter.locator("table", has_text="Teslimat › Geç geldi").locator("tr", has_text="Geç geldi")
    row.locator("a").first.click()
    expect(letter.locator("h1")).to_contain_text("150,00")
    letter.set_viewport_size({"width": 390, "height": 844})
    for _page in ("rows", "report"):  # on a phone a row is stacked, and a table to readers of the screen there as well
        rows = letter.locator(".stacks tbody").get_by_role("row")
        expect(rows.first).to_be_visible()
        wide = "all => all.filter(each => each.scrollWidth > each.clientWidth).length"
        assert letter.locator(".table-scroll").evaluate_all(wide) == 0
        assert faults(letter) == []
        letter.go_back() if _page == "rows" else letter.go_forward()
    letter.set_viewport_size({"width": 1440, "height": 900})
    letter.locator("#cost-rows a").click()
    expect(letter.locator("h1")).to_contain_text("Nevresim takımım")
