"""The three steps in a real browser, once in each language: we listen, we understand, we act. A complaint in a forum becomes a
conversation, a case, a promise that is kept; its writer is asked by mail and answers; theme, topic, costs and loyalty are on the pages,
and lead to that very post, that case, that answer.
"""

import email
import email.policy
import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from muhatap.channels.listening import looking
from muhatap.channels.models import Inbox
from muhatap.contacts import identity
from muhatap.contacts.models import Contact
from muhatap.conversations.models import Conversation
from muhatap.feedback.models import Response
from muhatap.flow import intake, listening, reply, surveying, themes
from muhatap.flow import shops as digesting
from muhatap.interactions.models import Outgoing, RawItem
from muhatap.sales import shops
from muhatap.sales.models import Shop, ShopDelivery
from muhatap.service import causes
from muhatap.service.models import Case, Promise
from muhatap.shared import clock
from muhatap.understanding.models import Reading, Theme
from tests import cast
from tests.channels.listening.recorded import FOLDER
from tests.channels.listening.site import Said, Site, site
from tests.feedback.asking_shop import survey
from tests.insight.voice_world import said
from tests.sales.payloads import SECRET, raw, signature, woo_order
from tests.servers import SmtpServer, lone_smtp, settings_for

__all__ = ["lone_smtp", "site"]
TURKISH = {
    "feed": "forum.atom",
    "title": "Ihlamur Ev siparişim iki haftadır gelmedi",
    "post": "kargo hâlâ çıkmadı",
    "others": (
        "kargo gelmedi",
        "kargom gelmedi hani",
        "kargo hâlâ gelmedi",
        "kargo yine gelmedi",
        "bu kargo niye gelmedi",
    ),
    "theme": "kargo",
    "cause": "Teslimat › Geç geldi",
    "promise": "Paketi yarına kadar ulaştırıyoruz",
    "resolution": "Paket ulaştı, özür olarak indirim kodu verildi",
    "comment": "Geç geldi ama sözünüzü tuttunuz, teşekkürler.",
    "thanks": "Teşekkür ederiz",
    "by cause": "Nedene göre",
    "loyalty": "Bağlılık (NPS)",
}
ENGLISH = {
    "feed": "forum_en.atom",
    "title": "My Ihlamur Ev parcel is two weeks late",
    "post": "the parcel still has not arrived",
    "others": (
        "late parcel",
        "my parcel is late",
        "the parcel is late again",
        "why is this parcel late",
        "parcel still late",
    ),
    "theme": "parcel",
    "cause": "Delivery › Came late",
    "promise": "We get the parcel to you by tomorrow",
    "resolution": "The parcel arrived, a voucher was given as an apology",
    "comment": "It came late, but you kept your word. Thanks.",
    "thanks": "Thank you",
    "by cause": "By cause",
    "loyalty": "Loyalty (NPS)",
}
Words = dict[str, Any]


@pytest.fixture
def heard(site: Site, words: Words) -> Conversation:
    """Listen: the forum's feed is asked, and its posts of yesterday are taken in."""
    yesterday = f"{timezone.localdate() - timedelta(days=1)}"
    feed = (FOLDER / words["feed"]).read_text(encoding="utf-8").replace("2026-11-21", yesterday)
    site.answers["GET /feed"] = Said(200, feed.encode(), {})
    with transaction.atomic():
        forum = Inbox.objects.create(kind="rss", name="Ev Forumu", settings={"feed_url": f"{site.url}/feed"})
        looking.begin(inbox=forum, at=clock.now())
        causes.bring_in(at=clock.now())
    listening.look(inbox_id=forum.pk, at=clock.now())
    for number in RawItem.objects.filter(digested_at=None).order_by("pk").values_list("pk", flat=True):
        intake.digest(item_id=number, at=clock.now())
    return Conversation.objects.get(subject=words["title"])


