"""The visitor's side of the chat while our server is killed and comes back: nothing lost, nothing doubled, in order."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from muhatap.channels.webchat.models import ChatLine
from muhatap.conversations.models import Conversation, Message
from muhatap.flow import reply
from muhatap.shared import clock
from tests import cast
from tests.pages import chat_server, host_page
from tests.pages.chat_server import Server
from tests.pages.host_page import Host

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.fixture
def host() -> Iterator[Host]:
    with host_page.standing() as host:
        yield host


@pytest.fixture
def server(tmp_path: Path, host: Host) -> Iterator[Server]:
    cast.chat_inbox(origins=[host.origin])
    with chat_server.running(tmp_path / "server") as server:
        host.wear(server.url, inbox="ihlamur-ev")
        yield server


def write(page: Page, text: str) -> None:
    page.get_by_label("Mesajınızı yazın").fill(text)
    page.get_by_role("button", name="Gönder").click()


def answer(text: str) -> None:
    reply.send(
        conversation=Conversation.objects.get(),
        answer=reply.Answer(html=f"<p>{text}</p>"),
        by=cast.zeynep(),
        at=clock.now(),
        undo=timedelta(0),
    )


def test_a_talk_goes_on_through_a_killed_server_and_a_reload(page: Page, server: Server, host: Host) -> None:
    page.goto(host.url)
    with page.expect_response(lambda response: "/chat/v1/live" in response.url):
        page.get_by_role("button", name="Sohbeti aç").click()
        write(page, "bir")
    expect(page.get_by_text("Gönderildi")).to_be_visible()

    server.kill_web()
    expect(page.get_by_text("Yeniden bağlanılıyor")).to_be_visible()
    write(page, "iki")
    write(page, "üç")
    expect(page.get_by_text("Bağlanınca gönderilecek")).to_have_count(2)
    until_digested("bir")
    answer("Zeynep cevap verdi, siz yokken")  # the visitor's window cannot hear this now

    page.reload()  # the script comes from the browser's own store, the waiting messages too
    page.get_by_role("button", name="Sohbeti aç").click()
    expect(page.get_by_text("Bağlanınca gönderilecek")).to_have_count(2)
    write(page, "dört")

    server.start_web()
    expect(page.get_by_text("Zeynep cevap verdi, siz yokken")).to_be_visible(timeout=40_000)
    expect(page.get_by_text("Yeniden bağlanılıyor")).to_be_hidden()
    expect(page.get_by_text("Bağlanınca gönderilecek")).to_have_count(0)
    write(page, "beş")
    until_digested("beş")

    said = ["bir", "iki", "üç", "dört", "beş"]
    assert list(ChatLine.objects.filter(direction="in").order_by("id").values_list("text", flat=True)) == said
    assert list(Message.objects.filter(kind="inbound").order_by("at", "id").values_list("text", flat=True)) == said
    assert Conversation.objects.count() == 1
    bubbles = page.locator(".bubble").all_text_contents()
    assert sorted(bubbles) == sorted([*said, "Zeynep cevap verdi, siz yokken"])
    answer("Şimdi de buradan")
    expect(page.get_by_text("Şimdi de buradan")).to_be_visible(timeout=40_000)
    assert page.evaluate("window.problems") == []


def test_answers_given_while_the_stream_was_down_come_once(page: Page, server: Server, host: Host) -> None:
    page.goto(host.url)
    page.get_by_role("button", name="Sohbeti aç").click()
    write(page, "Merhaba")
    until_digested("Merhaba")
    for n in range(3):
        server.kill_web()
        answer(f"cevap {n}")
        server.start_web()
        expect(page.get_by_text(f"cevap {n}")).to_be_visible(timeout=40_000)
    assert [b for b in page.locator(".bubble").all_text_contents() if b.startswith("cevap")] == [
        f"cevap {n}" for n in range(3)
    ]


def until_digested(text: str) -> None:
    """The jobs process works by itself; look until it is done."""
    import time

    until = time.monotonic() + 30
    while not Message.objects.filter(text=text).exists():
        assert time.monotonic() < until, f"{text} was not digested"
        time.sleep(0.1)
