"""The chat widget on somebody else's page: it works there, it harms nothing there, and everybody can use it."""

import gzip
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from muhatap.api import embed
from muhatap.channels.models import Inbox
from muhatap.channels.webchat import signed
from muhatap.channels.webchat.models import ChatLine, ChatSession
from muhatap.conversations.models import Conversation
from muhatap.flow import chatting, reply
from muhatap.flow import intake as staircase
from muhatap.interactions.models import Outgoing, RawItem
from muhatap.shared import clock
from tests import cast
from tests.pages.axe import faults
from tests.pages.chat_server import Server, server
from tests.pages.chat_visitor import SECRET, host, inbox, opened, until, write
from tests.pages.host_page import Host

__all__ = ["host", "inbox", "server"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]
SCRIPT = Path(__file__).resolve().parents[2] / "embed" / "chat.js"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 32


def asked(page: Page, host: Host, event: Any) -> None:
    """The page is there, and the widget has asked our server and digested what it heard."""
    with page.expect_event(event, lambda request: "/chat/v1/" in request.url):
        page.goto(host.url)
    page.evaluate("() => new Promise((done) => setTimeout(done))")


def digest() -> Conversation:
    for item in RawItem.objects.filter(digested_at=None).order_by("id"):
        staircase.digest(item_id=item.pk, at=clock.now())
    return Conversation.objects.latest("last_message_at")


def answer(text: str) -> None:
    at = clock.now()
    message = reply.send(
        conversation=digest(), answer=reply.Answer(html=f"<p>{text}</p>"), by=cast.zeynep(), at=at, undo=timedelta(0)
    )
    reply.dispatch(outgoing_id=Outgoing.objects.get(interaction=message.interaction).pk, at=at)


def problems(page: Page) -> list[str]:
    found: list[str] = page.evaluate("window.problems")
    return found


def test_the_script_is_small_and_needs_no_leave_from_a_strict_policy() -> None:
    source = embed.lean(SCRIPT.read_bytes())
    assert len(gzip.compress(source, 6)) <= 15 * 1024
    for word in (b"eval(", b"innerHTML", b"insertAdjacentHTML", b"document.write", b"new Function", b'"style"'):
        assert word not in source


def test_a_talk_both_ways_with_typing_and_reading(page: Page, host: Host, inbox: Inbox) -> None:
    opened(page, host)
    write(page, "Merhaba, makinede yıkanır mı?")
    expect(page.get_by_text("Gönderildi")).to_be_visible()
    conversation = digest()
    assert conversation.last_inbound_id
    chatting.we_read(
        conversation=conversation, message_id=conversation.last_inbound_id, by=cast.zeynep(), at=clock.now()
    )
    expect(page.get_by_text("Okundu")).to_be_visible()
    expect(page.get_by_text("Zeynep katıldı, yazdıklarınızı okudu.")).to_be_visible()
    chatting.we_write(conversation=conversation, kind="reply", by=cast.zeynep(), at=clock.now(), html="<p>Yıkanır</p>")
    expect(page.get_by_text("Zeynep yazıyor")).to_be_visible()
    answer("Yıkanır, 30 derecede. https://ihlamurev.example/bakim")
    expect(page.locator(".line:not(.own) .bubble")).to_have_text(
        "Yıkanır, 30 derecede. https://ihlamurev.example/bakim"
    )
    expect(page.get_by_role("link", name="https://ihlamurev.example/bakim")).to_be_visible()
    expect(page.get_by_text("Zeynep yazıyor")).to_be_hidden()
    expect(page.get_by_role("heading", name="Zeynep, Ihlamur Ev")).to_be_visible()
    until(lambda: Outgoing.objects.get().state == Outgoing.State.READ)
    assert problems(page) == []


def test_an_answer_to_a_closed_window_waits_as_a_number(page: Page, host: Host, inbox: Inbox) -> None:
    opened(page, host)
    write(page, "Merhaba")
    expect(page.get_by_text("Gönderildi")).to_be_visible()
    page.keyboard.press("Escape")
    answer("Buyurun")
    expect(page.get_by_role("button", name="Sohbeti aç, 1 yeni mesaj")).to_be_visible()
    assert Outgoing.objects.get().state < Outgoing.State.READ
    page.reload()
    page.get_by_role("button", name="Sohbeti aç, 1 yeni mesaj").click()
    expect(page.get_by_text("Buyurun")).to_be_visible()


def test_the_page_is_left_alone(page: Page, host: Host, inbox: Inbox) -> None:
    page.goto(host.url)
    expect(page.get_by_role("button", name="Sohbeti aç")).to_be_visible()
    page.locator("#buy").click()
    page.get_by_role("button", name="Sohbeti aç").click()
    page.locator("#buy").click()
    expect(page.locator("#clicks")).to_have_text("2")
    bubble = page.locator(".launch")
    assert bubble.evaluate("e => getComputedStyle(e).fontSize") != "40px"
    assert bubble.evaluate("e => getComputedStyle(e).pointerEvents") == "auto"
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(255, 0, 0)"
    assert problems(page) == []


