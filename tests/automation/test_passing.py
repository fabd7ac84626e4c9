"""Rules that wait for time to pass: once for each waiting, from now on, and never for what passed before."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from muhatap.automation import rules
from muhatap.automation.models import AutomationRule, RuleFiring
from muhatap.conversations import assigning, closing
from muhatap.conversations.models import Conversation, Message
from muhatap.flow import reply
from muhatap.flow import rules as staircase
from tests import cast
from tests.automation.conftest import action, condition, follow, letter, rule

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def hours_later(n: float) -> datetime:
    return cast.NOW + n * HOUR


def waits(event: str = "unanswered", hours: int = 4, **more: Any) -> AutomationRule:
    made: AutomationRule = rule(action("tag", "bekledi"), event=event, hours=hours, **more)
    return made


def n_fired(at: datetime) -> int:
    staircase.pass_time(at=at)
    return RuleFiring.objects.count()


def test_who_waited_too_long_is_found_once(ayses_letter: Message) -> None:
    waits(conditions=[condition("assignee", "is", "0")])

    assert [n_fired(hours_later(n)) for n in (1, 3.9, 4, 4.1, 9)] == [0, 0, 1, 1, 1]
    assert RuleFiring.objects.get().message == ayses_letter


def test_whose_waiting_ended_is_not_found(ayses_letter: Message) -> None:
    waits()
    answer = reply.Answer(html="<p>Yolda.</p>", to=[cast.Address(email="ayse.yilmaz@ornek.example")])
    reply.send(conversation=ayses_letter.conversation, answer=answer, by=cast.zeynep(), at=hours_later(1))

    assert n_fired(hours_later(5)) == 0


def test_an_answer_of_a_rule_ends_no_waiting(ayses_letter: Message) -> None:
    rule(action("reply", text="Aldık."))
    follow(ayses_letter)
    waits()

    assert n_fired(hours_later(5)) == 2


def test_what_passed_before_the_rule_was_switched_on_stays_as_it_is(ayses_letter: Message) -> None:
    waits(at=hours_later(10))

    assert n_fired(hours_later(20)) == 0


def test_a_letter_that_came_late_is_found_when_it_comes(ayses_letter: Message) -> None:
    Message.objects.filter(pk=ayses_letter.pk).update(at=hours_later(-6))
    Conversation.objects.update(waiting_since=hours_later(-6))
    waits()

    follow(ayses_letter)

    assert RuleFiring.objects.count() == 1


def test_a_shorter_wait_finds_those_who_wait_now(ayses_letter: Message) -> None:
    made = waits(hours=8)
    assert n_fired(hours_later(5)) == 0
    wording = rules.Wording(name="Dört", event="unanswered", hours=4, actions=[action("tag", "x")])
    rules.revise(rule=made, wording=wording, by=cast.can(), at=hours_later(5))

    assert n_fired(hours_later(5)) == 1


def test_what_is_settled_long_enough_is_found_unless_opened_again(ayses_letter: Message) -> None:
    waits("settled", hours=48)
    conversation = Conversation.objects.get()
    closing.resolve(conversation=conversation, by=cast.zeynep(), at=cast.NOW)
    closing.reopen(conversation=conversation, by=cast.zeynep(), at=hours_later(1))
    assert n_fired(hours_later(49)) == 0
    closing.resolve(conversation=conversation, by=cast.zeynep(), at=hours_later(50))

    assert n_fired(hours_later(99)) == 1


def test_who_keeps_silent_is_found_once_for_each_answer_of_ours(ayses_letter: Message) -> None:
    made = waits("silent", hours=24)
    AutomationRule.objects.filter(pk=made.pk).update(actions=[action("resolve")])
    answer = reply.Answer(html="<p>Yolda.</p>", to=[cast.Address(email="ayse.yilmaz@ornek.example")])
    reply.send(conversation=ayses_letter.conversation, answer=answer, by=cast.zeynep(), at=cast.NOW)

    assert n_fired(hours_later(25)) == 1
    assert Conversation.objects.get().status == "resolved"


def test_more_than_a_page_is_looked_through_and_nothing_twice(
    ayses_letter: Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("muhatap.automation.passing.PAGE", 2)
    for n in range(6):
        letter(f"<{n}@y>", subject=f"Konu {n}", at=cast.NOW + timedelta(seconds=n // 2))
    waits()

    assert n_fired(hours_later(5)) == 7


def test_one_that_fails_stops_no_other(ayses_letter: Message, monkeypatch: pytest.MonkeyPatch) -> None:
    letter("<2@x>", subject="Başka")
    waits()
    first, tell = ayses_letter.conversation_id, staircase.running.run

    def run(rules: Any, case: Any, **more: Any) -> Any:
        if case.conversation.pk == first:
            raise RuntimeError
        return tell(rules, case, **more)

    monkeypatch.setattr(staircase.running, "run", run)

    assert n_fired(hours_later(5)) == 1
    assigning.assign(conversation=Conversation.objects.get(pk=first), to=None, by=None, at=cast.NOW)
