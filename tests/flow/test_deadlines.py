"""Promises on conversations, told as stories: what is owed, until when, and what becomes of it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from muhatap.channels.contract import Address
from muhatap.contacts import tagging as words
from muhatap.conversations import closing, rearranging, snoozing, tagging, threads
from muhatap.conversations.models import Closure, Conversation, Deadline, Message
from muhatap.flow import deadlines, reply
from muhatap.service import holidays, hours, policies
from muhatap.service.models import BusinessHours, SlaPolicy
from muhatap.shared import richtext
from tests import cast
from tests.conversations.conftest import arrival

pytestmark = pytest.mark.django_db
FRIDAY = datetime.fromisoformat("2026-11-20T17:30:00+03:00")


def policy(name: str = "Herkes", **fields: Any) -> SlaPolicy:
    """An answer within an hour, each next one within two, done within a day; round the clock."""
    promised = {
        **{name: [] for name in policies.CONDITIONS},
        "first_response_minutes": 60,
        "next_response_minutes": 120,
        "resolution_minutes": 1440,
        "warn_minutes": 20,
        "hours": None,
        "pauses_waiting": True,
        "pauses_snoozed": True,
    }
    return policies.save(policy=SlaPolicy(), name=name, fields=promised | fields, by=None, at=cast.NOW)


def office() -> BusinessHours:
    return hours.save(
        hours=BusinessHours(), name="Mesai", time_zone="Europe/Istanbul", week=hours.OFFICE, keeps_holidays=True,
        by=None, at=cast.NOW,
    )  # fmt: skip


def writes(id: str, minute: float, *, after: str = "", at: datetime = cast.NOW, **more: Any) -> Conversation:
    """Ayşe writes so many minutes after the story's beginning, and what follows is done."""
    moment = at + cast.minutes(minute)
    chain: dict[str, Any] = {"in_reply_to": f"<{after}>", "references": (f"<{after}>",)} if after else {}
    message = arrival(cast.mail(id=f"<{id}>", **({"at": moment} | chain | more)))
    Message.objects.filter(pk=message.pk).update(recorded_at=moment)
    Closure.objects.filter(conversation=message.conversation, ended_at=cast.NOW).update(ended_at=moment)
    follows(message, moment)
    return message.conversation


def answers(conversation: Conversation, minute: float, *, by: Any = "zeynep", at: datetime = cast.NOW) -> Message:
    moment = at + cast.minutes(minute)
    said = reply.Answer(html=richtext.from_text("Yolda."), to=(Address(email="ayse.yilmaz@ornek.example"),))
    message = reply.send(conversation=conversation, answer=said, by=cast.zeynep() if by else None, at=moment)
    follows(message, moment)
    return message


def follows(message: Message, moment: datetime) -> None:
    deadlines.follow(message=Message.objects.select_related("conversation").get(pk=message.pk), at=moment)


def told(conversation: Conversation, event: str) -> Message:
    """What follows from the newest event of this name."""
    message = conversation.messages.filter(event=event).latest("id")
    follows(message, message.at)
    return message


def promise(kind: str, conversation: Conversation | None = None) -> Deadline:
    found = Deadline.objects.filter(kind=kind)
    return (found.filter(conversation=conversation) if conversation else found).latest("started_at")


def minute_of(moment: datetime | None) -> float | None:
    return (moment - cast.NOW).total_seconds() / 60 if moment else None


def shown(conversation: Conversation) -> float | None:
    return minute_of(Conversation.objects.get(pk=conversation.pk).next_deadline_at)


def test_a_first_letter_is_owed_an_answer_and_an_end() -> None:
    policy()
    conversation = writes("1", 0)
    assert {deadline.kind: minute_of(deadline.due_at) for deadline in Deadline.objects.all()} == {
        "first_response": 60, "resolution": 1440,
    }  # fmt: skip
    assert shown(conversation) == 60


def test_a_person_who_answers_keeps_the_promise_and_a_machine_does_not() -> None:
    policy()
    conversation = writes("1", 0)
    answers(conversation, 5, by=None)
    assert promise("first_response").is_open
    answers(conversation, 30)
    kept = promise("first_response")
    assert (minute_of(kept.met_at), kept.breached_at, kept.worked_seconds) == (30, None, 1800)
    assert shown(conversation) is None  # the resolution rests: it is their turn


def test_the_next_letter_is_owed_the_next_answer_from_its_first_unanswered_word() -> None:
    policy()
    conversation = writes("1", 0)
    answers(conversation, 30)
    writes("2", 100, after="1")
    writes("3", 150, after="1")
    assert minute_of(promise("next_response").due_at) == 220
    assert shown(conversation) == 220
    assert Deadline.objects.filter(kind="next_response").count() == 1