@pytest.mark.parametrize("fault", ["gone", "error", "nonsense", "wrong shape", "asleep"])
def test_whatever_our_server_does_the_page_works_and_nothing_is_thrown(
    page: Page, host: Host, inbox: Inbox, fault: str
) -> None:
    def answer_badly(route: Route) -> None:
        match fault:
            case "gone":
                route.abort("connectionrefused")
            case "error":
                route.fulfill(status=500, body="<h1>Server Error</h1>", content_type="text/html")
            case "nonsense":
                route.fulfill(status=200, body="{{{", content_type="application/json")
            case "wrong shape":
                route.fulfill(status=200, body='{"firm": 5, "messages": {}}', content_type="application/json")
            case _:
                pass  # never answered

    page.route("**/chat/v1/**", answer_badly)
    asked(page, host, {"gone": "requestfailed", "asleep": "request"}.get(fault, "requestfinished"))
    page.locator("#buy").click()
    expect(page.locator("#clicks")).to_have_text("1")
    assert page.locator("#muhatap-chat").count() == 0
    assert problems(page) == []
    page.unroute_all(behavior="ignoreErrors")


def test_without_our_server_there_is_no_trace(page: Page, host: Host, inbox: Inbox) -> None:
    host.wear("http://127.0.0.1:9", inbox="ihlamur-ev")
    page.goto(host.url)
    page.locator("#buy").click()
    expect(page.locator("#clicks")).to_have_text("1")
    assert problems(page) == []


def test_a_site_that_was_not_named_gets_no_chat(page: Page, host: Host, inbox: Inbox) -> None:
    inbox.settings |= {"origins": ["https://ihlamurev.example"]}
    inbox.save()
    asked(page, host, "requestfailed")
    assert page.locator("#muhatap-chat").count() == 0
    assert problems(page) == []


def test_everything_by_keyboard(page: Page, host: Host, inbox: Inbox) -> None:
    page.goto(host.url)
    expect(page.get_by_role("button", name="Sohbeti aç")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.type("Merhaba")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("ikinci satır")
    page.keyboard.press("Enter")
    expect(page.locator(".own .bubble")).to_have_text("Merhaba\nikinci satır")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("button", name="Sohbeti aç")).to_be_focused()


def test_an_english_page_gets_an_english_chat(page: Page, host: Host, inbox: Inbox) -> None:
    host.lang = "en"
    page.goto(host.url)
    page.get_by_role("button", name="Open chat").click()
    page.get_by_label("Write a message").fill("Is it machine washable?")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Sent", exact=False).first).to_be_visible()
    assert ChatSession.objects.get().language == "en"


def test_a_phone_shows_it_over_the_whole_screen(page: Page, host: Host, inbox: Inbox) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, host)
    box = page.get_by_role("dialog").bounding_box()
    assert box == {"x": 0, "y": 0, "width": 390, "height": 844}
    assert page.evaluate("document.documentElement.scrollWidth") <= 1200  # the page's own harm, not ours
    page.get_by_role("button", name="Sohbeti kapat").click()
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_out_of_hours_it_says_so_takes_the_message_and_asks_where_to_answer(
    page: Page, host: Host, inbox: Inbox
) -> None:
    inbox.settings |= {"hours": [None] * 7, "email_inbox_id": cast.support_inbox().pk}
    inbox.save()
    opened(page, host)
    expect(page.get_by_text("Yazın, yanıtımız e-postanıza gelsin.")).to_be_visible()
    write(page, "Pazar günü açık mısınız?")
    page.locator("input[name=mail]").fill("elif.sahin@ornek.example")
    page.get_by_role("button", name="Kaydet").click()
    expect(page.get_by_text("Yanıt elif.sahin@ornek.example adresine de gelecek.")).to_be_visible()
    assert ChatSession.objects.get().email == "elif.sahin@ornek.example"
    until(lambda: ChatLine.objects.count() == 1)


def test_a_file_goes_with_a_message_and_a_wrong_one_is_refused_in_words(page: Page, host: Host, inbox: Inbox) -> None:
    opened(page, host)
    expect(page.get_by_label("Mesajınızı yazın")).to_be_focused()
    chooser = page.locator("#muhatap-chat input[type=file]")
    until(lambda: ChatSession.objects.exists())
    page.wait_for_timeout(200)
    chooser.set_input_files({"name": "leke.png", "mimeType": "image/png", "buffer": b"MZ not a picture"})
    expect(page.get_by_role("alert").get_by_text("PDF, Word, Excel")).to_be_visible()
    chooser.set_input_files({"name": "leke.png", "mimeType": "image/png", "buffer": PNG})
    expect(page.get_by_role("button", name="Kaldır: leke.png")).to_be_visible()
    page.get_by_role("button", name="Gönder").click()
    expect(page.get_by_role("link", name="leke.png")).to_be_visible()
    assert ChatLine.objects.get().files[0]["name"] == "leke.png"


