"""The raw intake: bytes are durable before anybody looks at them, and nothing after that can lose them."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.channels.models import Inbox
from muhatap.interactions.models import Interaction, Quarantine, RawItem
from muhatap.shared import jobs, live

DIGEST = "digest"
INSERT = """
insert into interactions_rawitem (inbox_id, dedupe_key, raw, meta, received_at, n_attempts)
values (%s, %s, %s, %s, %s, 0) on conflict (inbox_id, dedupe_key) do nothing returning id
"""


@dataclass(frozen=True)
class Accepted:
    """The item that holds the bytes; `is_new` is False when they had come before."""

    item_id: int
    is_new: bool


@transaction.atomic
def accept(*, inbox: Inbox, dedupe_key: str, raw: bytes, meta: dict[str, Any], at: datetime) -> Accepted:
    """Keep raw bytes and queue their digestion, in one transaction. Offering the same key again changes nothing."""
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [inbox.pk, dedupe_key, raw, json.dumps(meta), at])
        row = cursor.fetchone()
    if row is None:
        return Accepted(RawItem.objects.only("id").get(inbox=inbox, dedupe_key=dedupe_key).pk, is_new=False)
    jobs.queue(DIGEST, queue="intake", item_id=row[0])
    return Accepted(row[0], is_new=True)


def opened(item_id: int) -> RawItem | None:
    """The item, locked for digestion; None when it is digested, in quarantine, or in another's hands right now."""
    return (
        RawItem.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("inbox")
        .filter(~_in_quarantine(), pk=item_id, digested_at=None)
        .first()
    )


def close(*, item: RawItem, at: datetime, duplicate_of: Interaction | None = None) -> None:
    """The item is digested: it became an interaction, or is a copy of one."""
    RawItem.objects.filter(pk=item.pk).update(digested_at=at, n_attempts=F("n_attempts") + 1, duplicate_of=duplicate_of)


@transaction.atomic
def quarantine(*, item_id: int, reason: str, detail: str, at: datetime) -> None:
    """Set an item aside with its reason. Quarantining twice keeps the first reason."""
    RawItem.objects.filter(pk=item_id).update(n_attempts=F("n_attempts") + 1)
    Quarantine.objects.bulk_create(
        [Quarantine(item_id=item_id, reason=reason, detail=detail[:4000].replace("\x00", ""), at=at)],
        ignore_conflicts=True,
    )
    inbox_id = RawItem.objects.values_list("inbox_id", flat=True).get(pk=item_id)
    live.announce([f"inbox:{inbox_id}"], "quarantine", item=item_id)


@transaction.atomic
def retry(*, quarantine: Quarantine, by: User | None, at: datetime, as_its_own: bool = False) -> None:
    """Take a quarantined item in again; `as_its_own` says that a suspected duplicate is a message in its own right."""
    _release(quarantine, by=by, at=at, outcome="retried")
    if as_its_own:
        item = quarantine.item
        item.meta["is_its_own"] = True
        item.save(update_fields=["meta"])
    jobs.queue(DIGEST, queue="intake", item_id=quarantine.item_id)


@transaction.atomic
def want_whole(*, quarantine: Quarantine) -> None:
    """Of this one only the head is here; whoever reads its mailbox shall fetch the rest."""
    _change_meta(quarantine, is_wanted=True)


@transaction.atomic
def complete(*, quarantine: Quarantine, raw: bytes, by: User | None, at: datetime) -> None:
    """The rest of a wanted item came: take it in."""
    _change_meta(quarantine, is_wanted=None, is_head_only=None)
    RawItem.objects.filter(pk=quarantine.item_id).update(raw=raw)
    retry(quarantine=quarantine, by=by, at=at)


@transaction.atomic
def cannot_complete(*, quarantine: Quarantine, detail: str) -> None:
    """The rest of a wanted item was not to be had: it stays, and says why."""
    _change_meta(quarantine, is_wanted=None)
    Quarantine.objects.filter(pk=quarantine.pk).update(detail=detail[:4000])
    live.announce([f"inbox:{quarantine.item.inbox_id}"], "quarantine", item=quarantine.item_id)


def wanted_whole(inbox: Inbox) -> QuerySet[Quarantine]:
    """The items of an inbox whose rest somebody wants."""
    waiting = Quarantine.objects.filter(released_at=None, item__inbox=inbox, item__meta__is_wanted=True)
    return waiting.select_related("item").defer("item__raw").order_by("id")


@transaction.atomic
def leave(*, quarantine: Quarantine, by: User, at: datetime) -> None:
    """Leave a quarantined item out for good; its bytes stay."""
    _release(quarantine, by=by, at=at, outcome="left_out")
    RawItem.objects.filter(pk=quarantine.item_id).update(digested_at=at)


def undigested(*, before: datetime) -> QuerySet[RawItem]:
    """Items that should have been digested by `before` and are not in quarantine: what a killed process left behind."""
    return RawItem.objects.filter(~_in_quarantine(), digested_at=None, received_at__lt=before)


def between(*, inbox: Inbox | None, since: datetime, until: datetime) -> QuerySet[RawItem]:
    """The items of a range, oldest first: what a replay goes through."""
    items = RawItem.objects.filter(received_at__gte=since, received_at__lt=until).order_by("received_at", "id")
    return items.filter(inbox=inbox) if inbox else items


def stale_after() -> timedelta:
    """How long a digestion may wait in the queue before the sweep helps it along."""
    return timedelta(seconds=30)


def _in_quarantine() -> Exists:
    return Exists(Quarantine.objects.filter(item=OuterRef("pk"), released_at=None))


def _change_meta(quarantine: Quarantine, **changes: bool | None) -> None:
    """Set these marks of an item; None takes one away."""
    item = RawItem.objects.select_for_update().only("id", "meta").get(pk=quarantine.item_id)
    meta = {**item.meta, **changes}
    RawItem.objects.filter(pk=item.pk).update(meta={name: value for name, value in meta.items() if value is not None})


def _release(quarantine: Quarantine, *, by: User | None, at: datetime, outcome: str) -> None:
    Quarantine.objects.filter(pk=quarantine.pk, released_at=None).update(
        released_at=at, released_by=by, outcome=outcome
    )
    audit.record(by=by, at=at, act=f"quarantine.{outcome}", kind="raw item", id=quarantine.item_id)
