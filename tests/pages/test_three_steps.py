"""The three steps in a real browser: we listen, we understand, we act. A complaint in a forum becomes a conversation, a case, a promise
that is kept; its writer is asked and answers; theme, topic and costs are on the pages, in both languages, and lead to that very post.
"""

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
from muhatap.conversations.models import Conversation
from muhatap.feedback import answering
from muhatap.feedback.models import Invitation, Response
from muhatap.flow import intake, listening, surveying, themes
from muhatap.flow import shops as digesting
from muhatap.interactions.models import RawItem
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
from tests.insight.voice_world import reads
from tests.sales.payloads import SECRET, raw, signature, woo_order

__all__ = ["site"]
LATE = ("kargo gelmedi", "kargom gelmedi hani", "kargo hâlâ gelmedi", "kargo yine gelmedi", "bu kargo niye gelmedi")


@pytest.fixture
def heard(page: Page, live_server: Any, site: Site) -> Conversation:
    """Listen: the forum's feed is asked, and its posts are taken in. Can looks at what came."""
    site.answers["GET /feed"] = Said(200, (FOLDER / "forum.atom").read_bytes(), {})
    with transaction.atomic():
        forum = Inbox.objects.create(kind="rss", name="Ev Forumu", settings={"feed_url": f"{site.url}/feed"})
        looking.begin(inbox=forum, at=clock.now())
        causes.bring_in(at=clock.now())
    listening.look(inbox_id=forum.pk, at=clock.now())
    for number in RawItem.objects.filter(digested_at=None).order_by("pk").values_list("pk", flat=True):
        intake.digest(item_id=number, at=clock.now())
    client = Client()
    client.force_login(cast.can())
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page.set_viewport_size({"width": 1440, "height": 900})
    page.set_default_navigation_timeout(60_000)  # the first page of a server brings all its parts
    return Conversation.objects.get(subject="Ihlamur Ev siparişim iki haftadır gelmedi")


def speak(page: Page, language: str, root: str) -> None:
    """The pages in this language, whatever was spoken before."""
    cast.User.objects.update(language=language)
    page.context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": root}])


def parcel_comes(shop: Shop) -> None:
    """The shop's server signs that #10482 is delivered, and a job takes it in."""
    now = f"{clock.now():%Y-%m-%dT%H:%M:%S}"
    body = raw(woo_order(status="completed", date_modified_gmt=now, date_completed_gmt=now))
    signed = {"X-WC-Webhook-Signature": signature(body), "X-WC-Webhook-Topic": "order.updated"}
    headers = signed | {"X-WC-Webhook-Delivery-ID": "1"}
    assert Client().post(f"/hooks/shops/{shop.token}/", body, "application/json", headers=headers).status_code == 200
    digesting.digest(delivery_id=ShopDelivery.objects.get().pk, at=clock.now())


def others_write() -> None:
    """Five more write of late parcels, and the night looks for themes."""
    from muhatap.interactions.models import Interaction

    for n, text in enumerate(LATE):
        claim = cast.Claim(kind="email", value=f"baska{n}@ornek.example", is_verified=True)
        contact = identity.resolve(claims=(claim,), source="email", at=clock.now())
        told = {"kind": "message", "direction": "in", "channel": "email", "at": clock.now(), "recorded_at": clock.now()}
        reads(
            Interaction.objects.create(**told, contact=contact, inbox=cast.support_inbox(), excerpt=text), clock.now()
        )
    themes.themes.look(at=clock.now(), words=_words)


def _words(numbers: Any) -> dict[int, str]:
    from muhatap.interactions.models import Interaction

    return dict(Interaction.objects.filter(pk__in=numbers).values_list("pk", "excerpt"))


