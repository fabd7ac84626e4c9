"""What follows from an entry: every step, though another fails, and again until all went well."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from muhatap.contacts import identity
from muhatap.conversations import noting, threads
from muhatap.conversations.models import Message
from muhatap.flow import happened
from tests import cast

pytestmark = pytest.mark.django_db


def step(done: list[str], name: str, fails: bool = False) -> Callable[..., None]:
    def run(*, message: Message, at: datetime) -> None:
        Message.objects.filter(pk=message.pk).update(subject=name)
        if fails:
            raise RuntimeError(name)
        done.append(name)

    run.__module__ = name
    return run


@pytest.fixture
def note() -> Message:
    ayse = identity.resolve(claims=[cast.AYSE], source="email", at=cast.NOW)
    conversation = threads.start(inbox=cast.support_inbox(), contact=ayse, subject="Kargo", at=cast.NOW)
    return noting.write_note(conversation=conversation, html="x", text="Kargo?", by=cast.zeynep(), at=cast.NOW)


def test_every_entry_is_followed_by_a_job_in_its_own_transaction(note: Message) -> None:
    jobs = ProcrastinateJob.objects.filter(task_name=threads.FOLLOW, queue_name="follow")

    assert [job.args for job in jobs.filter(args__message_id=note.pk)] == [{"message_id": note.pk}]


def test_a_step_that_fails_stops_no_other_and_undoes_what_it_did(note: Message) -> None:
    done: list[str] = []
    steps = (step(done, "first"), step(done, "second", fails=True), step(done, "third"))

    with pytest.raises(happened.NotAllFollowed, match=r"second$"):
        happened.follow(message_id=note.pk, at=cast.NOW, steps=steps)

    assert done == ["first", "third"]
    note.refresh_from_db()
    assert note.subject == "third"


def test_what_follows_from_a_note_asks_a_handful_of_questions(
    note: Message, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(12):
        happened.follow(message_id=note.pk, at=cast.NOW)


def test_what_was_taken_back_is_followed_by_nothing(note: Message) -> None:
    done: list[Any] = []
    number = note.pk
    note.delete()

    happened.follow(message_id=number, at=cast.NOW, steps=(step(done, "first"),))

    assert done == []