def test_a_signed_customer_is_known_and_the_next_person_at_this_browser_is_not(
    page: Page, host: Host, server: Server, inbox: Inbox
) -> None:
    identity = signed.make({"sub": "20871", "name": "Ayşe Yılmaz"}, secret=SECRET, at=clock.now())
    host.wear(server.url, inbox="ihlamur-ev", identity=identity)
    opened(page, host)
    write(page, "Siparişim nerede?")
    expect(page.get_by_text("Gönderildi")).to_be_visible()
    assert ChatSession.objects.get().subject == "20871"
    host.wear(server.url, inbox="ihlamur-ev")
    opened(page, host)
    expect(page.get_by_label("Mesajınızı yazın")).to_be_visible()
    page.wait_for_timeout(500)
    expect(page.locator(".own .bubble")).to_have_count(0)
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.includes('20871'))") == []


def test_an_expired_signature_keeps_talk_and_waiting_messages_until_the_page_is_reloaded(
    page: Page, host: Host, server: Server, inbox: Inbox
) -> None:
    def wear(hours: int) -> None:
        at = clock.now() - timedelta(hours=hours)
        identity = signed.make({"sub": "20871", "name": "Ayşe Yılmaz"}, secret=SECRET, at=at)
        host.wear(server.url, inbox="ihlamur-ev", identity=identity)
        opened(page, host)

    wear(hours=0)
    write(page, "bir")
    expect(page.get_by_text("Gönderildi")).to_be_visible()
    wear(hours=3)
    expect(page.get_by_text("Sürdürmek için sayfayı yenileyin")).to_be_visible()
    write(page, "iki")
    expect(page.get_by_text("Bağlanınca gönderilecek")).to_be_visible()
    wear(hours=0)
    expect(page.locator(".own .bubble")).to_have_text(["bir", "iki"])
    expect(page.get_by_text("Gönderildi")).to_be_visible()
    session = ChatSession.objects.get()
    until(lambda: list(session.lines.order_by("id").values_list("text", flat=True)) == ["bir", "iki"])


def test_a_bad_signature_leaves_a_nameless_chat_and_a_word_for_the_developer(
    page: Page, host: Host, server: Server, inbox: Inbox
) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    host.wear(server.url, inbox="ihlamur-ev", identity="eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.x")
    asked: list[Route] = []
    page.route("**/sessions", lambda route: asked.append(route), times=1)
    opened(page, host)
    write(page, "Merhaba")  # before the signature is refused
    until(lambda: bool(page.evaluate("1") and asked))
    asked[0].continue_()
    expect(page.get_by_text("Gönderildi")).to_be_visible()
    assert any(text.startswith("Muhatap: ") for text in said)
    assert ChatSession.objects.get().subject == ""


def test_a_message_the_server_refuses_stays_and_can_be_sent_again(page: Page, host: Host, inbox: Inbox) -> None:
    wrong = {"error": {"code": "mend", "message": "Olmadı.", "fields": {"text": "Olmadı."}}}
    opened(page, host)
    page.route(
        "**/chat/v1/messages",
        lambda route: route.fulfill(
            status=422,
            body=json.dumps(wrong),
            content_type="application/json",
            headers={"Access-Control-Allow-Origin": "*"},
        ),
        times=1,
    )
    write(page, "Merhaba")
    expect(page.get_by_text("Olmadı.")).to_be_visible()
    page.unroute("**/chat/v1/messages")
    page.get_by_role("button", name="Yeniden dene").click()
    expect(page.get_by_text("Gönderildi")).to_be_visible()
    assert ChatLine.objects.count() == 1


def test_two_tabs_are_one_talk(context: BrowserContext, host: Host, inbox: Inbox) -> None:
    first, second = context.new_page(), context.new_page()
    opened(first, host)
    write(first, "birinci sekmeden")
    expect(first.get_by_text("Gönderildi")).to_be_visible()
    opened(second, host)
    expect(second.get_by_text("birinci sekmeden")).to_be_visible()
    write(second, "ikinci sekmeden")
    answer("İkinize de")
    for tab in (first, second):
        expect(tab.get_by_text("İkinize de")).to_be_visible()
        expect(tab.locator(".own .bubble")).to_have_text(["birinci sekmeden", "ikinci sekmeden"])
    assert ChatSession.objects.count() == 1


