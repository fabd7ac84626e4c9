"""Acts of the list and the card through their doors: what is answered, what is refused, and what stays as typed."""

import pytest
from django.test import Client

from muhatap.contacts import designing
from muhatap.conversations import bulk, filling
from muhatap.conversations.models import BulkAct, Conversation, Message, SenderBlock
from tests import cast
from tests.conversations.conftest import arrival, conversation_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def letter(db: None) -> Message:
    return arrival(cast.mail(cast.STRANGER, id="<1@baska.example>"))


@pytest.fixture
def can(client: Client) -> Client:
    can = cast.can()
    can.language = "en"
    can.save(update_fields=["language"])
    client.force_login(can)
    return client


def test_many_rows_get_a_priority_and_the_way_back(can: Client, letter: Message) -> None:
    answer = can.post("/inbox/bulk/", {"do": "priority:2", "chosen": [letter.conversation_id, "²", "x"]})

    assert "1 conversation: priority Urgent." in answer.content.decode()
    assert answer["HX-Trigger"] == "bulk-told"
    undone = can.post(f"/inbox/bulk/{BulkAct.objects.get().pk}/undoing/").content.decode()
    assert "Taken back on 1 conversation." in undone
    assert "taken back already" in can.post(f"/inbox/bulk/{BulkAct.objects.get().pk}/undoing/").content.decode()


@pytest.mark.parametrize(
    "told",
    [
        {"do": "resolve"},
        {"do": ""},
        {"do": "explode", "chosen": "1"},
        {"do": "assign:999999"},
        {"do": "assign:x"},
        {"do": "team:"},
        {"do": "tag", "tag_name": ""},
        {"do": "tag", "tag_name": "x" * 61},
        {"do": "untag:0"},
        {"do": "priority:9"},
        {"do": "priority:"},
        {"do": "priority:--2"},
        {"do": "snooze:yesterday"},
        {"do": "merge"},
    ],
)
def test_what_cannot_be_done_is_answered_with_a_sentence(can: Client, letter: Message, told: dict[str, str]) -> None:
    chosen = {"chosen": letter.conversation_id} if told["do"] not in ("resolve",) else {}

    answer = can.post("/inbox/bulk/", chosen | told)

    assert answer.status_code == 200
    assert any(word in answer.content.decode() for word in ("Nothing was", "Not tagged"))
    assert Conversation.objects.get().status == "open"


def test_all_of_a_view_are_done_in_the_background_and_can_be_stopped(can: Client) -> None:
    for n in range(55):
        conversation_of(f"Kişi {n}")

    answer = can.post("/inbox/bulk/", {"do": "resolve", "all": "1", "view": "all", "query": "order=oldest"})

    act = BulkAct.objects.get()
    assert (act.n_total, act.state) == (55, "running")
    assert f'hx-get="/inbox/bulk/{act.pk}/"' in answer.content.decode()
    can.post(f"/inbox/bulk/{act.pk}/stopping/")
    bulk.run(bulk_id=act.pk, at=cast.NOW)
    assert "Stopped." in can.get(f"/inbox/bulk/{act.pk}/").content.decode()
    assert not Conversation.objects.filter(status="resolved").exists()


def test_nobody_looks_at_or_stops_the_acts_of_others(client: Client, letter: Message) -> None:
    act = bulk.ask(act="resolve", value={}, conversation_ids=[letter.conversation_id], by=cast.can(), at=cast.NOW)
    client.force_login(cast.zeynep())

    assert client.get(f"/inbox/bulk/{act.pk}/").status_code == 404
    assert client.post(f"/inbox/bulk/{act.pk}/undoing/").status_code == 404


def test_resolving_and_snoozing_offer_the_way_back(can: Client, letter: Message) -> None:
    number = letter.conversation_id
    for path, undo in (("closure/", "closure/undoing/"), ("snooze/?until=tomorrow", "snooze/undoing/")):
        answer = can.post(f"/inbox/{number}/{path}").content.decode()
        assert f'hx-post="/inbox/{number}/{undo}"' in answer
        can.post(f"/inbox/{number}/{undo}")
        found = Conversation.objects.get(pk=number)
        assert (found.status, found.waiting_since) == ("open", letter.at)


