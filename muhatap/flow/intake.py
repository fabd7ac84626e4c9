"""How an interaction comes in: it is recorded, the customer is recognised, the profile learns, the thread is found."""

import logging
from datetime import datetime

from django.db import transaction

from muhatap.channels import registry
from muhatap.channels.contract import Inbound, Untranslatable
from muhatap.contacts import identity, profile
from muhatap.contacts.models import Contact
from muhatap.conversations import routing
from muhatap.flow import notices, posts, returned
from muhatap.interactions import intake, ledger
from muhatap.interactions.models import Quarantine, RawItem
from muhatap.shared import away, locks

log = logging.getLogger(__name__)
Reason = Quarantine.Reason


def digest(*, item_id: int, at: datetime) -> None:
    """Take one raw item in. May run twice; what cannot be taken in goes to quarantine with its reason, and the next goes on."""
    try:
        with transaction.atomic():
            item = intake.opened(item_id)
            if item is not None:
                take_in(item, at=at)
    except Untranslatable as error:
        intake.quarantine(item_id=item_id, reason=Reason.UNREADABLE, detail=str(error), at=at)
    except ledger.SuspectedDuplicate as error:
        intake.quarantine(item_id=item_id, reason=Reason.SUSPECTED_DUPLICATE, detail=str(error), at=at)
    except Exception as error:
        if away.is_away(error):
            raise  # the item stays as it is, and the job comes again
        log.exception("item %s could not be taken in", item_id)
        intake.quarantine(item_id=item_id, reason=Reason.FAULT, detail=f"{type(error).__name__}: {error}", at=at)


def take_in(item: RawItem, *, at: datetime) -> None:
    """The story of one interaction. Raises what `digest` turns into quarantine."""
    inbound = read(item)
    if posts.is_listening(item.inbox):
        posts.take_in(item, inbound, at=at)
        return
    if notices.carried(item, inbound, at=at):
        return
    locks.hold("sender", item.inbox_id, inbound.sender.value)
    try:
        interaction = ledger.record(item=item, inbound=inbound, at=at)
    except ledger.AlreadyRecorded as copy:
        intake.close(item=item, at=at, duplicate_of=copy.interaction)
        return
    contact = returned.owner(item.inbox, inbound, at=at) or _recognised(item, inbound, at=at)
    ledger.attribute(interaction=interaction, contact=contact)
    routing.route(inbox=item.inbox, inbound=inbound, interaction=interaction, contact=contact, at=at)
    intake.close(item=item, at=at)


def read(item: RawItem) -> Inbound:
    """What its bytes say, as its inbox is set up now. Raises Untranslatable."""
    meta = {"authserv_id": item.inbox.setting("authserv_id"), **item.meta}
    return registry.adapter(item.inbox.kind).translate(bytes(item.raw), meta)


def _recognised(item: RawItem, inbound: Inbound, *, at: datetime) -> Contact:
    claims = [inbound.sender, *(claim for claim in inbound.claims if claim != inbound.sender)]
    contact = identity.resolve(claims=claims, source=item.inbox.kind, at=inbound.at)
    profile.update(contact=contact, facts=inbound.facts, source=item.inbox.kind, at=inbound.at)
    return contact
