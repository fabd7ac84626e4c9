"""The tracker on somebody else's page: what it tells, what it never tells, and that it harms nothing there."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Response, expect

from muhatap.api import embed
from muhatap.shared import clock
from muhatap.visits import sites
from muhatap.visits.models import Event, Site
from tests import cast
from tests.pages import host_page
from tests.pages.chat_server import Server, server
from tests.pages.host_page import HERE, Host, awaited
from tests.visits.leaves import without_leaves

__all__ = ["server"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]
KEPT = "Object.keys(localStorage).filter((name) => name.startsWith('muhatap.queue')).map((name) => localStorage[name]).join()"
SCRIPT = Path(__file__).resolve().parents[2] / "embed" / "muhatap.js"
KNOWN = "window.muhatap?.visitor()"  # the site was asked whether it knows anybody
KB = 1024


@pytest.fixture
def host() -> Iterator[Host]:
    with host_page.standing() as host, without_leaves():
        yield host


@pytest.fixture
def shop(host: Host) -> Site:
    return sites.create(name="Ihlamur Ev", origins=[host.origin], by=cast.selin(), at=clock.now())


def visit(page: Page, host: Host, server: Server, shop: Site, *, consent: str) -> None:
    host.wear(server.url, name="muhatap.js", key=shop.write_key, consent=consent)
    page.clock.install()
    with page.expect_response(is_taken):
        page.goto(f"{host.url}?utm_source=bulten&email=ayse@ornek.example#yorumlar")
        awaited(page, KNOWN if consent == "yes" and not shop.is_nameless else HERE)
        page.clock.run_for(2000)


def is_taken(answer: Response) -> bool:
    return "/v1/batch" in answer.url and answer.status == 200


def taken(page: Page, name: str) -> None:
    """Let time pass in the page, answer by answer, until an event of this name stands in the table."""
    while not Event.objects.filter(name=name).exists():
        with page.expect_response(is_taken):
            page.clock.run_for(2000)


def told(name: str) -> list[dict[str, Any]]:
    """The bodies of these events, in the order they happened."""
    events = Event.objects.filter(name=name).order_by("at")
    return [json.loads(payload) for payload in events.values_list("payload", flat=True)]


def test_the_script_is_small() -> None:
    assert len(gzip.compress(embed.lean(SCRIPT.read_bytes()))) < 6 * KB


def test_a_visit_is_told_with_its_pages_its_minutes_and_its_clicks(
    page: Page, host: Host, server: Server, shop: Site
) -> None:
    visit(page, host, server, shop, consent="yes")
    page.mouse.move(5, 5)
    page.clock.run_for(10_000)
    page.locator("#buy").click()
    page.clock.run_for(60_000)  # nobody moves: after half a minute nobody reads

    with page.expect_response(is_taken):
        page.evaluate("document.title = 'Sepet'; history.pushState({}, '', '/sepet')")
        page.clock.run_for(3000)
    page.evaluate("muhatap.track('Product Added', {product_id: 'onluk'})")
    taken(page, "Product Added")

    first = Event.objects.get(kind=3, url=f"{host.url}?utm_source=bulten")  # neither what is secret nor the fragment
    second = Event.objects.get(kind=3, url=f"{host.origin}/sepet")
    assert json.loads(second.payload)["context"]["page"]["referrer"].startswith(host.url)
    [click] = told("Element Clicked")
    assert click["properties"]["element"] == "#buy"
    assert click["properties"]["text"] == "Sepete ekle"
    assert 0 <= click["properties"]["x"] <= 1
    read = [
        one["properties"]
        for one in told("Page Engaged")
        if one["properties"]["page_view"] == json.loads(first.payload)["messageId"]
    ]
    assert 38 <= max(one["seconds"] for one in read) <= 46  # twelve seconds until the click, and thirty after it
    assert max(one["scroll"] for one in read) == 100
    assert told("Product Added")[0]["properties"]["product_id"] == "onluk"
    assert len(set(Event.objects.values_list("anonymous_id", flat=True))) == 1
    assert page.evaluate("window.problems") == []


@pytest.mark.parametrize("consent", ["no", "yes, on a site that knows nobody"])
def test_without_consent_nothing_is_stored_and_no_number_is_sent(
    consent: str, page: Page, context: BrowserContext, host: Host, server: Server, shop: Site
) -> None:
    shop.is_nameless = consent != "no"
    shop.save()
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or ""))

    visit(page, host, server, shop, consent=consent.partition(",")[0])
    page.evaluate("muhatap.identify('20871', {email: 'ayse@ornek.example'})")

    assert page.evaluate("[Object.keys(localStorage), Object.keys(sessionStorage), document.cookie]") == [[], [], ""]
    assert context.cookies() == []
    assert not any("anonymousId" in body or "userId" in body for body in sent)
    [known] = set(Event.objects.values_list("anonymous_id", flat=True))
    assert known.startswith("day:")


def test_consent_may_be_given_and_taken_back(page: Page, host: Host, server: Server, shop: Site) -> None:
    visit(page, host, server, shop, consent="no")

    page.evaluate("muhatap.identify('20871'); muhatap.consent(true); muhatap.track('Agreed')")
    taken(page, "Agreed")
    assert not Event.objects.filter(kind=1).exists()  # without consent it said nothing
    assert Event.objects.filter(kind=3).count() == 2  # and from here on it is another visit
    assert page.evaluate("localStorage['muhatap.id']") == Event.objects.get(name="Agreed").anonymous_id
    page.evaluate("muhatap.consent(false)")

    assert page.evaluate("Object.keys(localStorage)") == []


def test_whoever_does_not_agree_any_more_is_forgotten(page: Page, host: Host, server: Server, shop: Site) -> None:
    stored = "Object.keys(localStorage).filter((name) => name.startsWith('muhatap.'))"
    visit(page, host, server, shop, consent="yes")
    assert "muhatap.id" in page.evaluate(stored)

    host.wear(server.url, name="muhatap.js", key=shop.write_key, consent="no")
    page.goto(f"{host.origin}/sepet")
    awaited(page)
    page.clock.run_for(6000)
    assert page.evaluate(stored) == []

    page.evaluate("localStorage['muhatap.id'] = 'eski'; muhatap.consent(false)")
    assert page.evaluate(stored) == []

    page.evaluate("Storage.prototype.setItem = () => { throw new Error('forbidden'); }; muhatap.consent(true)")
    before = awaited(page, KNOWN)
    page.evaluate("muhatap.consent(false); muhatap.consent(true)")
    awaited(page, KNOWN)
    assert page.evaluate("muhatap.visitor()") != before


def test_who_does_not_want_to_be_counted_is_not(
    page: Page, context: BrowserContext, host: Host, server: Server, shop: Site
) -> None:
    host.wear(server.url, name="muhatap.js", key=shop.write_key, consent="yes")
    page.clock.install()
    for address in (f"{host.url}?muhatap=off", host.url):
        page.goto(address)
        awaited(page, HERE)
        page.locator("#buy").click()
        page.clock.run_for(20_000)
    assert page.evaluate("Object.keys(localStorage).join()") == "muhatap.off"
    assert not Event.objects.exists()

    with page.expect_response(is_taken):
        page.goto(f"{host.url}?muhatap=on")
        awaited(page, KNOWN)
        page.clock.run_for(2000)

    n, other = Event.objects.count(), context.new_page()
    page.evaluate("muhatap.track('Sepet')")  # it waits to be sent when another tab says no
    other.goto(f"{host.url}?muhatap=off")
    awaited(other, HERE)
    awaited(page, "!muhatap.visitor()")
    page.evaluate("muhatap.track('Sepet')")
    page.clock.run_for(20_000)
    assert page.evaluate("Object.keys(localStorage).join()") == "muhatap.off"

    page.evaluate("localStorage.clear()")
    context.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('forbidden'); } })"
    )
    other.goto(f"{host.url}?muhatap=off")
    awaited(other, HERE)
    other.locator("#buy").click()
    other.clock.run_for(20_000)
    assert Event.objects.count() == n


def test_minutes_are_told_when_the_reader_turns_away_and_not_after_a_rest(
    page: Page, host: Host, server: Server, shop: Site
) -> None:
    visit(page, host, server, shop, consent="yes")
    page.mouse.move(5, 5)
    page.clock.run_for(3000)

    page.evaluate("document.hasFocus = () => false; dispatchEvent(new Event('blur'))")
    taken(page, "Page Engaged")
    n = Event.objects.filter(name="Page Engaged").count()
    page.evaluate("document.hasFocus = () => true; dispatchEvent(new Event('focus'))")
    page.clock.fast_forward(40 * 60_000)
    page.evaluate("muhatap.track('Geri geldi')")
    page.mouse.move(50, 50)
    taken(page, "Geri geldi")

    assert Event.objects.filter(name="Page Engaged").count() == n
    assert Event.objects.filter(kind=3).count() == 2


def test_what_was_done_offline_arrives_once_when_the_line_is_back(
    page: Page, context: BrowserContext, host: Host, server: Server, shop: Site
) -> None:
    visit(page, host, server, shop, consent="yes")
    page.mouse.move(5, 5)
    context.set_offline(True)
    page.evaluate("muhatap.track('Sepet')")
    page.clock.run_for(30_000)
    assert "Sepet" in page.evaluate(KEPT)

    with page.expect_response(is_taken):
        context.set_offline(False)
        page.clock.run_for(70_000)

    assert len(told("Sepet")) == 1


def test_what_two_tabs_could_not_send_is_sent_by_the_next_page_once(
    page: Page, context: BrowserContext, host: Host, server: Server, shop: Site
) -> None:
    visit(page, host, server, shop, consent="yes")
    other = context.new_page()
    other.goto(host.url)
    awaited(other)
    context.set_offline(True)
    page.evaluate("history.pushState({}, '', '/urun/9'); muhatap.track('Bir')")
    other.evaluate("muhatap.track('Two')")
    for tab in (page, other):
        tab.clock.run_for(20_000)
        tab.goto("about:blank")
    context.set_offline(False)

    page.goto(host.url)
    awaited(page)
    taken(page, "Two")

    assert len(told("Bir")) == len(told("Two")) == 1
    [early] = [one for one in Event.objects.filter(kind=3) if one.url.endswith("/urun/9")]
    assert told("Bir")[0]["properties"]["page_view"] == json.loads(early.payload)["properties"]["page_view"]


def test_a_hostile_call_or_a_dead_server_harms_no_page(page: Page, host: Host, shop: Site) -> None:
    host.wear("http://127.0.0.1:9", name="muhatap.js", key=shop.write_key, consent="yes")
    page.route("**/embed/muhatap.js", lambda route: route.fulfill(path=SCRIPT, content_type="text/javascript"))
    page.clock.install()
    page.goto(host.url)
    awaited(page)

    page.evaluate("const o = {}; o.o = o; muhatap.track(null, o); muhatap.identify(); muhatap.track(Symbol('x'))")
    page.locator("#buy").click()
    page.clock.run_for(60_000)

    expect(page.locator("#clicks")).to_have_text("1")
    assert page.evaluate("window.problems") == []
