"""What killed processes leave behind, with the queue's own rows."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from muhatap.channels.contract import Address
from muhatap.channels.models import Desk, Inbox
from muhatap.contacts.models import Identity
from muhatap.flow import reply, sweep
from muhatap.interactions import outbox
from muhatap.interactions.models import Outgoing
from muhatap.notices.models import Notice
from muhatap.shared import locks
from tests import cast
from tests.flow.conftest import arrive, letter, message_of
from tests.servers import SmtpServer

pytestmark = pytest.mark.django_db
LATER = cast.NOW + cast.minutes(1)


def worker(*, silent_for: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_workers (last_heartbeat) values (now() - %s::interval) returning id",
            [silent_for],
        )
        return int(cursor.fetchone()[0])


def running(worker_id: int | None, task: str = "digest", lock: str | None = None, attempts: int = 0) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_jobs (queue_name, task_name, queueing_lock, args, status, worker_id, attempts)"
            " values ('care', %s, %s, %s, 'doing', %s, %s) returning id",
            [task, lock, json.dumps({"item_id": 7}), worker_id, attempts],
        )
        return int(cursor.fetchone()[0])


def status(job_id: int) -> str:
    return str(ProcrastinateJob.objects.get(pk=job_id).status)


def test_the_jobs_of_a_killed_worker_wait_again_and_those_of_a_living_one_run_on() -> None:
    orphan, lost = running(worker(silent_for="2 minutes")), running(None)
    alive = running(worker(silent_for="5 seconds"))

    sweep.everything(at=cast.NOW)

    assert (status(orphan), status(lost), status(alive)) == ("todo", "todo", "doing")
    assert ProcrastinateJob.objects.get(pk=orphan).attempts == 1


def test_of_jobs_that_may_only_wait_once_one_waits() -> None:
    dead = worker(silent_for="2 minutes")
    first, second, third = (
        running(dead, "minute", "minute"),
        running(dead, "minute", "minute"),
        running(dead, "x", "x"),
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_jobs (queue_name, task_name, queueing_lock, status) values ('care', 'x', 'x', 'todo')"
        )

    sweep.everything(at=cast.NOW)

    assert [status(job) for job in (first, second, third)] == ["todo", "failed", "failed"]


def test_a_job_that_kills_every_worker_ends_one_day() -> None:
    job = running(worker(silent_for="2 minutes"), attempts=sweep.N_LIVES)

    sweep.everything(at=cast.NOW)

    assert status(job) == "failed"


def test_a_long_hand_over_is_not_doubted_while_its_sender_lives(inbox: Inbox, lone_smtp: SmtpServer) -> None:
    outgoing = in_hand(inbox)
    Desk.objects.get_or_create(inbox=inbox, user=cast.zeynep())

    with another_process_holds(outbox.IN_HAND, outgoing.pk):
        sweep.everything(at=LATER + cast.minutes(5))
        assert not Notice.objects.exists()
        sweep.everything(at=LATER + cast.minutes(60))
        outgoing.refresh_from_db()
        assert outgoing.state == Outgoing.State.HANDING
        assert Notice.objects.get().user == cast.zeynep()  # who wrote it knows that it takes long

    sweep.everything(at=LATER + cast.minutes(60))
    outgoing.refresh_from_db()
    assert outgoing.state == Outgoing.State.UNCERTAIN


def test_what_another_process_sends_is_not_begun_a_second_time(inbox: Inbox, lone_smtp: SmtpServer) -> None:
    outgoing = queued(inbox)

    with another_process_holds(outbox.IN_HAND, outgoing.pk):
        reply.dispatch(outgoing_id=outgoing.pk, at=LATER)

    assert lone_smtp.contents == []
    reply.dispatch(outgoing_id=outgoing.pk, at=LATER)
    assert len(lone_smtp.contents) == 1


def test_an_address_the_mail_server_does_not_know_is_marked(inbox: Inbox, lone_smtp: SmtpServer) -> None:
    lone_smtp.answers["rcpt:ayse.yilmaz@ornek.example"] = "550 5.1.1 nobody here"
    outgoing = queued(inbox)

    reply.dispatch(outgoing_id=outgoing.pk, at=LATER)

    outgoing.refresh_from_db()
    assert outgoing.state == Outgoing.State.FAILED
    assert Identity.objects.get(value="ayse.yilmaz@ornek.example").bounced_at is not None


def queued(inbox: Inbox) -> Outgoing:
    conversation = message_of(arrive(inbox, letter())).conversation
    answer = reply.Answer(html="<p>Yolda.</p>", to=(Address(email="ayse.yilmaz@ornek.example"),))
    reply.send(conversation=conversation, answer=answer, by=cast.zeynep(), at=cast.NOW)
    return Outgoing.objects.get()


def in_hand(inbox: Inbox) -> Outgoing:
    outgoing = queued(inbox)
    outbox.handing(outgoing.pk, at=LATER)
    return outgoing


@contextmanager
def another_process_holds(*parts: object) -> Iterator[None]:
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with locks.keeping(*parts):
            held.set()
            done.wait(60)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(30)
    try:
        yield
    finally:
        done.set()
        thread.join()
