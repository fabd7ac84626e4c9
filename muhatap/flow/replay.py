"""Taking raw items in again: those that never came through, and those the reader understands better by now."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.channels.contract import Untranslatable
from muhatap.channels.email import mailbox
from muhatap.channels.email.models import Errand
from muhatap.channels.models import Inbox
from muhatap.conversations import rereading
from muhatap.conversations.models import Message
from muhatap.flow import intake as staircase
from muhatap.interactions import intake
from muhatap.interactions.models import Quarantine, RawItem


def items(*, ids: Iterable[int], by: User | None, at: datetime) -> int:
    """Replay these items; gives how many there were."""
    return _each(RawItem.objects.filter(pk__in=list(ids)).order_by("id"), by=by, at=at)


def between(*, inbox: str | None, since: datetime, until: datetime, by: User | None, at: datetime) -> int:
    """Replay what was received in a span of time, of one inbox by its name or of all. Raises Inbox.DoesNotExist."""
    box = Inbox.objects.get(name=inbox) if inbox else None
    return _each(intake.between(inbox=box, since=since, until=until), by=by, at=at)


def one(*, item: RawItem, by: User | None, at: datetime) -> None:
    """Digest an item that was not digested yet; read the message of one that was, again."""
    message = Message.objects.select_related("conversation").filter(interaction__item=item).first()
    waiting = item.quarantines.filter(released_at=None).first()
    if waiting:
        retry(quarantine=waiting, by=by, at=at)
    elif message:
        try:
            inbound = staircase.read(item)
        except Untranslatable:
            return  # it was understood once: what stands there is better than nothing
        rereading.reread(message=message, inbound=inbound)
    elif item.digested_at is None:
        staircase.digest(item_id=item.pk, at=at)


@transaction.atomic
def retry(*, quarantine: Quarantine, by: User | None, at: datetime, as_its_own: bool = False) -> None:
    """Take a quarantined item in again; one of which only the headers came, when its mailbox was asked for the rest."""
    if not quarantine.item.meta.get("is_head_only"):
        intake.retry(quarantine=quarantine, by=by, at=at, as_its_own=as_its_own)
        return
    intake.want_whole(quarantine=quarantine)
    mailbox.ask(inbox=quarantine.item.inbox, kind=Errand.Kind.WHOLE, by=by, at=at)


def _each(found: QuerySet[RawItem], *, by: User | None, at: datetime) -> int:
    n_items = 0
    for item in found.select_related("inbox").iterator(chunk_size=50):
        one(item=item, by=by, at=at)
        n_items += 1
    audit.record(by=by, at=at, act="intake.replay", kind="raw item", id="", n_items=n_items)
    return n_items