def test_what_is_closed_does_not_sleep(can: Client, letter: Message) -> None:
    can.post(f"/inbox/{letter.conversation_id}/closure/")

    assert "Reopen it first" in can.post(f"/inbox/{letter.conversation_id}/snooze/?until=hour").content.decode()


def test_a_snoozed_conversation_says_until_when(can: Client, letter: Message) -> None:
    page = can.post(f"/inbox/{letter.conversation_id}/snooze/?until=week").content.decode()

    assert "Snoozed, " in page


def test_a_priority_stands_in_head_and_row(can: Client, letter: Message) -> None:
    page = can.post(f"/inbox/{letter.conversation_id}/priority/?to=2").content.decode()

    assert "Urgent" in page
    assert "row-priority is-urgent" in can.get("/inbox/in/all/").content.decode()
    assert can.post(f"/inbox/{letter.conversation_id}/priority/?to=7").status_code == 404


def test_spam_can_block_its_sender(can: Client, letter: Message) -> None:
    page = can.post(f"/inbox/{letter.conversation_id}/spam/?block=sender").content.decode()

    assert "yabanci@baska.example is blocked." in page
    row = SenderBlock.objects.get()
    assert row.value in can.get("/inbox/blocked/").content.decode()
    can.post(f"/inbox/blocked/{row.pk}/lifting/")
    assert not SenderBlock.objects.filter(lifted_at=None).exists()


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"value": "gmail.com"}, "many customers write"),
        ({"value": "ihlamurev.example"}, "our own"),
        ({"value": "hiç"}, "neither a whole address"),
        ({"value": "baska.example", "until": "2020-01-01"}, "this day has passed"),
    ],
)
def test_what_is_not_blocked_stays_as_typed_with_why(
    can: Client, letter: Message, told: dict[str, str], said: str
) -> None:
    page = can.post("/inbox/blocked/", told).content.decode()

    assert said in page and f'value="{told["value"]}"' in page


def test_own_fields_are_filled_in_the_card_and_keep_what_was_typed_wrong(can: Client, letter: Message) -> None:
    designing.define(label="Tutar", kind="money", about="conversation", by=cast.deniz(), at=cast.NOW)
    number = letter.conversation_id

    wrong = can.post(f"/inbox/{number}/fields/", {"f_tutar": "çok"}).content.decode()
    assert 'value="çok"' in wrong and "This is not an amount" in wrong
    right = can.post(f"/inbox/{number}/fields/", {"f_tutar": "1.249,90 ₺"}).content.decode()
    assert "₺1,249.90" in right
    assert filling.of(letter.conversation) == {"tutar": {"amount": "1249.9", "currency": "TRY"}}


def test_following_from_the_card(can: Client, letter: Message) -> None:
    number = letter.conversation_id
    stranger = cast.staff("gul@ihlamurev.example", "Gül Taş", "agent", "own")

    assert "Unfollow" in can.post(f"/inbox/{number}/followers/").content.decode()
    assert (
        "does not see this conversation" in can.post(f"/inbox/{number}/followers/?who={stranger.pk}").content.decode()
    )
    can.post(f"/inbox/{number}/followers/?who={cast.zeynep().pk}")
    assert letter.conversation.followers.count() == 2
    can.post(f"/inbox/{number}/followers/{cast.can().pk}/removal/")
    assert [one.user for one in letter.conversation.followers.all()] == [cast.zeynep()]


def test_who_only_reads_may_follow_but_have_nobody_follow(client: Client, letter: Message) -> None:
    client.force_login(cast.ece())
    number = letter.conversation_id

    assert client.post(f"/inbox/{number}/followers/").status_code == 200
    assert client.post(f"/inbox/{number}/followers/?who={cast.can().pk}").status_code == 403
    assert client.post("/inbox/bulk/", {"do": "resolve", "chosen": number}).status_code == 403
    assert "data-pick-row" not in client.get("/inbox/in/all/").content.decode()