def test_a_post_is_heard_understood_promised_kept_asked_about_and_counted(
    page: Page, live_server: Any, heard: Conversation
) -> None:
    root = live_server.url
    reading = Reading.objects.get(interaction__message__conversation=heard, interaction__title__startswith="Ihlamur")
    assert (reading.kind, reading.topic and reading.topic.base) == ("complaint", "delivery")

    # Understand: it says why it was read so.
    page.goto(f"{root}/inbox/{heard.pk}/")
    page.locator(".reading-chip").first.click()
    expect(page.locator(".reading-reason").first).to_be_visible()
    page.keyboard.press("Escape")

    # Act: a case, and a promise by one key each.
    page.keyboard.press("b")
    case = page.locator("#case-dialog form")
    case.locator("[name=cause]").select_option(label="Teslimat › Geç geldi")
    case.locator("[type=submit]").click()
    expect(page.locator("#cases-of-contact .case-line a")).to_be_visible()
    page.keyboard.press("v")
    promise = page.locator("#promise-dialog form")
    promise.locator("[name=what]").fill("Paketi yarına kadar ulaştırıyoruz")
    promise.locator("[type=submit]").click()
    owed = page.locator("#promises-of-contact .promise-line")
    expect(owed).to_contain_text("Paketi yarına kadar")
    owed.locator("button").click()
    expect(owed).to_have_count(0)
    assert Promise.objects.get().state == "kept"
    page.locator("#cases-of-contact .case-line a").click()
    resolve = page.locator("#resolve form")
    resolve.locator("[name=what]").fill("Paket ulaştı, özür olarak indirim kodu verildi")
    resolve.locator("[name=given]").select_option("voucher")
    resolve.locator("[name=amount]").fill("150")
    resolve.locator("[type=submit]").click()
    expect(page.locator(".case-story")).to_contain_text("Paket ulaştı")
    assert Case.objects.get().state == "resolved"

    # She says that she is Ayşe of order 10482: Can joins the two, the shop tells that her parcel came, and she is asked.
    with transaction.atomic():
        shop = shops.connect(
            kind="woocommerce", values={"name": "Ihlamur Ev", "secret": SECRET}, by=cast.selin(), at=clock.now()
        )
        account = cast.Claim(kind="shop", value=shops.account(shop, "20871"), is_verified=True)
        ayse = identity.resolve(claims=(cast.AYSE, account), source="email", at=clock.now())
        asked = survey("nps", inbox=cast.support_inbox(), occasion="delivered", delay_minutes=0)
    page.goto(f"{root}/contacts/merge/?keep={ayse.pk}&drop={heard.contact_id}")
    page.locator("form[action$='/contacts/merge/'] button").click()
    page.wait_for_url(f"**/contacts/{ayse.pk}/")
    parcel_comes(shop)
    invitation = Invitation.objects.get(survey=asked)
    surveying.ask_due(at=clock.now() + timedelta(minutes=1))
    page.goto(f"{root}/rate/{answering.token(invitation)}/")
    page.locator("[name=score][value='9']").check(force=True)
    page.locator("[name=comment]").fill("Geç geldi ama sözünüzü tuttunuz, teşekkürler.")
    page.locator("button[type=submit]").click()
    page.wait_for_url("**/thanks/")
    assert Response.objects.get().score == 9
    page.goto(f"{root}/contacts/{ayse.pk}/")
    expect(page.locator("body")).to_contain_text("sözünüzü tuttunuz")

    # What it came to, in both languages; every number leads to its rows.
    with transaction.atomic():
        others_write()
    theme = Theme.objects.get(words__contains=["kargo"])
    days = f"from={timezone.localdate() - timedelta(days=20)}&to={timezone.localdate()}"
    for language, says in (("tr", "Teslimat"), ("en", "Delivery")):
        speak(page, language, root)
        page.goto(f"{root}/insight/voice/themes/")
        expect(page.locator(f"a[href$='/themes/{theme.pk}/']")).to_be_visible()
        page.goto(f"{root}/cases/cost/")
        expect(page.locator("body")).to_contain_text(says)
        page.goto(f"{root}/insight/voice/?{days}")
        page.locator(f"a[href*='topic={reading.topic_id}&say=complaint']").first.click()
        expect(page.locator(f"a[href*='/inbox/{heard.pk}/']").first).to_be_visible()
    page.goto(f"{root}/insight/voice/answers/?kind=nps&{days}")
    expect(page.locator("table")).to_contain_text("sözünüzü tuttunuz")