@pytest.fixture
def shop(lone_smtp: SmtpServer) -> Shop:
    """The shop tells of deliveries, and whoever got a parcel is asked by mail."""
    now = clock.now()
    with transaction.atomic():
        inbox = cast.support_inbox(**settings_for(None, lone_smtp, "destek@ihlamurev.example"))
        survey("nps", inbox=inbox, occasion="delivered", delay_minutes=0)
        return shops.connect(
            kind="woocommerce", values={"name": "Ihlamur Ev", "secret": SECRET}, by=cast.selin(), at=now
        )


def can_looks(page: Page, root: str, language: str) -> None:
    """Can, who leads, at his screen."""
    can = cast.can()
    can.language = language
    can.save(update_fields=["language"])
    client = Client()
    client.force_login(can)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": root}])
    page.set_viewport_size({"width": 1440, "height": 900})
    page.set_default_navigation_timeout(60_000)  # the first page of a server brings all its parts


def ayse(shop: Shop, language: str) -> Contact:
    """She bought #10482, and reads this language."""
    account = cast.Claim(kind="shop", value=shops.account(shop, "20871"), is_verified=True)
    found = identity.resolve(claims=(cast.AYSE, account), source="email", at=clock.now())
    Contact.objects.filter(pk=found.pk).update(language=language)
    return found


def parcel_comes(shop: Shop) -> None:
    """The shop's server signs that #10482 is delivered, and a job takes it in."""
    now = f"{clock.now():%Y-%m-%dT%H:%M:%S}"
    body = raw(woo_order(status="completed", date_modified_gmt=now, date_completed_gmt=now))
    signed = {"X-WC-Webhook-Signature": signature(body), "X-WC-Webhook-Topic": "order.updated"}
    headers = signed | {"X-WC-Webhook-Delivery-ID": "1"}
    assert Client().post(f"/hooks/shops/{shop.token}/", body, "application/json", headers=headers).status_code == 200
    digesting.digest(delivery_id=ShopDelivery.objects.get().pk, at=clock.now())


def mail_to_ayse(smtp: SmtpServer) -> str:
    """What she is sent, as words."""
    at = clock.now() + timedelta(minutes=1)
    surveying.ask_due(at=at)
    reply.dispatch(outgoing_id=Outgoing.objects.get(interaction__kind="survey").pk, at=at)
    (mail,) = smtp.contents
    told = email.message_from_bytes(mail, policy=email.policy.default)
    assert "ayse.yilmaz@ornek.example" in str(told["To"])
    return str(told.get_body(("plain",)).get_content())  # type: ignore[union-attr]


def others_write(words: Words, language: str) -> Theme:
    """Five more write of late parcels, and the night finds what they have in common with the post."""
    with transaction.atomic():
        for n, text in enumerate(words["others"]):
            claim = cast.Claim(kind="email", value=f"baska{n}@ornek.example", is_verified=True)
            said(text, clock.now(), sender=claim, language=language)
        themes.look(at=clock.now())
    return Theme.objects.get(words__contains=[words["theme"]])


