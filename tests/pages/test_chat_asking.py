"""What the chat asks of a visitor before they write, and that it asks nobody under their fingers."""

import pytest
from playwright.sync_api import Page, Route, expect

from muhatap.channels.models import Inbox
from muhatap.channels.webchat import signed
from muhatap.channels.webchat.models import ChatLine, ChatSession
from muhatap.shared import clock
from tests.pages.chat_server import Server, server
from tests.pages.chat_visitor import SECRET, host, inbox, opened, until, write
from tests.pages.host_page import Host

__all__ = ["host", "inbox", "server"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]


def held_back(page: Page, of: str) -> list[Route]:
    """The next request to this address waits here until it is let go."""
    late: list[Route] = []
    page.route(of, lambda route: late.append(route), times=1)
    return late


def let_go(page: Page, late: list[Route], of: str) -> None:
    until(lambda: bool(page.evaluate("1") and late))
    with page.expect_response(of):
        late[0].continue_()


def test_what_is_required_is_asked_first_and_what_was_typed_stays(page: Page, host: Host, inbox: Inbox) -> None:
    inbox.settings |= {"ask_name": "optional", "ask_email": "required"}
    inbox.save()
    opened(page, host)
    page.get_by_label("Adınız").fill("Elif Şahin")
    page.get_by_role("button", name="Sohbete başla").click()
    expect(page.get_by_text("Bu alan gerekli.")).to_be_visible()
    page.locator("input[name=email]").fill("elif.sahin")
    page.get_by_role("button", name="Sohbete başla").click()
    expect(page.get_by_text("Bu bir e-posta adresine benzemiyor.")).to_be_visible()
    expect(page.get_by_label("Adınız")).to_have_value("Elif Şahin")
    page.locator("input[name=email]").fill("elif.sahin@ornek.example")
    page.get_by_role("button", name="Sohbete başla").click()
    write(page, "Merhaba")
    expect(page.get_by_text("Gönderildi")).to_be_visible()
    session = ChatSession.objects.get()
    assert (session.name, session.email, session.is_email_verified) == ("Elif Şahin", "elif.sahin@ornek.example", False)


def test_whoever_writes_before_we_know_whom_to_ask_is_asked_when_they_send(
    page: Page, host: Host, inbox: Inbox
) -> None:
    inbox.settings |= {"ask_name": "required"}
    inbox.save()
    late = held_back(page, "**/sessions")
    opened(page, host)
    page.get_by_label("Mesajınızı yazın").press_sequentially("Kargom ")
    let_go(page, late, "**/sessions")
    page.get_by_label("Mesajınızı yazın").press_sequentially("nerede?")
    page.get_by_role("button", name="Gönder").click()
    expect(page.get_by_label("Adınız")).to_be_focused()
    page.get_by_label("Adınız").fill("Elif Şahin")
    page.get_by_role("button", name="Sohbete başla").click()
    expect(page.get_by_text("Gönderildi")).to_be_visible()
    assert [(line.text, line.session.name) for line in ChatLine.objects.all()] == [("Kargom nerede?", "Elif Şahin")]


def test_whoever_writes_on_while_the_question_comes_keeps_box_and_cursor(page: Page, host: Host, inbox: Inbox) -> None:
    inbox.settings |= {"ask_name": "required"}
    inbox.save()
    late = held_back(page, "**/sessions")
    opened(page, host)
    box = page.get_by_label("Mesajınızı yazın")
    box.press_sequentially("Kargom nerede?")
    let_go(page, late, "**/sessions")
    late = held_back(page, "**/chat/v1/messages")
    box.press("Enter")
    box.press_sequentially("Acaba ")
    let_go(page, late, "**/chat/v1/messages")
    expect(page.get_by_label("Adınız")).to_be_visible()
    expect(box).to_be_focused()
    page.keyboard.type("kayboldu mu?")
    expect(box).to_have_value("Acaba kayboldu mu?")
    page.get_by_label("Adınız").fill("Elif Şahin")
    page.get_by_role("button", name="Sohbete başla").click()
    box.press("Enter")
    until(lambda: [line.text for line in ChatLine.objects.order_by("id")] == ["Kargom nerede?", "Acaba kayboldu mu?"])


def test_an_empty_box_makes_way_for_the_question_and_the_cursor_goes_there(
    page: Page, host: Host, inbox: Inbox
) -> None:
    inbox.settings |= {"ask_name": "off", "ask_email": "optional"}
    inbox.save()
    late = held_back(page, "**/sessions")
    opened(page, host)
    expect(page.get_by_label("Mesajınızı yazın")).to_be_focused()
    let_go(page, late, "**/sessions")
    expect(page.locator("form.ask input[name=email]")).to_be_focused()


def test_a_kept_draft_waits_behind_the_question(page: Page, host: Host, inbox: Inbox) -> None:
    inbox.settings |= {"ask_name": "optional"}
    inbox.save()
    late = held_back(page, "**/sessions")
    opened(page, host)
    page.get_by_label("Mesajınızı yazın").fill("Yarım kalan")
    let_go(page, late, "**/sessions")
    opened(page, host)
    expect(page.get_by_label("Adınız")).to_be_visible()
    page.get_by_role("button", name="Sohbete başla").click()
    expect(page.get_by_label("Mesajınızı yazın")).to_have_value("Yarım kalan")


def test_a_signed_customer_whose_name_the_shop_does_not_tell_is_asked_for_it(
    page: Page, host: Host, server: Server, inbox: Inbox
) -> None:
    inbox.settings |= {"ask_name": "required"}
    inbox.save()
    host.wear(server.url, inbox="ihlamur-ev", identity=signed.make({"sub": "7"}, secret=SECRET, at=clock.now()))
    opened(page, host)
    write(page, "Merhaba")
    page.get_by_label("Adınız").fill("Elif Şahin")
    page.get_by_role("button", name="Sohbete başla").click()
    expect(page.get_by_text("Gönderildi")).to_be_visible()
    assert ChatSession.objects.get().name == "Elif Şahin"
