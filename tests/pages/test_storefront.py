"""A visit to the demo shop, in a real browser: two products, a picture, a variant, the cart, a login; and what the agent sees of it.

The numbers on the customer's page and in the log of visits are held against a count by hand of what was done.
"""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, Response, expect

from demo.storefront.server import PASSWORD, Shop, serve
from muhatap.channels.webchat.models import ChatSession
from muhatap.contacts import identity
from muhatap.contacts.models import Contact
from muhatap.flow import shopping, visitors
from muhatap.shared import clock, secrets
from muhatap.visits import folding, reports, sites
from muhatap.visits.models import Dim, Event, Site, Visit, VisitorLink, VisitorProof
from muhatap.visits.reports import Cut
from tests import cast
from tests.pages.chat_server import Server, server
from tests.pages.host_page import awaited
from tests.visits.leaves import without_leaves

__all__ = ["server"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(180)]
CHAT_SECRET = "ihlamur-ev-sohbet-sirri-" + "0123456789" * 2


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """Somebody's own browser: one that says it is headless is a machine's, and no visitor."""
    return {
        **browser_context_args,
        "user_agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36",
    }


@dataclass(frozen=True)
class Street:
    """The shop's address, its site here, and Ayşe as we know her by mail."""

    url: str
    shop: Shop
    site: Site
    ayse: Contact


@pytest.fixture
def street(server: Server) -> Iterator[Street]:
    shop = Shop(server.url)
    standing = serve(shop)
    url = f"http://localhost:{standing.server_address[1]}"
    threading.Thread(target=standing.serve_forever, daemon=True).start()
    by, at = cast.selin(), clock.now()
    site = sites.create(name="Ihlamur Ev mağaza", origins=[url], by=by, at=at)
    shop.site_key, shop.site_secret = site.write_key, sites.renew_secret(site=site, by=by, at=at)
    inbox = cast.chat_inbox(origins=[url], identity_secret_sealed=secrets.seal(CHAT_SECRET))
    shop.chat_key, shop.chat_secret = inbox.public_key or "", CHAT_SECRET
    ayse = identity.resolve(claims=[cast.AYSE], source="email", at=at)
    with without_leaves():
        yield Street(url, shop, site, ayse)
    standing.shutdown()
    standing.server_close()


def is_taken(answer: Response) -> bool:
    return "/v1/batch" in answer.url and answer.status == 200


