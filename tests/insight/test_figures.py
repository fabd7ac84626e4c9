"""What each figure counts, told as stories of one week."""

import pytest

from muhatap.conversations import closing, rearranging
from muhatap.conversations.models import Message
from muhatap.flow import reply
from muhatap.insight import rollups
from muhatap.shared import scale
from tests import cast
from tests.insight.conftest import MONDAY, after, answers, figures, follow_all, writes

pytestmark = pytest.mark.django_db


@pytest.fixture
def letter() -> Message:
    return writes(after(0), id="<1@ornek.example>")


def test_a_machine_does_not_answer_for_us(letter: Message) -> None:
    answers(letter.conversation, after(1), by=None)
    answers(letter.conversation, after(30), by=cast.zeynep())
    follow_all()

    assert figures("first_response", "automatic", "answered") == {
        "first_response": (1, 30 * 60),
        "automatic": (1, 0),
        "answered": (1, 0),
    }
    assert figures("first_response", user_id=cast.zeynep().pk) == {"first_response": (1, 30 * 60)}


def test_later_answers_are_measured_from_the_first_message_that_waits(letter: Message) -> None:
    answers(letter.conversation, after(10), by=cast.zeynep())
    writes(after(60), id="<2@ornek.example>", references=(letter.external_id,))
    writes(after(70), id="<3@ornek.example>", references=(letter.external_id,))
    answers(letter.conversation, after(90), by=cast.can())
    answers(letter.conversation, after(95), by=cast.can())
    follow_all()

    assert figures("first_response", "next_response") == {
        "first_response": (1, 600),
        "next_response": (1, 1800),
    }


def test_what_is_settled_without_an_answer_starts_no_clock(letter: Message) -> None:
    closing.resolve(conversation=letter.conversation, by=cast.zeynep(), at=after(5))
    writes(after(600), id="<2@ornek.example>", references=(letter.external_id,))
    letter.conversation.refresh_from_db()
    answers(letter.conversation, after(620), by=cast.zeynep())
    follow_all()

    assert figures("first_response", "resolution", "reopened") == {"first_response": (1, 1200), "reopened": (1, 0)}


def test_the_resolution_that_stands_is_measured_from_the_reopening(letter: Message) -> None:
    answers(letter.conversation, after(10), by=cast.zeynep(), and_resolve=True)
    seen = follow_all()
    assert figures("resolution") == {"resolution": (1, 600)}

    writes(after(100), id="<2@ornek.example>", references=(letter.external_id,))
    seen = follow_all(seen)
    assert figures("resolution") == {}

    letter.conversation.refresh_from_db()
    answers(letter.conversation, after(120), by=cast.can(), and_resolve=True)
    follow_all(seen)
    assert figures("resolution", by=("user_id",)) == {cast.can().pk: (1, 1200)}
    assert figures("reopened", by=("user_id",)) == {cast.zeynep().pk: (1, 0)}
    assert figures("entered", "left") == {"entered": (2, 0), "left": (2, 0)}


def test_an_answer_taken_back_was_none(letter: Message) -> None:
    answer = answers(letter.conversation, after(10), by=cast.zeynep())
    seen = follow_all()
    assert "first_response" in figures("first_response")

    reply.take_back(message=answer, by=cast.zeynep(), at=after(10))
    follow_all(seen)

    assert figures("first_response", "answered") == {}


def test_spam_counts_nowhere_until_it_is_none(letter: Message) -> None:
    closing.mark_spam(conversation=letter.conversation, by=cast.zeynep(), at=after(5))
    seen = follow_all()
    assert figures("arrived", "received", "entered") == {}

    letter.conversation.refresh_from_db()
    closing.reopen(conversation=letter.conversation, by=cast.zeynep(), at=after(9))
    follow_all(seen)
    assert figures("arrived", "received", "reopened") == {"arrived": (1, 0), "received": (1, 0)}


def test_threads_made_one_are_one_conversation_and_two_again_when_put_back(letter: Message) -> None:
    other = writes(after(3), id="<other@ornek.example>")
    assert other.conversation_id != letter.conversation_id
    seen = follow_all()
    assert figures("arrived") == {"arrived": (2, 0)}

    done = rearranging.merge(conversation=other.conversation, target=letter.conversation, by=cast.zeynep(), at=after(4))
    seen = follow_all(seen)
    assert figures("arrived", "received") == {"arrived": (1, 0), "received": (2, 0)}

    rearranging.undo(rearrangement=done, by=cast.zeynep(), at=after(5))
    follow_all(seen)
    assert figures("arrived", "received") == {"arrived": (2, 0), "received": (2, 0)}


def test_a_deleted_conversation_leaves_no_figure(letter: Message) -> None:
    follow_all()
    rollups.fold()
    letter.conversation.delete()

    assert figures("arrived", "received", "entered") == {}


def test_days_begin_at_midnight_of_the_firm(letter: Message) -> None:
    writes(after(14 * 60 + 59), id="<late@ornek.example>")
    writes(after(15 * 60 + 1), id="<early@ornek.example>")
    follow_all()

    assert figures("arrived", by=("on", "bucket")) == {
        (MONDAY.date(), 9): (1, 0),
        (MONDAY.date(), 23): (1, 0),
        (MONDAY.date() + cast.timedelta(days=1), 0): (1, 0),
    }


def test_folding_changes_what_is_kept_and_not_what_is_read(letter: Message) -> None:
    answers(letter.conversation, after(10), by=cast.zeynep(), and_resolve=True)
    follow_all()
    before = figures("arrived", "resolution", "first_response", by=("figure", "bucket"))

    rollups.fold()
    assert figures("arrived", "resolution", "first_response", by=("figure", "bucket")) == before
    rollups.refill()
    assert figures("arrived", "resolution", "first_response", by=("figure", "bucket")) == before


@pytest.mark.parametrize("seconds", [1, 2, 59, 600, 3601, 86_400, 7_776_000])
def test_a_length_read_back_from_the_scale_is_at_most_a_twentieth_off(seconds: int) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select insight_step(%s)", [seconds])
        step = cursor.fetchone()[0]

    if seconds > 1:
        assert abs(scale.length(step) - seconds) / seconds <= scale.ERROR + 1e-9
    assert scale.quantile({step: 3}, 0.5) == scale.length(step)


def test_hours_outside_business_hours_are_left_out_of_the_working_figure(letter: Message) -> None:
    from muhatap.service import hours
    from muhatap.service.models import BusinessHours

    hours.save(
        hours=BusinessHours(),
        name="Mağaza",
        time_zone="Europe/Istanbul",
        week=hours.OFFICE,
        keeps_holidays=False,
        by=cast.selin(),
        at=MONDAY,
    )
    answers(letter.conversation, after(24 * 60), by=cast.zeynep())
    follow_all()

    assert figures("first_response", "first_response:working") == {
        "first_response": (1, 24 * 3600),
        "first_response:working": (1, 9 * 3600),
    }


def test_promises_kept_and_missed_count_where_they_were_made(letter: Message) -> None:
    from muhatap.conversations.models import Deadline

    common = {"conversation": letter.conversation, "policy_id": 1, "policy_name": "Hızlı"}
    spans = {"started_at": after(0), "due_at": after(30)}
    Deadline.objects.create(kind="first_response", met_at=after(20), **common, **spans)
    Deadline.objects.create(kind="resolution", breached_at=after(31), **common, **spans)
    follow_all()

    assert figures("sla_met", "sla_missed") == {"sla_met": (1, 0), "sla_missed": (1, 0)}