def test_what_is_pressed_while_the_connection_breaks_is_kept_and_sent_once(
    page: Page, host: Host, inbox: Inbox
) -> None:
    opened(page, host)
    write(page, "bir")
    expect(page.get_by_text("Gönderildi")).to_be_visible()
    page.get_by_label("Mesajınızı yazın").fill("iki")
    page.get_by_role("button", name="Gönder").hover()
    page.mouse.down()  # this page's letters are large, the window is small: what comes above the button moves it
    page.route("**/chat/v1/**", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        page.evaluate("dispatchEvent(new Event('online'))")
    page.evaluate("() => new Promise((done) => setTimeout(done))")
    page.mouse.up()
    expect(page.get_by_text("Bağlanınca gönderilecek")).to_be_visible()
    expect(page.get_by_text("Yeniden bağlanılıyor")).to_be_visible()
    expect(page.get_by_label("Mesajınızı yazın")).to_have_value("")
    page.unroute("**/chat/v1/**")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_text("Bağlanınca gönderilecek")).to_be_hidden()
    until(lambda: list(ChatLine.objects.order_by("id").values_list("text", flat=True)) == ["bir", "iki"])


def test_who_opens_it_for_the_first_time_is_told_of_no_reconnecting(page: Page, host: Host, inbox: Inbox) -> None:
    asked: list[Route] = []
    page.route("**/chat/v1/messages?*", lambda route: asked.append(route), times=1)
    opened(page, host)
    until(lambda: bool(page.evaluate("1") and asked))
    assert page.get_by_text("Yeniden bağlanılıyor").is_hidden()
    asked[0].continue_()


def test_without_event_streams_it_asks_again_and_again(page: Page, host: Host, inbox: Inbox) -> None:
    page.add_init_script("delete window.EventSource")
    opened(page, host)
    write(page, "Merhaba")
    expect(page.get_by_text("Gönderildi")).to_be_visible()
    answer("Buradayız")
    expect(page.get_by_text("Buradayız")).to_be_visible()


def test_without_storage_it_works_until_the_page_is_left(page: Page, host: Host, inbox: Inbox) -> None:
    page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('blocked') } })")
    page.add_init_script(
        "LockManager.prototype.request = async () => { throw new DOMException('blocked', 'SecurityError') }"
    )
    opened(page, host)
    write(page, "Merhaba")
    expect(page.get_by_text("Gönderildi")).to_be_visible()
    assert problems(page) == []


def test_a_full_storage_loses_no_message(page: Page, host: Host, inbox: Inbox) -> None:
    page.add_init_script("Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }")
    opened(page, host)
    write(page, "Merhaba")
    expect(page.get_by_text("Gönderildi")).to_be_visible()
    assert ChatLine.objects.count() == 1
    assert problems(page) == []


def test_a_visitor_can_remove_the_talk_from_this_browser(page: Page, host: Host, inbox: Inbox) -> None:
    opened(page, host)
    write(page, "Hediye, o görmesin")
    expect(page.get_by_text("Gönderildi")).to_be_visible()
    page.get_by_role("button", name="Sohbet seçenekleri").click()
    page.get_by_role("button", name="Yazışmayı bu tarayıcıdan kaldır").click()
    expect(page.locator(".own .bubble")).to_have_count(0)
    page.reload()
    page.get_by_role("button", name="Sohbeti aç").click()
    page.wait_for_timeout(500)
    expect(page.locator(".own .bubble")).to_have_count(0)


@pytest.mark.parametrize(("lang", "theme"), [("tr", "light"), ("en", "dark")])
def test_axe_finds_nothing(page: Page, host: Host, server: Server, inbox: Inbox, lang: str, theme: str) -> None:
    inbox.settings |= {
        "hours": [None] * 7,
        "email_inbox_id": cast.support_inbox().pk,
        "ask_name": "optional",
        "ask_email": "optional",
    }
    inbox.settings |= {"privacy_url": "https://ihlamurev.example/kvkk", "greeting": {"tr": "Merhaba", "en": "Hello"}}
    inbox.save()
    host.lang = lang
    host.wear(server.url, inbox="ihlamur-ev", theme=theme, accent="#ffd400")
    page.goto(host.url)
    expect(page.locator(".launch")).to_be_visible()
    assert faults(page, {}, within="#muhatap-chat") == []
    page.locator(".launch").click()
    expect(page.locator("form.ask").last).to_be_visible()
    assert faults(page, {}, within="#muhatap-chat") == []
    page.locator("form.ask:visible button").click()
    page.locator("textarea").fill("https://ihlamurev.example")
    page.keyboard.press("Enter")
    expect(page.locator(".own time")).to_be_visible()
    answer("Yıkanır")
    expect(page.locator(".line:not(.own)", has_text="Yıkanır")).to_be_visible()
    page.locator(".tool").first.click()
    expect(page.locator("form.ask:visible")).to_be_visible()
    assert faults(page, {}, within="#muhatap-chat") == []
