"""An asking and what becomes of it: prepared and shown, sent when a person says so, answered, failed or stopped, then taken or not."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.db import transaction

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.assistant import setting
from muhatap.assistant.models import Asking, Assistant
from muhatap.assistant.trouble import Trouble
from muhatap.shared import jobs, live, secrets
from muhatap.shared.secrets import SecretLost

JOB, QUEUE = "assist", "assistant"
AT_ONCE = 2  # askings that may hold a seat of those who send; the others wait
KEPT = timedelta(days=30)  # masked texts
KEPT_PREPARED = timedelta(hours=1)  # what was shown and never sent
KEPT_GIVEN = timedelta(days=1)  # what the placeholders stand for, where nobody took or threw away the answer
_FORGOTTEN = {"instructions": "", "text": "", "answer": "", "trouble_detail": "", "given_sealed": ""}
State, Used = Asking.State, Asking.Used


class NotOn(Exception):
    """This task is not on."""


class NotNow(Exception):
    """The asking is no longer where this could be done to it."""


class Elsewhere(NotNow):
    """It would go to another server or model than the one that was shown."""


@transaction.atomic
def prepare(
    *,
    task: str,
    conversation_id: int,
    instructions: str,
    text: str,
    given: Mapping[str, str],
    language: str,
    by: User,
    at: datetime,
) -> Asking:
    """Keep what would be sent, exactly as it is shown. What this person had prepared here before goes. Raises NotOn."""
    there = setting.current()
    if not setting.is_on(task, there):
        raise NotOn(task)
    Asking.objects.filter(conversation_id=conversation_id, by=by, state=State.PREPARED).delete()
    return Asking.objects.create(
        task=task,
        conversation_id=conversation_id,
        by=by,
        prepared_at=at,
        **_place(there),
        language=language,
        instructions=instructions,
        text=text,
        n_sent=len(instructions) + len(text),
        n_masked=len(given),
        given_sealed=secrets.seal(json.dumps(dict(given), ensure_ascii=False)),
    )


def send(*, asking: Asking, by: User, at: datetime) -> Asking:
    """A person has seen it and sends it. Raises NotOn, NotNow; Elsewhere once, and then the asking names the new place."""
    with transaction.atomic():
        row = _locked(asking.pk)
        if row.state != State.PREPARED:
            raise NotNow(row.state)
        there = setting.current()
        if not setting.is_on(row.task, there):
            raise NotOn(row.task)
        is_seen = _is_seen(row, there)
        if is_seen:
            _send(row, by=by, at=at)
        else:
            Asking.objects.filter(pk=row.pk).update(**_place(there))
            row.refresh_from_db()
    if not is_seen:
        raise Elsewhere(row.host)
    return row


def _send(row: Asking, *, by: User, at: datetime) -> None:
    _move(row, State.WAITING, sent_at=at)
    audit.record(
        by=by, at=at, act="assistant.ask", kind="asking", id=row.pk, task=row.task, host=row.host, model=row.model,
        conversation=row.conversation_id, characters=row.n_sent,
    )  # fmt: skip
    jobs.queue(JOB, queue=QUEUE, lock=f"{JOB}-{row.pk % AT_ONCE}", asking_id=row.pk)


@transaction.atomic
def stop(*, asking: Asking, at: datetime) -> Asking:
    """Nobody wants the answer any more; one that is over stays as it is."""
    row = _locked(asking.pk)
    if row.is_under_way:
        _move(row, State.CANCELLED, ended_at=at, given_sealed="")
    return row


@transaction.atomic
def begin(*, asking_id: int, at: datetime, there: Assistant | None = None) -> Asking | None:
    """The asking when it is to be asked now, `there` and nowhere else than where it was sent.

    One that was being asked when its process died is not asked again: it went out once.
    """
    there = there or setting.current()
    row = Asking.objects.select_for_update().filter(pk=asking_id).first()
    if row is None or row.state not in Asking.UNDER_WAY:
        return None
    if row.state == State.ASKING:
        fail(asking=row, trouble=Trouble.STOPPED, detail="", at=at)
        return None
    if not setting.is_on(row.task, there) or not _is_seen(row, there):
        fail(asking=row, trouble=Trouble.OFF, detail="", at=at)
        return None
    _move(row, State.ASKING, begun_at=at)
    return row


def went_on(*, asking_id: int, n: int) -> bool:
    """So many characters came; whether the answer is still wanted."""
    wanted = Asking.objects.filter(pk=asking_id, state=State.ASKING)
    if wanted.exclude(n_received=n).update(n_received=n):
        _announce(Asking.objects.only("by").get(pk=asking_id), n=n)
        return True
    return wanted.exists()


@transaction.atomic
def answer(*, asking: Asking, text: str, at: datetime) -> None:
    row = _locked(asking.pk)
    if row.state == State.ASKING:
        _move(row, State.ANSWERED, answer=text, n_received=len(text), ended_at=at)


@transaction.atomic
def fail(*, asking: Asking, trouble: str, detail: str, at: datetime) -> None:
    row = _locked(asking.pk)
    if row.is_under_way:
        _move(row, State.FAILED, trouble=trouble, trouble_detail=detail[:400], ended_at=at, given_sealed="")


@transaction.atomic
def settle(*, asking: Asking, used: str, by: User, at: datetime) -> None:
    """An answer was taken or thrown away: what its placeholders stand for is needed no more. Raises NotNow."""
    row = _locked(asking.pk)
    if row.state != State.ANSWERED or row.used:
        raise NotNow(row.state)
    _settle(row, used=used, by=by, at=at)


@transaction.atomic
def drop(*, asking: Asking, by: User, at: datetime) -> None:
    """An answer is thrown away, or a failure was read; what was only shown goes altogether. What is under way stays."""
    row = _locked(asking.pk)
    if row.state == State.PREPARED:
        row.delete()
    elif not row.is_under_way and not row.used:
        _settle(row, used=Used.DROPPED, by=by, at=at)


def _settle(row: Asking, *, used: str, by: User, at: datetime) -> None:
    _move(row, row.state, used=used, given_sealed="")
    if row.state == State.ANSWERED:
        audit.record(
            by=by, at=at, act="assistant.settle", kind="asking", id=row.pk, task=row.task, used=used,
            conversation=row.conversation_id,
        )  # fmt: skip


def standing(*, conversation_id: int, by: User, at: datetime) -> Asking | None:
    """What this person asked here that is under way, or waits for them to take it or throw it away."""
    mine = Asking.objects.filter(conversation_id=conversation_id, by=by, used="", prepared_at__gt=at - KEPT_GIVEN)
    return mine.filter(state__in=[*Asking.UNDER_WAY, State.ANSWERED]).order_by("-id").first()


def given(asking: Asking) -> dict[str, str]:
    """What the placeholders stand for; nothing when that was forgotten or cannot be read any more."""
    try:
        found: dict[str, str] = json.loads(secrets.unseal(asking.given_sealed) or "{}")
    except SecretLost:
        return {}
    return found


def forget(*, at: datetime) -> None:
    """What was never sent goes, texts after thirty days, and what placeholders stand for after a day. The rows stay: who, when, how much."""
    Asking.objects.filter(state=State.PREPARED, prepared_at__lt=at - KEPT_PREPARED).delete()
    Asking.objects.filter(prepared_at__lt=at - KEPT_GIVEN, forgotten_at=None).exclude(given_sealed="").update(
        given_sealed=""
    )
    old = Asking.objects.filter(prepared_at__lt=at - KEPT, forgotten_at=None)
    old.update(**_FORGOTTEN, forgotten_at=at)


@transaction.atomic
def forget_conversation(*, conversation_id: int, at: datetime) -> None:
    """What was asked about a conversation is forgotten now: its words are erased. What is under way is given up; the rows stay."""
    about = Asking.objects.filter(conversation_id=conversation_id)
    about.filter(state=State.PREPARED).delete()
    for row in about.filter(state__in=Asking.UNDER_WAY).select_for_update():
        _move(row, State.CANCELLED, ended_at=at)
    for row in about.filter(state=State.ANSWERED, used="").select_for_update():
        _move(row, row.state, used=Used.DROPPED)
    about.filter(forgotten_at=None).update(**_FORGOTTEN, forgotten_at=at)


def _place(there: Assistant) -> dict[str, str]:
    """Where texts go: host and model, as people are shown it, and the whole address as a hash."""
    whole = hashlib.sha256(there.url.encode("utf-8", "replace")).hexdigest()
    return {"host": urlsplit(there.url).netloc, "model": there.model, "place": whole}


def _is_seen(row: Asking, there: Assistant) -> bool:
    now = _place(there)
    return (row.host, row.model) == (now["host"], now["model"]) and row.place in ("", now["place"])


def _locked(pk: int) -> Asking:
    return Asking.objects.select_for_update().get(pk=pk)


def _move(row: Asking, state: str, **values: object) -> None:
    row.state = State(state)
    for name, value in values.items():
        setattr(row, name, value)
    row.save(update_fields=["state", "host", "model", *values])
    _announce(row)


def _announce(row: Asking, **more: int) -> None:
    live.announce([f"user:{row.by_id}"], "asking", asking=row.pk, **more)