def read(page: Page, seconds: int) -> None:
    """Somebody sits before the page for so long, and moves."""
    awaited(page)
    for _part in range(seconds // 10):
        page.mouse.move(5 + _part, 5)
        page.clock.run_for(10_000)


def leave(page: Page, url: str) -> None:
    """Go on; what the page still has to tell is on the disk first."""
    with page.expect_response(is_taken):
        page.evaluate("muhatap.page()")  # tells what was read until now
        page.clock.run_for(2_000)
    page.goto(url)


def agree(page: Page, street: Street) -> None:
    page.clock.install()
    page.goto(street.url)
    awaited(page)
    page.get_by_role("button", name="Hatırlayın").click()
    page.goto(street.url)


def log_in(page: Page, street: Street, email: str = cast.AYSE.value) -> None:
    page.goto(f"{street.url}/giris/")
    awaited(page)
    page.locator("[data-login] [name=email]").fill(email)
    page.locator("[data-login] [name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Giriş yap").click()
    page.wait_for_url("**/hesabim/")
    awaited(page)
    while not Event.objects.filter(kind=3, url__endswith="/hesabim/").exists():
        with page.expect_response(is_taken):
            page.clock.run_for(2_000)


def work() -> None:
    """What the jobs do within a minute. The page's clock ran ahead of ours: what happened when is told by the page's."""
    for event in Event.objects.all():
        told = datetime.fromisoformat(json.loads(event.payload)["timestamp"])
        Event.objects.filter(site=event.site_id, message_key=event.message_key).update(at=told)
    Event.objects.update(
        is_bot=False
    )  # what a closing tab sends carries the name of the test's browser, not the context's
    at = clock.now() + timedelta(seconds=1)
    folding.fold(at=at, lag=timedelta(0))
    visitors.follow(at=at)
    shopping.carry(at=at, lag=timedelta(0))
    shopping.know(at=at)


def counted(events: list[Event]) -> dict[str, tuple[int, int]]:
    """By hand: for each product how often its page was opened, and the largest totals of its pages, in milliseconds."""
    pages: dict[str, tuple[str, float]] = {}
    for event in events:
        told = json.loads(event.payload).get("properties", {})
        product, seconds = told.get("product_id"), told.get("seconds", 0.0)
        if product and (event.kind == 3 or event.name == "Page Engaged"):
            pages[told["page_view"]] = (product, max(seconds, pages.get(told["page_view"], ("", 0.0))[1]))
    names = {product for product, _seconds in pages.values()}
    return {
        name: (
            sum(product == name for product, _seconds in pages.values()),
            sum(int(seconds * 1000) for product, seconds in pages.values() if product == name),
        )
        for name in names
    }


def reported(site: Site) -> dict[str, tuple[int, int]]:
    """The same from the report of products."""
    day = timezone.localdate()
    cut = Cut(start=day - timedelta(days=1), end=day + timedelta(days=1), site_id=site.pk)
    rows = reports.rows(cut, Dim.PRODUCT, by="engaged_ms")
    return {row.key: (row.of["n_views"], row.of["engaged_ms"]) for row in rows if row.of["n_views"]}


def as_zeynep(context: BrowserContext, server: Server) -> Page:
    client = Client()
    client.force_login(cast.zeynep(), backend="django.contrib.auth.backends.ModelBackend")
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": server.url}])
    return context.new_page()


def test_the_agent_sees_the_visit_of_whoever_logged_in_as_it_was(
    page: Page, context: BrowserContext, street: Street, server: Server
) -> None:
    street.shop.chat_secret = ""  # or the chat might tell first
    agree(page, street)
    read(page, 10)
    leave(page, f"{street.url}/urun/battaniye/")
    read(page, 60)
    page.get_by_role("button", name="Yün battaniye, dokusu").click()
    page.get_by_role("button", name="krem").click()
    leave(page, f"{street.url}/urun/havlu/")
    read(page, 20)
    leave(page, f"{street.url}/urun/battaniye/")
    read(page, 10)
    page.get_by_role("button", name="Sepete ekle").click()
    log_in(page, street)

    work()

    [visitor] = VisitorLink.objects.values_list("visitor", flat=True)
    link = VisitorLink.objects.get()
    assert (link.contact, link.how, link.subject) == (street.ayse, "signed", "20871")
    by_hand = list(Event.objects.filter(anonymous_id=visitor).order_by("at"))
    clicks = [one for one in by_hand if one.name == "Element Clicked"]
    assert len(clicks) >= 4  # a picture, a variant, the cart, the login
    visit = Visit.objects.get(visitor=visitor)
    blanket, towel = (visit.interests.get(product=one) for one in ("battaniye", "havlu"))
    assert 70 <= blanket.engaged_ms / 1000 <= 90  # sixty seconds and ten, and the moments between
    assert 20 <= towel.engaged_ms / 1000 <= 30
    assert (blanket.n_gallery, blanket.n_variants) == (1, 1)
    assert (visit.n_clicks, visit.n_events) == (len(clicks), len(by_hand))
    assert visit.n_pages == len({one.message_key for one in by_hand if one.kind == 3})

    assert reported(street.site) == counted(by_hand)

    agent = as_zeynep(context, server)
    agent.goto(f"{server.url}/contacts/{street.ayse.pk}/")
    panel = agent.locator("#visits-of-contact")
    expect(panel).to_contain_text("Yün battaniye")
    minutes, seconds = divmod(round(visit.engaged_ms / 1000), 60)
    for told in (f"{minutes} ", f"{seconds} ", str(visit.n_pages), str(visit.n_clicks)):
        expect(panel).to_contain_text(told)
    expect(agent.locator("#timeline")).to_contain_text("Yün battaniye")
    expect(agent.locator("#orders-of-contact")).to_contain_text("Yün battaniye")
    cart = street.ayse.carts.get()
    assert [(line.product_external_id, line.variant, int(line.quantity)) for line in cart.lines.all()] == [
        ("battaniye", "kiremit", 1)
    ]


def test_the_chats_signed_customer_tells_the_tracker_on_the_page(page: Page, street: Street, server: Server) -> None:
    street.shop.site_secret = ""
    agree(page, street)
    with page.expect_response(lambda answer: "/chat/v1/visitor" in answer.url) as told:
        log_in(page, street)
        page.clock.run_for(5_000)

    work()

    assert told.value.status == 204
    assert VisitorLink.objects.get().how == "chat"
    assert VisitorLink.objects.get().contact == street.ayse
    assert not ChatSession.objects.exists()


def test_without_consent_the_login_ties_nobody_and_nothing_of_the_visitor_is_on_wire_or_device(
    page: Page, context: BrowserContext, street: Street
) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append((request.post_data or "") if "/v1/" in request.url else ""))
    page.clock.install()
    page.goto(f"{street.url}/urun/battaniye/")
    awaited(page)
    page.get_by_role("button", name="Gerek yok").click()
    log_in(page, street)

    work()

    assert Event.objects.exists()
    assert not any(
        told in body for body in sent for told in ("anonymousId", "userId", "20871", "identity", "ornek.example")
    )
    stored = page.evaluate("Object.keys(localStorage).filter((name) => !name.startsWith('muhatap.ihlamur-ev'))")
    assert stored == []  # the chat keeps its look; the tracker nothing
    assert {cookie["name"] for cookie in context.cookies()} <= {"onay", "oturum"}  # the shop's own
    assert not VisitorProof.objects.exists()
    assert not VisitorLink.objects.exists()