@pytest.mark.parametrize(("language", "words"), [("tr", TURKISH), ("en", ENGLISH)], ids=["tr", "en"])
def test_a_post_is_heard_understood_promised_kept_asked_about_and_counted(
    page: Page,
    live_server: Any,
    heard: Conversation,
    shop: Shop,
    lone_smtp: SmtpServer,
    language: str,
    words: Words,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    root = live_server.url
    monkeypatch.setattr(settings, "PUBLIC_URL", root)
    can_looks(page, root, language)
    reading = Reading.objects.get(interaction__message__conversation=heard, interaction__title=words["title"])
    assert (reading.kind, reading.topic and reading.topic.base) == ("complaint", "delivery")
    assert reading.language == language

    # Understand: it says why it was read so.
    page.goto(f"{root}/inbox/{heard.pk}/")
    expect(page.locator("html")).to_have_attribute("lang", language)
    page.locator(".reading-chip").first.click()
    expect(page.locator(".reading-reason").first).to_be_visible()
    page.keyboard.press("Escape")

    # Act: a case, and a promise by one key each.
    page.keyboard.press("b")
    case = page.locator("#case-dialog form")
    case.locator("[name=cause]").select_option(label=words["cause"])
    case.locator("[type=submit]").click()
    expect(page.locator("#cases-of-contact .case-line a")).to_be_visible()
    page.keyboard.press("v")
    promise = page.locator("#promise-dialog form")
    promise.locator("[name=what]").fill(words["promise"])
    promise.locator("[type=submit]").click()
    owed = page.locator("#promises-of-contact .promise-line")
    expect(owed).to_contain_text(words["promise"])
    owed.locator("button").click()
    expect(owed).to_have_count(0)
    assert Promise.objects.get().state == "kept"
    page.locator("#cases-of-contact .case-line a").click()
    resolve = page.locator("#resolve form")
    resolve.locator("[name=what]").fill(words["resolution"])
    resolve.locator("[name=given]").select_option("voucher")
    resolve.locator("[name=amount]").fill("150")
    resolve.locator("[type=submit]").click()
    expect(page.locator(".case-story")).to_contain_text(words["resolution"])
    assert Case.objects.get().state == "resolved"

    # She says that she is Ayşe of order 10482: Can joins the two, the shop tells that her parcel came, and she is asked by mail.
    buyer = ayse(shop, language)
    page.goto(f"{root}/contacts/merge/?keep={buyer.pk}&drop={heard.contact_id}")
    page.locator("form[action$='/contacts/merge/'] button").click()
    page.wait_for_url(f"**/contacts/{buyer.pk}/")
    parcel_comes(shop)
    link = re.search(rf"{root}/rate/[^/\s]+/\?score=9", mail_to_ayse(lone_smtp))
    assert link

    her = page.context.browser.new_context()  # type: ignore[union-attr]
    hers = her.new_page()
    hers.goto(link[0])
    expect(hers.locator("html")).to_have_attribute("lang", language)
    expect(hers.locator("[name=score][value='9']")).to_be_checked()
    hers.locator("[name=comment]").fill(words["comment"])
    hers.locator("button[type=submit]").click()
    expect(hers.locator("h1")).to_contain_text(words["thanks"])
    her.close()
    assert Response.objects.get().score == 9
    page.goto(f"{root}/contacts/{buyer.pk}/")
    expect(page.locator("body")).to_contain_text(words["comment"])

    # What it came to: every number leads to its rows. The theme, to what was written of it;
    theme = others_write(words, language)
    page.goto(f"{root}/insight/voice/themes/")
    page.locator(f"a.voice-name[href$='/themes/{theme.pk}/']").click()
    post = page.locator(".voice-message").filter(has_text=words["post"])
    expect(post.locator(f"a.voice-name[href*='/inbox/{heard.pk}/']")).to_have_count(1)
    message = page.locator(".voice-message").filter(has=page.get_by_text(words["others"][0], exact=True))
    message.locator("a.voice-name").click()
    expect(page.locator("#thread")).to_contain_text(words["others"][0])

    # the money, to the case it was given in;
    page.goto(f"{root}/cases/cost/")
    given = page.get_by_role("region", name=words["by cause"]).locator("tr").filter(has_text=words["cause"])
    given.locator("a").filter(has_text="150").first.click()
    page.locator("table a[href*='/cases/']").first.click()
    expect(page.locator(".case-story")).to_contain_text(words["resolution"])

    # the topic, to the post; and the score, to her answer.
    page.goto(f"{root}/insight/voice/")
    page.locator(f"a[href*='topic={reading.topic_id}&say=complaint']").first.click()
    expect(page.locator(f"a[href*='/inbox/{heard.pk}/']").first).to_be_visible()
    page.goto(f"{root}/insight/voice/")
    page.locator(".figures-one").filter(has_text=words["loyalty"]).locator("a.figures-value").click()
    expect(page.locator("table")).to_contain_text(words["comment"])
    page.locator("table th a").click()
    page.wait_for_url(f"**/contacts/{buyer.pk}/**")
