"""The ledger: one row for each thing that happened between the company and a contact, in and out."""

import hashlib
from datetime import datetime

from django.db import IntegrityError, transaction

from muhatap.accounts.models import User
from muhatap.channels.contract import Inbound
from muhatap.channels.models import Inbox
from muhatap.contacts.models import Contact
from muhatap.interactions.models import Interaction, RawItem


class AlreadyRecorded(Exception):
    """The very same thing stands in the ledger already."""

    def __init__(self, interaction: Interaction) -> None:
        super().__init__(interaction.pk)
        self.interaction = interaction


class SuspectedDuplicate(Exception):
    """Something else stands in the ledger under the same provider's id; never dropped silently, a person decides."""


def record(*, item: RawItem, inbound: Inbound, at: datetime) -> Interaction:
    """Record what came in. Raises AlreadyRecorded for a true copy, SuspectedDuplicate for other content under a known id."""
    external_id = own_id(item, inbound)
    try:
        with transaction.atomic():
            return Interaction.objects.create(
                kind=inbound.kind,
                direction=Interaction.Direction.IN,
                channel=item.inbox.kind,
                inbox=item.inbox,
                item=item,
                external_id=external_id,
                fingerprint=fingerprint(inbound),
                at=inbound.at,
                recorded_at=at,
                title=inbound.subject[:300],
                excerpt=excerpt(inbound.reply_text or inbound.text),
            )
    except IntegrityError:
        earlier = Interaction.objects.get(inbox=item.inbox, external_id=external_id)
    if earlier.fingerprint in ("", fingerprint(inbound)):
        raise AlreadyRecorded(earlier)
    raise SuspectedDuplicate(external_id)


def record_sent(
    *,
    inbox: Inbox,
    contact: Contact,
    external_id: str,
    title: str,
    text: str,
    by: User | None,
    at: datetime,
    kind: str = "message",
) -> Interaction:
    """Record what we say; it leaves through the outbox."""
    return Interaction.objects.create(
        kind=kind,
        direction=Interaction.Direction.OUT,
        channel=inbox.kind,
        inbox=inbox,
        contact=contact,
        external_id=external_id,
        by=by,
        at=at,
        recorded_at=at,
        title=title[:300],
        excerpt=excerpt(text),
    )


def record_seen(
    *, contact: Contact, kind: str, channel: str, title: str, excerpt: str, happened_at: datetime, at: datetime
) -> Interaction:
    """Record what a contact did where nobody spoke: a visit, say. Whose row tells of it keeps it to one."""
    return Interaction.objects.create(
        kind=kind,
        direction=Interaction.Direction.IN,
        channel=channel,
        contact=contact,
        at=happened_at,
        recorded_at=at,
        title=title[:300],
        excerpt=excerpt[:300],
    )


def attribute(*, interaction: Interaction, contact: Contact) -> None:
    """Say whose interaction it is."""
    interaction.contact = contact
    interaction.save(update_fields=["contact"])


def own_id(item: RawItem, inbound: Inbound) -> str:
    """The provider's id; for a suspected duplicate that somebody let in as its own, made different by the item's number."""
    return f"{inbound.external_id}#{item.pk}" if item.meta.get("is_its_own") else inbound.external_id


def fingerprint(inbound: Inbound) -> str:
    """What was said, apart from how it travelled: equal for two copies of one message."""
    said = [inbound.sender.value, inbound.subject, inbound.text, *(file.sha256 for file in inbound.files)]
    return hashlib.sha256("\x1f".join(said).encode("utf-8", "replace")).hexdigest()


def excerpt(text: str, *, most: int = 300) -> str:
    """The first words on one line; "…" says that there are more."""
    line = " ".join(text[: 4 * most].split())
    return line if len(line) <= most else line[: most - 1] + "…"
