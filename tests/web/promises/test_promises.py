"""Promises as pages: the list and its keys' forms, one promise and its end, the customer card's part, Today, the report."""

import re
from datetime import timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from muhatap.accounts.models import User
from muhatap.conversations.models import Conversation
from muhatap.flow import promises
from muhatap.sales.models import Order, Shop
from muhatap.service import promising
from muhatap.service.models import Promise
from muhatap.shared import clock
from tests import cast
from tests.conversations.conftest import conversation_of

pytestmark = pytest.mark.django_db
HTMX = {"headers": {"HX-Request": "true"}}


def english(user: User) -> User:
    user.language = "en"
    user.save()
    return user


@pytest.fixture
def zeynep(client: Client) -> Client:
    client.force_login(english(cast.zeynep()))
    return client


@pytest.fixture
def can() -> Client:
    client = Client()
    client.force_login(english(cast.can()))
    return client


@pytest.fixture
def conversation() -> Conversation:
    return conversation_of("Ayşe Yılmaz")


def promised(conversation: Conversation, what: str, hours: float, by: User | None = None, **more: Any) -> Promise:
    """Due so many hours from now; overdue when that is before now."""
    now = clock.now()
    made = now - timedelta(days=3)
    terms = promising.Terms(
        what=what, due_at=now + timedelta(hours=hours), time_zone="Europe/Istanbul", **{"kind": "delivery"} | more
    )
    return promises.make(
        contact=conversation.contact, conversation=conversation, terms=terms, by=by or cast.zeynep(), at=made
    )


def local(hours: float) -> str:
    return f"{timezone.localtime(clock.now() + timedelta(hours=hours)):%Y-%m-%dT%H:%M}"


def test_the_list_says_what_is_overdue_and_holds_mine_until_asked_for_all(
    zeynep: Client, conversation: Conversation
) -> None:
    promised(conversation, "Kargoya verilecek", -2)
    promised(conversation, "Fiyat gönderilecek", 3)
    promised(conversation, "Can arayacak", 4, by=cast.can())
    page = zeynep.get("/promises/").content.decode()
    assert "1 promise of yours is overdue, 1 promise of yours is due within a day." in page
    assert page.index("Kargoya verilecek") < page.index("Fiyat gönderilecek")
    assert "Can arayacak" not in page
    assert "Can arayacak" in zeynep.get("/promises/?whose=all").content.decode()
    overdue = zeynep.get("/promises/?state=overdue").content.decode()
    assert "Kargoya verilecek" in overdue and "Fiyat gönderilecek" not in overdue


def test_kept_at_one_press_and_taken_back(zeynep: Client, conversation: Conversation) -> None:
    made = promised(conversation, "Kargoya verilecek", 3)
    answer = zeynep.post(f"/promises/{made.pk}/keeping/", **HTMX)
    assert answer["HX-Trigger"] == "promises"
    assert f"/promises/{made.pk}/reopening/" in answer.content.decode()
    made.refresh_from_db()
    assert made.state == "kept"
    assert "said before" in zeynep.post(f"/promises/{made.pk}/keeping/", **HTMX).content.decode()
    zeynep.post(f"/promises/{made.pk}/reopening/", **HTMX)
    made.refresh_from_db()
    assert made.state == "open"


def test_breaking_asks_why_and_keeps_what_was_typed(zeynep: Client, conversation: Conversation) -> None:
    made = promised(conversation, "Kargoya verilecek", -2)
    refused = zeynep.post(f"/promises/{made.pk}/ending/", {"outcome": "broken", "minutes": "40", "why": ""})
    assert refused.status_code == 422
    assert 'value="40"' in refused.content.decode()
    told = {"outcome": "broken", "minutes": "40", "cost": "89.90", "why": "Depoda kalmamış"}
    assert zeynep.post(f"/promises/{made.pk}/ending/", told).status_code == 302
    page = zeynep.get(f"/promises/{made.pk}/").content.decode()
    assert "Depoda kalmamış" in page and "40 min, ₺89.90" in page