def test_a_resolution_rests_while_we_wait_for_them() -> None:
    policy()
    conversation = writes("1", 0)
    answers(conversation, 30)
    writes("2", 530, after="1")
    assert minute_of(promise("resolution").due_at) == 1440 + 500
    closing.resolve(conversation=conversation, by=cast.zeynep(), at=cast.NOW + cast.minutes(600))
    told(conversation, "resolved")
    kept = promise("resolution")
    assert minute_of(kept.met_at) == 600 and kept.worked_seconds == 100 * 60


def test_promises_rest_while_it_sleeps() -> None:
    policy()
    conversation = writes("1", 0)
    snoozing.snooze(
        conversation=conversation, until=cast.NOW + cast.minutes(300), by=cast.zeynep(), at=cast.NOW + cast.minutes(10)
    )
    told(conversation, "snoozed")
    assert shown(conversation) is None
    snoozing.wake(conversation=conversation, at=cast.NOW + cast.minutes(310))
    told(conversation, "woken")
    assert shown(conversation) == 60 + 300


def test_following_twice_late_or_in_another_order_comes_to_the_same() -> None:
    policy()
    conversation = writes("1", 0)
    answers(conversation, 30)
    writes("2", 100, after="1")
    answers(conversation, 150)
    before = list(Deadline.objects.order_by("id").values())
    for entry in conversation.messages.order_by("-id"):
        follows(entry, cast.NOW + cast.minutes(500))
    assert list(Deadline.objects.order_by("id").values()) == before


def test_what_was_answered_before_anybody_wrote_the_promise_down_counts_as_kept() -> None:
    conversation = writes("1", 0)
    answer = answers(conversation, 20)
    policy()
    follows(answer, cast.NOW + cast.minutes(90))
    assert minute_of(promise("first_response").met_at) == 20


def test_an_answer_taken_back_is_owed_again() -> None:
    policy()
    conversation = writes("1", 0)
    message = answers(conversation, 30)
    assert reply.take_back(message=message, by=cast.zeynep(), at=message.at + timedelta(seconds=5))
    told(conversation, "taken_back")
    assert promise("first_response").is_open and shown(conversation) == 60


def test_a_missed_promise_is_warned_of_then_told_once_and_the_late_answer_remembers_it() -> None:
    policy()
    conversation = writes("1", 0)
    for minute in (39, 40, 41, 59, 60, 61, 75):
        deadlines.watch(at=cast.NOW + cast.minutes(minute))
    events = conversation.messages.filter(event__startswith="deadline").order_by("id")
    assert [(event.event, minute_of(event.at)) for event in events] == [("deadline_near", 40), ("deadline_missed", 60)]
    assert events[0].event_details["kind"] == "first_response"
    answers(conversation, 90)
    late = promise("first_response")
    assert (minute_of(late.breached_at), minute_of(late.met_at)) == (60, 90)


def test_late_is_late_also_when_the_minute_was_never_watched() -> None:
    policy()
    answers(writes("1", 0), 90)
    assert minute_of(promise("first_response").breached_at) == 60


def test_resolved_without_an_answer_nothing_is_owed_and_a_new_letter_begins_anew() -> None:
    policy()
    conversation = writes("1", 0)
    closing.resolve(conversation=conversation, by=cast.zeynep(), at=cast.NOW + cast.minutes(10))
    told(conversation, "resolved")
    assert promise("first_response").dropped_at and shown(conversation) is None
    writes("2", 100, after="1")
    assert minute_of(promise("resolution").due_at) == 1540
    assert minute_of(promise("first_response").due_at) == 160


def test_spam_is_owed_nothing() -> None:
    policy()
    conversation = writes("1", 0)
    closing.mark_spam(conversation=conversation, by=cast.zeynep(), at=cast.NOW)
    told(conversation, "spam")
    assert not Deadline.objects.filter(dropped_at=None).exists()


def test_an_automatic_reply_begins_nothing() -> None:
    policy()
    writes("1", 0, kind="auto_reply")
    assert not Deadline.objects.exists()


def test_merged_threads_owe_one_answer_since_the_first_of_their_letters() -> None:
    policy()
    first, second = writes("1", 0), writes("2", 30, sender=cast.MEHMET, claims=(cast.MEHMET,))
    rearranging.merge(conversation=first, target=second, by=cast.can(), at=cast.NOW + cast.minutes(40))
    told(Conversation.objects.get(pk=second.pk), "merge_in")
    told(Conversation.objects.get(pk=first.pk), "merge_out")
    standing = Deadline.objects.filter(met_at=None, dropped_at=None, kind="first_response")
    assert [(one.conversation_id, minute_of(one.due_at)) for one in standing] == [(second.pk, 60)]
    assert shown(first) is None


