"""One act on many conversations: what happened to how many, what was left and why, and the way back."""

from typing import Any

import pytest

from muhatap.accounts.models import AuditEntry
from muhatap.contacts import tagging as naming
from muhatap.conversations import bulk, closing, prioritising, snoozing
from muhatap.conversations.models import BulkAct, Conversation
from tests import cast
from tests.conversations.conftest import arrival, conversation_of

pytestmark = pytest.mark.django_db
LATER = cast.NOW + cast.minutes(300)


@pytest.fixture
def three(db: None) -> list[Conversation]:
    """Three letters of Ayşe under subjects of their own."""
    return [
        arrival(cast.mail(id=f"<{n}@ornek.example>", subject=f"Konu {n}", at=cast.NOW + cast.minutes(n))).conversation
        for n in range(3)
    ]


def ask(act: str, rows: list[Conversation], **value: Any) -> BulkAct:
    return bulk.ask(act=act, value=value, conversation_ids=[row.pk for row in rows], by=cast.can(), at=cast.NOW)


def standing(rows: list[Conversation]) -> list[tuple[object, ...]]:
    fields = ("status", "assignee_id", "team_id", "priority", "waiting_since", "merged_into_id")
    told = {row["pk"]: row for row in Conversation.objects.values("pk", *fields)}
    tags = {row.pk: sorted(row.tags.values_list("name", flat=True)) for row in Conversation.objects.all()}
    return [(*(told[row.pk][name] for name in fields), tags[row.pk]) for row in rows]


def values() -> dict[str, dict[str, Any]]:
    return {
        "assign": {"user": cast.zeynep().pk},
        "team": {"team": None},
        "tag": {"tag": naming.named("kargo").pk},
        "resolve": {},
        "snooze": {"until": LATER.isoformat()},
        "spam": {},
        "priority": {"priority": 2},
        "merge": {},
    }


@pytest.mark.parametrize("act", ["assign", "team", "tag", "resolve", "snooze", "spam", "priority", "merge"])
def test_what_is_done_to_many_can_be_taken_back(three: list[Conversation], act: str) -> None:
    before = standing(three)

    done = ask(act, three, **values()[act])

    assert done.state == "done"
    assert standing(three) != before
    assert bulk.outcome(done).n_changed == (2 if act == "merge" else 3)
    undone = bulk.undo(bulk=done, by=cast.can(), at=cast.NOW + cast.minutes(9))
    assert undone.state == "undone"
    assert standing(three) == before
    assert AuditEntry.objects.filter(act="conversations.bulk").count() == 1


@pytest.mark.parametrize(("act", "prepare"), [("reopen", closing.resolve), ("reopen", closing.mark_spam)])
def test_reopening_goes_back_to_how_it_was_closed(three: list[Conversation], act: str, prepare: Any) -> None:
    for row in three:
        prepare(conversation=row, by=cast.can(), at=cast.NOW)
    before = [row[0] for row in standing(three)]

    done = ask(act, three)
    assert [row[0] for row in standing(three)] == ["open"] * 3
    bulk.undo(bulk=done, by=cast.can(), at=cast.NOW)
    assert [row[0] for row in standing(three)] == before


def test_what_is_left_says_why(three: list[Conversation]) -> None:
    closing.resolve(conversation=three[0], by=cast.can(), at=cast.NOW)
    closing.mark_spam(conversation=three[1], by=cast.can(), at=cast.NOW)

    came = bulk.outcome(ask("resolve", three))

    assert (came.n_total, came.n_changed, came.left) == (3, 1, {"already": 1, "is_spam": 1})
    assert bulk.outcome(ask("snooze", three, until=LATER.isoformat())).left == {"is_closed": 3}


def test_what_somebody_changed_since_stays(three: list[Conversation]) -> None:
    done = ask("priority", three, priority=2)
    prioritising.prioritise(conversation=three[0], priority=1, by=cast.zeynep(), at=cast.NOW)

    came = bulk.outcome(bulk.undo(bulk=done, by=cast.can(), at=cast.NOW))

    assert (came.n_back, came.n_changed) == (2, 3)
    assert [row[3] for row in standing(three)] == [1, 0, 0]


def test_a_snooze_before_comes_back(three: list[Conversation]) -> None:
    earlier = cast.NOW + cast.minutes(60)
    snoozing.snooze(conversation=three[0], until=earlier, by=cast.zeynep(), at=cast.NOW)

    done = ask("snooze", three, until=LATER.isoformat())
    bulk.undo(bulk=done, by=cast.can(), at=cast.NOW + cast.minutes(1))

    assert three[0].snoozes.get(ended_at=None).until == earlier


def test_only_conversations_of_one_customer_become_one(three: list[Conversation]) -> None:
    other = arrival(cast.mail(cast.MEHMET, id="<m@ornek.example>")).conversation

    for rows in ([three[0], other], [three[0]]):
        with pytest.raises(bulk.BadAct) as refused:
            ask("merge", rows)
        assert refused.value.code == "not_one_contact"


@pytest.mark.parametrize(
    ("act", "value", "code"),
    [
        ("explode", {}, "unknown"),
        ("assign", {"user": 999_999}, "gone"),
        ("team", {"team": 0}, "gone"),
        ("tag", {"tag": 999_999}, "gone"),
        ("priority", {"priority": 7}, "unknown"),
        ("priority", {"priority": None}, "unknown"),
        ("snooze", {"until": cast.NOW.isoformat()}, "not_future"),
    ],
)
def test_what_can_be_done_to_none_is_refused_at_once(
    three: list[Conversation], act: str, value: dict[str, Any], code: str
) -> None:
    with pytest.raises(bulk.BadAct) as refused:
        ask(act, three, **value)
    assert refused.value.code == code
    assert not BulkAct.objects.exists()


def test_nobody_touches_what_they_do_not_see(three: list[Conversation]) -> None:
    stranger = cast.staff("gul@ihlamurev.example", "Gül Taş", "agent", "own")

    with pytest.raises(bulk.BadAct):
        bulk.ask(act="resolve", value={}, conversation_ids=[row.pk for row in three], by=stranger, at=cast.NOW)


def test_many_are_done_by_a_job_that_may_run_twice_and_can_be_stopped() -> None:
    rows = [conversation_of(f"Kişi {n}") for n in range(60)]
    done = ask("priority", rows, priority=1)
    assert (done.state, bulk.outcome(done).n_done) == ("running", 0)

    assert bulk._batch(done.pk, at=cast.NOW)
    with pytest.raises(bulk.NotYours):
        bulk.stop(bulk=done, by=cast.zeynep(), at=cast.NOW)
    bulk.stop(bulk=done, by=cast.can(), at=cast.NOW)
    bulk.run(bulk_id=done.pk, at=cast.NOW)
    bulk.run(bulk_id=done.pk, at=cast.NOW)

    done.refresh_from_db()
    assert (done.state, bulk.outcome(done).n_changed) == ("cancelled", 25)
    assert Conversation.objects.filter(priority=1).count() == 25
    bulk.undo(bulk=done, by=cast.can(), at=cast.NOW)
    assert not Conversation.objects.filter(priority=1).exists()
    with pytest.raises(bulk.NotYours):
        bulk.undo(bulk=done, by=cast.can(), at=cast.NOW)