def test_whoever_comes_to_say_it_late_says_when_it_was_kept(zeynep: Client, conversation: Conversation) -> None:
    made = promised(conversation, "Kargoya verilecek", -2)
    told = {"outcome": "kept", "minutes": "15"}
    for never in (local(1), local(-24 * 30)):
        refused = zeynep.post(f"/promises/{made.pk}/ending/", told | {"ended_at": never})
        page = refused.content.decode()
        assert refused.status_code == 422 and "not before it was promised" in page
        assert f'value="{never}"' in page and 'value="15"' in page
    assert zeynep.post(f"/promises/{made.pk}/ending/", told | {"ended_at": local(-3)}).status_code == 302
    page = zeynep.get(f"/promises/{made.pk}/").content.decode()
    assert "Kept late" not in page and "Written down" in page
    assert "Kargoya verilecek" in zeynep.get("/promises/?state=in_time").content.decode()


def test_one_press_after_the_moment_says_that_it_counts_as_late(zeynep: Client, conversation: Conversation) -> None:
    made = promised(conversation, "Kargoya verilecek", -2)
    answer = zeynep.post(f"/promises/{made.pk}/keeping/", **HTMX).content.decode()
    assert "Kept late: Kargoya verilecek." in answer and "say when on its page" in answer


def test_putting_off_shows_the_first_moment_too(zeynep: Client, conversation: Conversation) -> None:
    made = promised(conversation, "Kargoya verilecek", 2)
    assert zeynep.post(f"/promises/{made.pk}/putting-off/", {"due_at": local(-5), "why": "geç"}).status_code == 422
    zeynep.post(f"/promises/{made.pk}/putting-off/", {"due_at": local(30), "why": "Ayşe Hanım yarın istedi"})
    page = zeynep.get(f"/promises/{made.pk}/").content.decode()
    assert "First due" in page and "Ayşe Hanım yarın istedi" in page


def test_given_to_a_colleague_it_is_theirs_and_the_page_tells_the_way_it_went(
    zeynep: Client, conversation: Conversation
) -> None:
    made = promised(conversation, "Kargoya verilecek", 3)
    page = zeynep.get(f"/promises/{made.pk}/").content.decode()
    cast.ece()
    assert "Give to…" not in page, "there is nobody else"
    can = cast.can()
    page = zeynep.get(f"/promises/{made.pk}/").content.decode()
    assert f'<option value="{can.pk}">Can Aydın</option>' in page and "Ece Tan" not in page
    assert zeynep.post(f"/promises/{made.pk}/giving/", {"to": str(cast.ece().pk)}).status_code == 422
    zeynep.post(f"/promises/{made.pk}/giving/", {"to": str(can.pk)})
    made.refresh_from_db()
    assert made.by == can
    page = zeynep.get(f"/promises/{made.pk}/").content.decode()
    assert "Zeynep Arslan → Can Aydın" in page
    assert "Kargoya verilecek" not in zeynep.get("/promises/?whose=mine").content.decode()
    thread = zeynep.get(f"/inbox/{conversation.pk}/").content.decode()
    assert "gave the promise “Kargoya verilecek” to Can Aydın" in thread


def test_by_hand_over_a_conversation(zeynep: Client, conversation: Conversation) -> None:
    url = f"/promises/to/{conversation.contact_id}/?conversation={conversation.pk}"
    assert f'hx-post="{url}"' in zeynep.get(url, **HTMX).content.decode()
    told = {"what": "Takip numarası yazılacak", "due_at": local(4), "kind": "answer", "expected_minutes": "5"}
    assert "dialog-head" in zeynep.post(url, told | {"due_at": local(-4)}, **HTMX).content.decode()
    answer = zeynep.post(url, told, **HTMX)
    assert "<dialog" in answer.content.decode() and answer["HX-Trigger"] == "promises"
    made = Promise.objects.get()
    assert (made.conversation_id, made.by, made.expected_minutes) == (conversation.pk, cast.zeynep(), 5)
    assert "Takip numarası yazılacak" in zeynep.get(f"/inbox/{conversation.pk}/").content.decode()


def test_the_customers_card_shows_what_is_owed_and_how_many_were_kept(
    zeynep: Client, conversation: Conversation
) -> None:
    made = promised(conversation, "Kargoya verilecek", 3)
    promises.end(promise=made, outcome="kept", by=cast.zeynep(), at=clock.now())
    promised(conversation, "Takip numarası yazılacak", 3)
    part = zeynep.get(f"/promises/of/{conversation.contact_id}/").content.decode()
    assert "Takip numarası yazılacak" in part and "1 kept" in part and "Kargoya verilecek" not in part
    page = zeynep.get(f"/contacts/{conversation.contact_id}/").content.decode()
    assert f"/promises/of/{conversation.contact_id}/" in page and "promise-dialog" in page