def test_the_first_policy_that_fits_stands_and_a_tag_may_change_it() -> None:
    urgent = words.named("acil")
    policy("Acil", tag_ids=[urgent.pk], first_response_minutes=10)
    policy()
    conversation = writes("1", 0)
    assert shown(conversation) == 60
    tagging.tag(conversation=conversation, tag=urgent, by=cast.zeynep(), at=cast.NOW)
    told(conversation, "tagged")
    assert (shown(conversation), promise("first_response").policy_name) == (10, "Acil")


@pytest.mark.parametrize(
    ("condition", "fits"),
    [
        ({"inbox_ids": [0]}, False),
        ({"team_ids": [0]}, False),
        ({"tag_ids": [0]}, False),
        ({"priorities": [1, 2]}, False),
        ({"priorities": [0]}, True),
        ({}, True),
    ],
)
def test_a_policy_stands_only_where_its_conditions_fit(condition: dict[str, Any], fits: bool) -> None:
    policy(**condition)
    writes("1", 0)
    assert Deadline.objects.exists() == fits


def test_a_letter_on_friday_evening_is_owed_an_answer_on_monday_and_after_the_feast() -> None:
    policy(hours=office())
    conversation = writes("1", 0, at=FRIDAY)
    assert promise("first_response").due_at == datetime.fromisoformat("2026-11-23T09:30:00+03:00")
    holidays.bring_in(year=2026, by=None, at=cast.NOW)
    eve = datetime.fromisoformat("2026-10-28T12:30:00+03:00")
    other = writes("2", 0, at=eve, sender=cast.MEHMET, claims=(cast.MEHMET,))
    assert other.pk != conversation.pk
    assert promise("first_response", other).due_at == datetime.fromisoformat("2026-10-30T09:30:00+03:00")


def test_changed_terms_bring_living_conversations_in_line_a_batch_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadlines, "A_BATCH", 1)
    standing = policy()
    first, second = writes("1", 0), writes("2", 5, sender=cast.MEHMET, claims=(cast.MEHMET,))
    fields = {name: getattr(standing, name) for name in (*policies.CONDITIONS, *policies.PROMISES)}
    policies.save(policy=standing, name="Herkes", fields=fields | {"first_response_minutes": 30}, by=None, at=cast.NOW)
    deadlines.terms_changed()
    work_off(cast.NOW + cast.minutes(10))
    assert [shown(first), shown(second)] == [30, 35]
    policies.archive(policy=standing, by=cast.selin(), at=cast.NOW)
    deadlines.terms_changed()
    work_off(cast.NOW + cast.minutes(20))
    assert [shown(first), shown(second)] == [None, None]
    assert Deadline.objects.count() == 4  # what was promised stays written down


def work_off(at: datetime) -> None:
    while job := ProcrastinateJob.objects.filter(task_name=deadlines.RECALCULATE).order_by("id").first():
        deadlines.recalculate(**job.args, at=at)
        with connection.cursor() as cursor:  # the model refuses to
            cursor.execute("delete from procrastinate_jobs where id = %s", [job.pk])


def test_the_minute_costs_what_is_due_and_not_what_there_is(django_assert_num_queries: Any) -> None:
    policy()
    for number in range(5):
        writes(str(number), 0, sender=cast.MEHMET, claims=(cast.MEHMET,), subject=f"Konu {number}")
    with django_assert_num_queries(2):
        deadlines.watch(at=cast.NOW + cast.minutes(1))


def test_a_letter_that_claims_to_be_old_counts_from_when_it_reached_us() -> None:
    policy()
    message = arrival(cast.mail(id="<alt@x>", at=cast.NOW - timedelta(days=9)))
    follows(message, cast.NOW)
    assert minute_of(promise("first_response").due_at) == 60


def test_a_thread_we_began_owes_nothing_until_they_write() -> None:
    policy()
    conversation = threads.start(
        inbox=cast.support_inbox(), contact=writes("1", 0).contact, subject="Keşif", at=cast.NOW
    )
    answers(conversation, 1)
    assert not Deadline.objects.filter(conversation=conversation).exists()


def test_a_promise_its_hours_have_no_room_for_keeps_no_other_from_being_told() -> None:
    saturdays = hours.save(
        hours=BusinessHours(), name="Cumartesi", time_zone="Europe/Istanbul",
        week=((), (), (), (), (), ((10 * 60, 11 * 60),), ()), keeps_holidays=True, by=None, at=cast.NOW,
    )  # fmt: skip
    policy(hours=saturdays, resolution_minutes=400 * 24 * 60)

    conversation = writes("<1@ornek.example>", 0)

    kinds = set(conversation.deadlines.values_list("kind", flat=True))
    assert kinds == {"first_response", "resolution"}
