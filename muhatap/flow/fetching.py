"""The fetching process: a worker for each mailbox, so that a slow or broken one holds up nobody else."""

import hashlib
import json
import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import DatabaseError, connection

from muhatap.channels.email import imap, mailbox, trouble
from muhatap.channels.email.models import Errand, Mailbox
from muhatap.channels.models import Inbox
from muhatap.flow.mailboxes import Overtaken, Reader
from muhatap.shared import clock

log = logging.getLogger(__name__)

LOOK_AROUND = 1.5  # seconds between two looks at which mailboxes there are and what was asked
IDLE = 5 * 60.0  # an IDLE is renewed before routers forget the line
POLL = 30.0
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 120.0
RECONCILE_EVERY = timedelta(hours=1)


class Worker:
    """One mailbox's thread: connect, fetch, wait for news, and come back after trouble, each time a little later."""

    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox
        self.stopped = threading.Event()
        self.called = threading.Event()
        self.heard = 0
        self.thread = threading.Thread(target=self._work, name=f"mailbox-{inbox.pk}", daemon=True)

    def start(self) -> None:
        self.thread.start()

    def stop(self) -> None:
        self.stopped.set()

    def call(self, errand_id: int) -> None:
        """Somebody asked for something: do not wait for the server's news. Each errand calls once, so that trouble keeps its pauses."""
        if errand_id > self.heard:
            self.heard = errand_id
            self.called.set()

    def _work(self) -> None:
        pause = FIRST_PAUSE
        reader: Reader | None = None
        while not self.stopped.is_set():
            try:
                reader = reader or Reader(self.inbox)
                with reader.connected() as session:
                    pause = FIRST_PAUSE
                    self._attend(reader, session)
            except Overtaken:
                continue
            except DatabaseError:
                log.warning("the database is away; mailbox %s waits", self.inbox.pk)
            except Exception as error:
                self._tell(reader, error)
            connection.close()
            self._sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        connection.close()

    def _attend(self, reader: Reader, session: imap.Session) -> None:
        while not self.stopped.is_set():
            self.called.clear()
            reader.fetch_new(session, self.stopped.is_set)
            self._run_errands(reader, session)
            if _is_due(reader.mailbox):
                reader.check(session)
            mailbox.went_well(mailbox=reader.mailbox, at=clock.now())
            connection.close()  # an idle worker holds no connection to the database
            session.wait(self._rest(session), lambda: self.stopped.is_set() or self.called.is_set())

    def _rest(self, session: imap.Session) -> float:
        return IDLE if session.has_idle else float(self.inbox.setting("poll_seconds") or POLL)

    def _run_errands(self, reader: Reader, session: imap.Session) -> None:
        for errand in Errand.objects.filter(mailbox=reader.mailbox, done_at=None).order_by("id"):
            run_errand(reader, session, errand, is_over=self.stopped.is_set)

    def _tell(self, reader: Reader | None, error: Exception) -> None:
        kind, words = trouble.of(error)
        if kind == trouble.Trouble.OTHER:
            log.exception("mailbox %s", self.inbox.pk)
        try:
            row = reader.mailbox if reader else mailbox.of(self.inbox)
            mailbox.went_wrong(mailbox=row, trouble=kind, detail=words, at=clock.now())
        except DatabaseError:
            log.warning("mailbox %s: %s", self.inbox.pk, words)

    def _sleep(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self.stopped.is_set() and not self.called.is_set() and time.monotonic() < until:
            self.stopped.wait(min(0.5, seconds))
        self.called.clear()


def run_errand(
    reader: Reader, session: imap.Session, errand: Errand, *, is_over: Callable[[], bool] = lambda: False
) -> None:
    """Do what somebody asked and write down how far it got; stopped in the middle, it stays open and is begun again."""

    def progress(n_total: int, n_done: int, n_new: int) -> bool:
        still = Errand.objects.filter(pk=errand.pk, done_at=None)
        return bool(still.update(n_total=n_total, n_done=n_done, n_new=n_new)) and not is_over()

    if errand.kind == Errand.Kind.BACKFILL and errand.since_on:
        reader.backfill(session, errand.since_on, progress)
    elif errand.kind == Errand.Kind.WHOLE:
        reader.fetch_whole(session, errand.by, progress)
    elif errand.kind == Errand.Kind.MISSING:
        reader.fetch_missing(session, progress)
    else:
        reader.check(session)
    if not is_over():
        Errand.objects.filter(pk=errand.pk, done_at=None).update(done_at=clock.now())


def run(stop: threading.Event) -> None:
    """Keep one worker for each mailbox in use until told to stop; new, changed and switched-off inboxes are noticed by themselves."""
    crew: dict[int, tuple[str, Worker]] = {}
    while not stop.is_set():
        try:
            align(crew)
        except DatabaseError:
            log.warning("the database is away; the crew works on")
        connection.close()
        stop.wait(LOOK_AROUND)
    for _mark, worker in crew.values():
        worker.stop()
    for _mark, worker in crew.values():
        worker.thread.join(5)


def align(crew: dict[int, tuple[str, Worker]]) -> None:
    """Bring the crew in line with the inboxes there are, and call those who have an errand."""
    wanted = {
        inbox.pk: inbox for inbox in Inbox.objects.filter(kind="email", is_enabled=True) if inbox.setting("imap_host")
    }
    for pk in [
        pk
        for pk, (mark, worker) in crew.items()
        if pk not in wanted or mark != _mark(wanted[pk]) or not worker.thread.is_alive()
    ]:
        crew.pop(pk)[1].stop()
    for pk, inbox in wanted.items():
        if pk not in crew:
            crew[pk] = (_mark(inbox), Worker(inbox))
            crew[pk][1].start()
    for errand_id, inbox_id in (
        Errand.objects.filter(done_at=None).order_by("id").values_list("id", "mailbox__inbox_id")
    ):
        if inbox_id in crew:
            crew[inbox_id][1].call(errand_id)


def _mark(inbox: Inbox) -> str:
    return hashlib.sha256(json.dumps([inbox.settings, inbox.address], sort_keys=True).encode()).hexdigest()


def _is_due(row: Mailbox, at: datetime | None = None) -> bool:
    return row.reconciled_at is None or (at or clock.now()) - row.reconciled_at > RECONCILE_EVERY
