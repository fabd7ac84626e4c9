"""The outbox: what is to be sent is queued in the transaction that wrote it, handed over at most once, and moves forward only."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.channels.contract import Address, FileRef, Outbound, Quoted, Receipt
from muhatap.channels.models import Inbox
from muhatap.interactions.models import Delivery, Interaction, Outgoing
from muhatap.shared import jobs

DISPATCH = "dispatch"
BACKOFF = [timedelta(seconds=20), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=20), timedelta(hours=1)]
GIVE_UP_AFTER = 24
IN_PART = "accepted_in_part"  # a delivery's outcome: taken, but not for every recipient; its detail says for whom not
IN_HAND = "outgoing in hand"  # the lock that whoever sends it holds: a killed process frees it at once
TAKES_LONG = timedelta(minutes=10)  # in hand: somebody is told
HANDING_TAKES = timedelta(seconds=20)  # before anybody asks whether that lock is free
WITHOUT_JOB = """
select id from interactions_outgoing where state = %s and not_before < %s and id not in (
    select (args->>'outgoing_id')::bigint from procrastinate_jobs
    where task_name = %s and status in ('todo', 'doing') and args ? 'outgoing_id'
) order by id limit 500
"""
State = Outgoing.State


class NotQueued(Exception):
    """It was taken back, or another process has it in hand: do not hand it over."""


class NotUncertain(Exception):
    """Only what nobody knows the fate of can be settled by a person."""


@transaction.atomic
def queue(
    *, interaction: Interaction, inbox: Inbox, outbound: Outbound, not_before: datetime, by: User | None, at: datetime
) -> Outgoing:
    """Queue one thing to be sent, not before `not_before` (until then it can be taken back)."""
    outgoing = Outgoing.objects.create(
        interaction=interaction,
        inbox=inbox,
        message_id=outbound.message_id,
        outbound=as_json(outbound),
        not_before=not_before,
        state_at=at,
        by=by,
    )
    jobs.queue(DISPATCH, queue="outbox", run_at=not_before, outgoing_id=outgoing.pk)
    return outgoing


@transaction.atomic
def cancel(*, outgoing: Outgoing, by: User, at: datetime) -> bool:
    """Take it back if it is still ours; False when it has been handed over already."""
    changed = _move(outgoing.pk, State.QUEUED, State.CANCELLED, at)
    if changed:
        audit.record(by=by, at=at, act="outbox.cancel", kind="outgoing", id=outgoing.pk)
    return changed


def due(outgoing_id: int, *, at: datetime) -> Outgoing | None:
    """The item if it is to be sent now."""
    return (
        Outgoing.objects.select_related("inbox").filter(pk=outgoing_id, state=State.QUEUED, not_before__lte=at).first()
    )


def handing(outgoing_id: int, *, at: datetime) -> None:
    """Commit, before the provider may accept, that it is being handed over. Raises NotQueued when somebody else was faster."""
    if not _move(outgoing_id, State.QUEUED, State.HANDING, at):
        raise NotQueued(outgoing_id)


@transaction.atomic
def conclude(*, outgoing: Outgoing, receipt: Receipt, at: datetime) -> None:
    """Write down what the provider said and what follows: sent, not sent, or again later."""
    Delivery.objects.create(
        outgoing=outgoing,
        at=at,
        outcome=IN_PART if receipt.state == "accepted" and receipt.refused else receipt.state,
        detail=receipt.detail[:500],
        provider_id=receipt.provider_id[:250],
    )
    if receipt.state == "accepted":
        advance(outgoing.pk, State.ACCEPTED, at=at, detail=receipt.detail)
    elif receipt.state == "failed" or outgoing.n_attempts + 1 >= GIVE_UP_AFTER:
        advance(outgoing.pk, State.FAILED, at=at, detail=receipt.detail)
    else:
        _postpone(outgoing, at=at, detail=receipt.detail)


def advance(outgoing_id: int, state: int, *, at: datetime, detail: str = "") -> bool:
    """Move the state forward; a state that is already there or further stays."""
    changed = Outgoing.objects.filter(pk=outgoing_id, state__lt=state).exclude(
        state__in=[State.CANCELLED, State.FAILED]
    )
    return bool(changed.update(state=state, state_at=at, detail=detail[:500]))


@transaction.atomic
def doubt(*, outgoing: Outgoing, detail: str, at: datetime) -> None:
    """The line broke while handing over: nobody can know, so nobody sends again by himself."""
    if _move(outgoing.pk, State.HANDING, State.UNCERTAIN, at):
        Delivery.objects.create(outgoing=outgoing, at=at, outcome="uncertain", detail=detail[:500])


@transaction.atomic
def settle(*, outgoing: Outgoing, send_again: bool, by: User, at: datetime) -> None:
    """A person decides about the newest try, uncertain or failed: it did arrive, or send it again. Raises NotUncertain."""
    current = Outgoing.objects.select_for_update().get(pk=outgoing.pk)
    is_newest = not Outgoing.objects.filter(message_id=current.message_id, n_try__gt=current.n_try).exists()
    if not is_newest or current.state not in (State.UNCERTAIN, State.FAILED):
        raise NotUncertain(current.state)
    audit.record(
        by=by, at=at, act="outbox.send_again" if send_again else "outbox.was_sent", kind="outgoing", id=current.pk
    )
    if not send_again:
        advance(current.pk, State.ACCEPTED, at=at)
        return
    advance(current.pk, State.FAILED, at=at, detail=current.detail)
    again = Outgoing.objects.create(
        interaction_id=current.interaction_id,
        inbox_id=current.inbox_id,
        message_id=current.message_id,
        n_try=current.n_try + 1,
        outbound=current.outbound,
        not_before=at,
        state_at=at,
        by=by,
    )
    jobs.queue(DISPATCH, queue="outbox", run_at=at, outgoing_id=again.pk)


def report(*, outgoing: Outgoing, state: int, at: datetime, detail: str = "") -> bool:
    """What the provider reported later: delivered, read, returned. Forward only; repeats change nothing."""
    if not advance(outgoing.pk, state, at=at, detail=detail):
        return False
    Delivery.objects.create(outgoing=outgoing, at=at, outcome=State(state).name.lower(), detail=detail[:500])
    return True


def overdue(*, at: datetime) -> list[int]:
    """Ids that should have left and have no job that would send them."""
    with connection.cursor() as cursor:
        cursor.execute(WITHOUT_JOB, [State.QUEUED, at - timedelta(seconds=30), DISPATCH])
        return [row[0] for row in cursor.fetchall()]


def wake(outgoing_id: int, *, at: datetime) -> None:
    """Give one that waits a job again."""
    jobs.queue(DISPATCH, queue="outbox", run_at=at, outgoing_id=outgoing_id)


def stuck_in_hand(*, at: datetime) -> list[Outgoing]:
    """Those whose process may have died while handing them over: it did if nobody holds their lock."""
    return list(Outgoing.objects.filter(state=State.HANDING, state_at__lt=at - HANDING_TAKES)[:500])


def takes_long(outgoing: Outgoing, *, at: datetime) -> bool:
    """Whether it is in hand for so long that whoever wrote it should know; a living process may hold it still."""
    return outgoing.state == State.HANDING and outgoing.state_at < at - TAKES_LONG


def as_json(outbound: Outbound) -> dict[str, Any]:
    value = asdict(outbound) | {"at": outbound.at.isoformat(), "headers": dict(outbound.headers)}
    if outbound.quotes:
        value["quotes"]["at"] = outbound.quotes.at.isoformat()
    return value


def from_json(value: Mapping[str, Any]) -> Outbound:
    """The Outbound as it was queued."""
    addresses = {name: tuple(Address(**entry) for entry in value[name]) for name in ("to", "cc", "bcc")}
    rest = {
        "at": datetime.fromisoformat(value["at"]),
        "sender": Address(**value["sender"]),
        "files": tuple(FileRef(**entry) for entry in value["files"]),
        "references": tuple(value["references"]),
        "quotes": _quoted(value.get("quotes")),
    }
    return Outbound(**{**value, **addresses, **rest})


def _quoted(value: Mapping[str, Any] | None) -> Quoted | None:
    if not value:
        return None
    return Quoted(**{**value, "sender": Address(**value["sender"]), "at": datetime.fromisoformat(value["at"])})


def _postpone(outgoing: Outgoing, *, at: datetime, detail: str) -> None:
    later = at + BACKOFF[min(outgoing.n_attempts, len(BACKOFF) - 1)]
    Outgoing.objects.filter(pk=outgoing.pk, state__in=[State.QUEUED, State.HANDING]).update(
        state=State.QUEUED, state_at=at, not_before=later, n_attempts=F("n_attempts") + 1, detail=detail[:500]
    )
    jobs.queue(DISPATCH, queue="outbox", run_at=later, outgoing_id=outgoing.pk)


def _move(outgoing_id: int, old: int, new: int, at: datetime) -> bool:
    return bool(Outgoing.objects.filter(pk=outgoing_id, state=old).update(state=new, state_at=at))
