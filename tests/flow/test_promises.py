"""Promises told as stories: said in a letter, reminded of in time, kept or broken by people, never by the clock."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from muhatap.accounts.models import AuditEntry, User, Visibility
from muhatap.channels.contract import Address
from muhatap.contacts import identity
from muhatap.conversations import rearranging
from muhatap.conversations.models import Conversation, Message
from muhatap.flow import notifying, promises, reply
from muhatap.notices import telling, words
from muhatap.notices.models import Kind, Notice
from muhatap.service import promises as questions
from muhatap.service import promising
from muhatap.service.models import Promise
from muhatap.shared import richtext
from tests import cast
from tests.cast import NOW
from tests.conversations.conftest import arrival

pytestmark = pytest.mark.django_db
WORDS = "Paketinizi yarın 18:00'e kadar kargoya veriyoruz."
TOMORROW = datetime.fromisoformat("2026-11-22T18:00:00+03:00")
HOUR = timedelta(hours=1)


def terms(**more: Any) -> promising.Terms:
    told = {"what": "#10482 kargoya verilecek", "due_at": TOMORROW, "time_zone": "Europe/Istanbul", "kind": "delivery"}
    return promising.Terms(**told | more)


@pytest.fixture
def conversation(db: None) -> Conversation:
    return arrival(cast.mail(id="<ayse-1@ornek.example>")).conversation


def given(conversation: Conversation, **more: Any) -> Promise:
    return promises.make(
        contact=conversation.contact, conversation=conversation, terms=terms(**more), by=cast.zeynep(), at=NOW
    )


def sends(conversation: Conversation, text: str = WORDS, by: User | None = None) -> Message:
    answer = reply.Answer(
        html=richtext.from_text(text), to=(Address(email="ayse.yilmaz@ornek.example"),), is_draft=True
    )
    return reply.send(conversation=conversation, answer=answer, by=by or cast.zeynep(), at=NOW)


def events(conversation: Conversation) -> list[str]:
    rows = conversation.messages.filter(kind="event", event__startswith="promise").order_by("pk")
    return list(rows.values_list("event", flat=True))


def follow(conversation: Conversation) -> None:
    for message in conversation.messages.filter(kind="event"):
        notifying.follow(message=message, at=NOW)


def test_a_promise_by_hand_is_owed_told_in_the_thread_and_audited(conversation: Conversation) -> None:
    made = given(conversation, expected_minutes=20, expected_cost=Decimal("89.90"))
    assert (made.state, made.by, made.team, made.first_due_at) == ("open", cast.zeynep(), cast.destek(), TOMORROW)
    assert events(conversation) == ["promised"]
    assert AuditEntry.objects.filter(act="promise.make", object_id=str(made.pk), by_id=cast.zeynep().pk).exists()


def test_a_promise_in_a_draft_is_owed_only_when_the_answer_with_its_words_is_sent(conversation: Conversation) -> None:
    noted = promises.note(conversation=conversation, terms=terms(words=WORDS), by=cast.zeynep(), at=NOW)
    again = promises.note(conversation=conversation, terms=terms(words=WORDS), by=cast.zeynep(), at=NOW)
    assert noted == again
    assert noted.state == "drafted"
    assert events(conversation) == []

    message = sends(conversation, f"Merhaba Ayşe Hanım,\n{WORDS}\nZeynep")
    noted.refresh_from_db()
    assert (noted.state, noted.message_id, noted.conversation_id) == ("open", message.pk, conversation.pk)
    assert events(conversation) == ["promised"]


def test_a_promise_whose_words_were_written_over_stays_in_the_draft(conversation: Conversation) -> None:
    noted = promises.note(conversation=conversation, terms=terms(words=WORDS), by=cast.zeynep(), at=NOW)
    sends(conversation, "Depoya soruyorum, size yazarım.")
    noted.refresh_from_db()
    assert noted.state == "drafted"
    assert promising.forget_draft(promise=noted)
    assert not Promise.objects.exists()


def test_a_colleagues_answer_says_nobody_elses_promise(conversation: Conversation) -> None:
    noted = promises.note(conversation=conversation, terms=terms(words=WORDS), by=cast.zeynep(), at=NOW)
    sends(conversation, by=cast.can())
    noted.refresh_from_db()
    assert noted.state == "drafted"


def test_a_send_taken_back_puts_its_promise_into_the_draft_again(conversation: Conversation) -> None:
    noted = promises.note(conversation=conversation, terms=terms(words=WORDS), by=cast.zeynep(), at=NOW)
    message = sends(conversation)
    assert reply.take_back(message=message, by=cast.zeynep(), at=NOW)
    noted.refresh_from_db()
    assert (noted.state, noted.message_id) == ("drafted", None)
    assert events(conversation) == []
    sends(conversation)
    noted.refresh_from_db()
    assert noted.state == "open"


@pytest.mark.parametrize("outcome", ["kept", "broken", "withdrawn"])
def test_a_person_says_how_it_ended_and_may_take_that_back(conversation: Conversation, outcome: str) -> None:
    made = given(conversation)
    how = {"minutes": 35, "cost": Decimal("120"), "why": "Kargo firması gelmedi"}
    ending = promises.end(promise=made, outcome=outcome, by=cast.can(), at=NOW + HOUR, **how)
    made.refresh_from_db()
    assert (made.state, made.ended_at, ending.by, ending.actual_minutes) == (outcome, NOW + HOUR, cast.can(), 35)
    with pytest.raises(promising.HasEnded):
        promises.end(promise=made, outcome="kept", by=cast.can(), at=NOW + HOUR)

    promises.reopen(promise=made, by=cast.can(), at=NOW + HOUR)
    made.refresh_from_db()
    ending.refresh_from_db()
    assert (made.state, made.ended_at, ending.undone_by) == ("open", None, cast.can())
    assert events(conversation) == ["promised", f"promise_{outcome}", "promise_reopened"]


def test_what_was_kept_in_time_and_pressed_late_counts_as_in_time(conversation: Conversation) -> None:
    made, pressed = given(conversation), TOMORROW + HOUR
    for never in (NOW - HOUR, pressed + HOUR):
        with pytest.raises(promising.NotThenEnded):
            promises.end(promise=made, outcome="kept", ended_at=never, by=cast.zeynep(), at=pressed)

    ending = promises.end(promise=made, outcome="kept", ended_at=TOMORROW - HOUR, by=cast.zeynep(), at=pressed)
    made.refresh_from_db()
    assert (made.ended_at, made.was_kept_late, ending.at) == (TOMORROW - HOUR, False, pressed)
    assert questions.tally(Promise.objects.all(), at=pressed).kept == 1
    told = AuditEntry.objects.get(act="promise.kept")
    assert (told.at, told.details["ended_at"]) == (pressed, (TOMORROW - HOUR).isoformat())


def test_a_promise_may_be_kept_within_the_minute_it_was_given_in(conversation: Conversation) -> None:
    made = given(conversation)
    Promise.objects.filter(pk=made.pk).update(made_at=NOW + timedelta(seconds=40))
    promises.end(promise=made, outcome="kept", ended_at=NOW, by=cast.zeynep(), at=NOW + HOUR)
    assert Promise.objects.get().state == "kept"


@pytest.mark.parametrize("outcome", ["broken", "withdrawn"])
def test_nobody_breaks_or_withdraws_a_promise_without_saying_why(conversation: Conversation, outcome: str) -> None:
    made = given(conversation)
    with pytest.raises(promising.NoReason):
        promises.end(promise=made, outcome=outcome, by=cast.zeynep(), at=NOW, why="  ")


def test_putting_off_keeps_the_first_moment_and_reminds_anew(conversation: Conversation) -> None:
    made = given(conversation)
    promises.watch(at=TOMORROW + HOUR)
    later = TOMORROW + timedelta(days=2)
    promises.put_off(
        promise=made, due_at=later, why="Ayşe Hanım pazartesi istedi", by=cast.zeynep(), at=TOMORROW + HOUR
    )
    made.refresh_from_db()
    assert (made.due_at, made.first_due_at, made.missed_at) == (later, TOMORROW, None)
    with pytest.raises(promising.NotThen):
        promises.put_off(promise=made, due_at=NOW, why="dün", by=cast.zeynep(), at=TOMORROW)


def test_it_reminds_its_owner_once_before_and_says_once_that_it_is_over(conversation: Conversation) -> None:
    made = given(conversation)
    promises.watch(at=TOMORROW - timedelta(hours=4))
    assert events(conversation) == ["promised"]
    for _twice in range(2):
        promises.watch(at=TOMORROW - HOUR)
    assert events(conversation) == ["promised", "promise_near"]
    for _twice in range(2):
        promises.watch(at=TOMORROW + HOUR)
    assert events(conversation) == ["promised", "promise_near", "promise_missed"]

    follow(conversation)
    told = Notice.objects.filter(kind=Kind.PROMISE)
    assert [notice.user for notice in told] == [cast.zeynep(), cast.zeynep()]
    made.refresh_from_db()
    assert made.state == "open", "the clock breaks no promise"
    assert made.is_overdue(TOMORROW + HOUR)


def test_a_promise_to_somebody_who_never_wrote_rings_by_itself_and_for_others_when_its_maker_left() -> None:
    fatih = identity.resolve(
        claims=[cast.Claim(kind="phone", value="+905321234199", is_verified=True)], source="t", at=NOW
    )
    zeynep, deniz = cast.zeynep(), cast.deniz()
    made = promises.make(contact=fatih, terms=terms(), by=zeynep, at=NOW)
    for at in (TOMORROW - HOUR, TOMORROW - HOUR):
        promises.watch(at=at)
    [told] = telling.grouped(zeynep)
    assert (told.notice.kind, words.path(told.notice), told.n_unseen) == (Kind.PROMISE, f"/promises/{made.pk}/", 1)
    telling.see_thing(user=zeynep, thing=made, at=TOMORROW)
    assert telling.n_unseen(zeynep) == 0

    zeynep.is_active = False
    zeynep.save()
    promises.watch(at=TOMORROW + HOUR)
    assert Notice.objects.latest("pk").user == deniz
    assert "Zeynep Arslan" in words.said(telling.grouped(deniz)[0].notice).text


def test_a_promise_made_outside_of_a_conversation_is_reminded_of_in_the_contacts_newest(
    conversation: Conversation,
) -> None:
    promises.make(contact=conversation.contact, terms=terms(), by=cast.zeynep(), at=NOW)
    assert events(conversation) == []
    promises.watch(at=TOMORROW - HOUR)
    assert events(conversation) == ["promise_near"]


def test_handed_over_it_is_owed_by_another_who_is_told_and_reminded(conversation: Conversation) -> None:
    made, can = given(conversation), cast.can()
    promises.hand_over(promise=made, to=can, by=cast.zeynep(), at=NOW)
    promises.hand_over(promise=made, to=can, by=cast.zeynep(), at=NOW)
    made.refresh_from_db()
    [handed] = made.hand_overs.all()
    assert (made.by, handed.was, handed.became, handed.by) == (can, cast.zeynep(), can, cast.zeynep())
    assert events(conversation) == ["promised", "promise_handed"]
    assert AuditEntry.objects.get(act="promise.hand_over").details == {"was": "Zeynep Arslan", "to": "Can Aydın"}
    [told] = telling.grouped(can)
    assert (told.notice.kind, words.path(told.notice)) == (Kind.PROMISE, f"/promises/{made.pk}/")
    assert made.what in words.said(told.notice).text

    promises.watch(at=TOMORROW - HOUR)
    follow(conversation)
    assert [notice.user for notice in Notice.objects.filter(message__event="promise_near")] == [can]


def test_whoever_is_given_a_promise_of_a_conversation_they_do_not_see_hears_of_it_all_the_same(
    conversation: Conversation,
) -> None:
    made = given(conversation)
    blind = cast.staff("veli@ihlamurev.example", "Veli Tok", "agent", Visibility.OWN)
    promises.hand_over(promise=made, to=blind, by=cast.zeynep(), at=NOW)
    promises.watch(at=TOMORROW - HOUR)
    follow(conversation)
    assert list(Notice.objects.filter(user=blind).order_by("pk").values_list("event", flat=True)) == [
        "promise_given", "promise_near",
    ]  # fmt: skip
    assert telling.n_unseen(blind) == 1, "both of one promise"


def test_a_promise_goes_to_nobody_who_left_or_may_have_none_and_not_when_it_has_ended(
    conversation: Conversation,
) -> None:
    made, can = given(conversation), cast.can()
    gone = cast.staff("veli@ihlamurev.example", "Veli Tok", "agent")
    gone.is_active = False
    for to in (gone, cast.ece()):
        with pytest.raises(promising.NotForThem):
            promises.hand_over(promise=made, to=to, by=can, at=NOW)
    promises.end(promise=made, outcome="kept", by=can, at=NOW)
    with pytest.raises(promising.HasEnded):
        promises.hand_over(promise=made, to=can, by=can, at=NOW)
    made.refresh_from_db()
    assert made.by == cast.zeynep()


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"what": " "}, promising.NothingPromised),
        ({"due_at": NOW}, promising.NotThen),
        ({"due_at": NOW + timedelta(days=4000)}, promising.NotThen),
        ({"expected_cost": Decimal(-1)}, promising.BadCost),
        ({"expected_minutes": 10**8}, promising.BadCost),
    ],
)
def test_what_makes_no_sense_is_not_promised(conversation: Conversation, wrong: dict[str, Any], error: Any) -> None:
    with pytest.raises(error):
        given(conversation, **wrong)
    assert not Promise.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"state": "kept"},
        {"ended_at": NOW},
        {"what": ""},
        {"due_at": NOW},
        {"kind": "wish"},
        {"currency": "try"},
        {"state": "drafted", "message_id": 7},
    ],
)
def test_the_database_refuses_what_cannot_be(conversation: Conversation, change: dict[str, Any]) -> None:
    made = given(conversation)
    with pytest.raises(IntegrityError), transaction.atomic():
        Promise.objects.filter(pk=made.pk).update(**change)


def test_one_reads_ones_own_promises_and_those_of_conversations_one_sees(conversation: Conversation) -> None:
    made = given(conversation)
    noted = promises.note(conversation=conversation, terms=terms(words=WORDS), by=cast.zeynep(), at=NOW)
    blind = cast.staff("veli@ihlamurev.example", "Veli Tok", "agent", Visibility.OWN)
    assert set(promises.visible_to(cast.zeynep())) == {made, noted}
    assert set(promises.visible_to(cast.can())) == {made}, "a draft is its writer's"
    assert not promises.visible_to(blind).exists()

    other = arrival(cast.mail(id="<ayse-2@ornek.example>", subject="Başka konu")).conversation
    if other.pk != conversation.pk:
        rearranging.merge(conversation=conversation, target=other, by=cast.can(), at=NOW)
        assert made in promises.visible_to(cast.can())


def test_the_share_counts_what_is_overdue_and_leaves_out_what_was_withdrawn(conversation: Conversation) -> None:
    kept, late, overdue, withdrawn, _ahead = (given(conversation) for _n in range(5))
    Promise.objects.exclude(pk__in=[kept.pk]).update(due_at=TOMORROW - 2 * HOUR, remind_at=NOW)
    Promise.objects.filter(pk=_ahead.pk).update(due_at=TOMORROW + 9 * HOUR)
    end = {"by": cast.zeynep(), "at": TOMORROW - HOUR}
    promises.end(promise=kept, outcome="kept", minutes=30, cost=Decimal("10.50"), **end)
    promises.end(promise=late, outcome="kept", minutes=15, **end)
    promises.end(promise=withdrawn, outcome="withdrawn", why="İstemedi", **end)
    promises.end(promise=overdue, outcome="broken", why="yanlış", minutes=500, **end)
    promises.reopen(promise=overdue, by=cast.zeynep(), at=TOMORROW)

    found = questions.tally(Promise.objects.all(), at=TOMORROW)
    assert (found.kept, found.late, found.overdue, found.withdrawn, found.open, found.broken) == (1, 1, 1, 1, 1, 0)
    assert found.share == pytest.approx(1 / 3)
    assert (found.ended, found.told) == (3, 2), "who broke it and took that back told nothing"
    assert (found.minutes, found.costs) == (45, (("TRY", Decimal("10.5000")),))
    assert questions.tallies(Promise.objects.all(), "kind", at=TOMORROW)["delivery"] == found
