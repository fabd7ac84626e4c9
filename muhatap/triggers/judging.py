"""Whether we may turn to somebody: what they agreed to, and that nobody is turned to again and again.

A task is for us and asks nobody's leave. A mail that sells needs their consent, and one about what they ordered or asked needs none. An
invitation is shown on our own site to whoever is there, and agreed to be known there.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from muhatap.contacts.models import Contact
from muhatap.sales import consent as buyers
from muhatap.triggers.models import Firing, Trigger
from muhatap.triggers.occasions import Occasion

Way, Kind, WhyNot = Trigger.Way, Trigger.Kind, Firing.WhyNot
SELLS = {Kind.CART_LEFT, Kind.THIRD_LOOK, Kind.EMPTY_SEARCH}
ANY_REST = timedelta(days=1)  # between two invitations or mails of whatever trigger
STILL_THERE = timedelta(minutes=30)


def why_not(
    trigger: Trigger, occasion: Occasion, contact: Contact, *, at: datetime, others: Collection[Firing] = ()
) -> str:
    """The code of why nothing may happen; "" when it may. `others` are firings that are not kept yet, of a look back."""
    if _is_often(trigger, contact, occasion.at, others):
        return WhyNot.OFTEN
    if trigger.way == Way.DRAFT and not contact.email:
        return WhyNot.ADDRESS
    if trigger.way == Way.DRAFT and trigger.kind in SELLS and not buyers.agreed([contact]):
        return WhyNot.CONSENT
    if trigger.way == Way.INVITATION and at - occasion.at > STILL_THERE:
        return WhyNot.GONE
    return ""


def _is_often(trigger: Trigger, contact: Contact, at: datetime, others: Collection[Firing]) -> bool:
    """The same trigger within its days of rest, or any other way of turning to them within a day."""
    kept = Firing.objects.filter(contact=contact, why_not="", at__lte=at)
    rest = timedelta(days=trigger.rest_days)
    mine = kept.filter(trigger=trigger, at__gt=at - rest) if trigger.pk else kept.none()
    theirs = kept.filter(at__gt=at - ANY_REST).exclude(way=Way.TASK)
    if any(one.contact_id == contact.pk and not one.why_not and at - one.at < rest for one in others):
        return True
    return mine.exists() or (trigger.way != Way.TASK and theirs.exists())