def test_today_says_what_breaks_its_promise_soon(zeynep: Client, conversation: Conversation) -> None:
    promised(conversation, "Kargoya verilecek", -2)
    promised(conversation, "Fiyat gönderilecek", 3)
    promised(conversation, "Bir hafta sonra", 7 * 24)
    page = zeynep.get("/today/?whose=mine").content.decode()
    assert page.index("Kargoya verilecek") < page.index("Fiyat gönderilecek")
    assert "2 h over" in page and "Bir hafta sonra" not in page


def test_an_analyst_reads_promises_and_makes_none(conversation: Conversation) -> None:
    ece, made = Client(), promised(conversation, "Kargoya verilecek", 3)
    ece.force_login(english(cast.ece()))
    page = ece.get("/promises/?whose=all").content.decode()
    assert "Kargoya verilecek" in page and "Kept it" not in page
    assert ece.post(f"/promises/{made.pk}/keeping/").status_code == 403


def test_the_report_counts_and_each_number_leads_to_its_rows(can: Client, conversation: Conversation) -> None:
    kept, broken, _overdue = (promised(conversation, f"Söz {n}", -1 - n) for n in range(3))
    by, now = cast.zeynep(), clock.now()
    promises.end(
        promise=kept, outcome="kept", by=by, at=kept.due_at - timedelta(hours=1), minutes=90, cost=Decimal("10")
    )
    promises.end(promise=broken, outcome="broken", by=by, at=now, why="Kargo gelmedi")
    page = can.get("/promises/report/").content.decode()
    assert "1 of 3 promises were kept in time, 33%; they took at least 1 h 30 min, ₺10.00." in page
    assert "1 of 2 ended promises say what they took" in page and "1 does not" in page
    for state, what, other in (("told", "Söz 0", "Söz 1"), ("untold", "Söz 1", "Söz 0")):
        link = re.search(rf'href="(/promises/\?[^"]*state={state}[^"]*)"', page)
        rows = can.get(unescape(link[1])).content.decode() if link else ""
        assert what in rows and other not in rows and "Söz 2" not in rows
    assert "By team" in page and "state=in_time&amp;kind=delivery" in page
    today = timezone.localtime(now).date()
    rows = can.get(f"/promises/?whose=all&state=in_time&kind=delivery&from={today - timedelta(days=9)}&to={today}")
    assert "Söz 0" in rows.content.decode() and "Söz 1" not in rows.content.decode()

    Promise.objects.filter(pk=broken.pk).update(team=None)
    assert "team=0" in can.get("/promises/report/").content.decode()
    rows = can.get("/promises/?whose=all&state=said&team=0").content.decode()
    assert "Söz 1" in rows and "Söz 0" not in rows and "Without a team" in rows

    file = can.get("/promises/report/export/")
    text = b"".join(file.streaming_content).decode()
    assert "Söz 1" in text and "Kargo gelmedi" in text
    assert b"Dispatch or delivery" in b"".join(can.get("/promises/report/export/?table=kind").streaming_content)


def test_the_report_tells_promises_to_dear_customers_apart(can: Client, conversation: Conversation) -> None:
    shop = Shop.objects.create(kind="feed", name="Ihlamur Ev", token="t", created_at=clock.now())
    told = {"shop": shop, "placed_at": clock.now(), "modified_at": clock.now(), "recorded_at": clock.now()}
    others = [conversation_of(f"Kişi {n}").contact for n in range(9)]
    for n, contact in enumerate([conversation.contact, *others]):
        Order.objects.create(external_id=str(n), number=str(n), currency="TRY", total=1000 - n, contact=contact, **told)
    promised(conversation, "Kargoya verilecek", -1)
    promised(conversation_of("Siparişsiz"), "Bilgi yazılacak", -1)
    page = can.get("/promises/report/").content.decode()
    assert "The tenth whose orders come to most" in page and "Without an order" in page and "upper half" not in page
    rows = can.get("/promises/?whose=all&state=overdue&value=top").content.decode()
    assert "Kargoya verilecek" in rows and "Bilgi yazılacak" not in rows


def test_an_agents_report_is_of_their_own_promises(zeynep: Client, conversation: Conversation) -> None:
    promised(conversation, "Can arayacak", -1, by=cast.can())
    page = zeynep.get("/promises/report/?whose=all").content.decode()
    assert "No promise was due in these days." in page and "By team" not in page
