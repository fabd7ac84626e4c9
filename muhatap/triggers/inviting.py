"""Invitations to talk, in the chat on our own pages: for whoever is there now, known there, shown once."""

from datetime import datetime

from django.db import transaction

from muhatap.triggers.judging import STILL_THERE
from muhatap.triggers.models import Firing, Trigger
from muhatap.visits import sites, stitching
from muhatap.visits.proving import OURS


def is_any_on() -> bool:
    """Whether windows have to ask at all."""
    return Trigger.objects.filter(is_on=True, way=Trigger.Way.INVITATION).exists()


@transaction.atomic
def take(*, write_key: str, origin: str, visitor: str, at: datetime) -> Firing | None:
    """The invitation that waits for this visitor, marked as shown; None for most.

    `origin` is the page's, which the site has to let in; empty for a page of our own. Names that can be guessed are nobody's.
    """
    site = sites.of_page(write_key=write_key, origin=origin)
    link = stitching.holding(site.id, visitor, at) if site and not visitor.startswith(OURS) else None
    if link is None:
        return None
    waiting = Firing.objects.select_for_update(skip_locked=True).filter(
        contact=link.contact.standing(), way=Trigger.Way.INVITATION, why_not="", shown_at=None, at__gt=at - STILL_THERE
    )
    found = waiting.order_by("-at").first()
    if found:
        found.shown_at = at
        found.save(update_fields=["shown_at"])
    return found
