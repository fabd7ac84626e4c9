"""Threads with entries at given minutes, followed as the job follows them."""

from datetime import datetime, timedelta

from django.db.models import Max

from muhatap.channels.contract import Address, Inbound
from muhatap.channels.models import Inbox
from muhatap.contacts import identity
from muhatap.conversations import routing
from muhatap.conversations.models import Conversation, Message
from muhatap.flow import measuring, reply
from muhatap.insight import rollups
from muhatap.insight.rollups import Cut
from muhatap.interactions import intake, ledger
from muhatap.interactions.models import RawItem
from tests import cast

MONDAY = datetime.fromisoformat("2026-11-16T09:00+03:00")


def after(minutes: float) -> datetime:
    """So many minutes after Monday, nine o'clock."""
    return MONDAY + timedelta(minutes=minutes)


def writes(
    at: datetime, *, id: str, sender: cast.Claim = cast.AYSE, inbox: Inbox | None = None, **more: object
) -> Message:
    """A customer's mail arrives."""
    inbound: Inbound = cast.mail(sender, id=id, at=at, **{"subject": f"Konu {id}", **more})
    inbox = inbox or cast.support_inbox()
    accepted = intake.accept(inbox=inbox, dedupe_key=id, raw=b"raw", meta={}, at=at)
    item = RawItem.objects.select_related("inbox").get(pk=accepted.item_id)
    interaction = ledger.record(item=item, inbound=inbound, at=at)
    contact = identity.resolve(claims=inbound.claims, source="email", at=at)
    ledger.attribute(interaction=interaction, contact=contact)
    message = routing.route(inbox=inbox, inbound=inbound, interaction=interaction, contact=contact, at=at)
    intake.close(item=item, at=at)
    return message


def answers(conversation: Conversation, at: datetime, *, by: cast.User | None, and_resolve: bool = False) -> Message:
    """We answer; `by` nobody is a machine."""
    answer = reply.Answer(html="<p>Merhaba</p>", to=(Address(email="ayse.yilmaz@ornek.example"),))
    return reply.send(conversation=conversation, answer=answer, by=by, at=at, and_resolve=and_resolve)


def follow_all(since: int = 0) -> int:
    """Everything that follows from entries newer than a number; returns the newest number."""
    for message in Message.objects.filter(pk__gt=since).select_related("conversation").order_by("pk"):
        measuring.follow(message=message, at=message.recorded_at)
    return Message.objects.aggregate(newest=Max("pk"))["newest"] or 0


def figures(*wanted: str, by: tuple[str, ...] = ("figure",), **cut: int) -> dict[object, tuple[int, int]]:
    """(n, sum) of these figures in the week."""
    week = Cut(start=MONDAY.date(), end=MONDAY.date() + timedelta(days=6), **cut)
    found = rollups.sums(week, wanted, by=by)
    return {key[0] if len(key) == 1 else tuple(key): (n, total) for *key, n, total in found}
