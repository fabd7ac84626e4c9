"""Triggers that are on look what happened since they looked last; each occasion becomes one row, done or with the reason why not."""

from datetime import datetime, timedelta

from django.db import transaction

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.contacts.models import Contact
from muhatap.shared import live, locks
from muhatap.triggers import judging, occasions
from muhatap.triggers.models import Firing, Trigger
from muhatap.triggers.occasions import Occasion

TASKS = "tasks"  # the live topic of what waits on Today
LOOKED_AGAIN = timedelta(minutes=10)  # what a visit tells may be written down after the moment it happened
SPAN = timedelta(days=7)  # of a look back


def look(*, at: datetime) -> None:
    """Every minute."""
    for trigger in Trigger.objects.filter(is_on=True).order_by("id"):
        run(trigger=trigger, at=at)


@transaction.atomic
def run(*, trigger: Trigger, at: datetime) -> list[Firing]:
    """One trigger's look at what happened since its last one; gives what is new."""
    held = Trigger.objects.select_for_update(skip_locked=True).filter(pk=trigger.pk, is_on=True).first()
    if held is None or held.looked_at is None:
        return []
    since = max(held.looked_at - LOOKED_AGAIN, held.changed_at)
    found = occasions.found(held.kind, since=since, until=at, trigger=held)
    made = [fire(trigger=held, occasion=one, at=at) for one in found]
    # As many as are met at one time: the next look begins where this one ended.
    held.looked_at = at if len(found) < occasions.MOST else max(found[-1].at, held.looked_at)
    held.save(update_fields=["looked_at"])
    return [one for one in made if one]


@transaction.atomic
def fire(*, trigger: Trigger, occasion: Occasion, at: datetime) -> Firing | None:
    """Do it, or write down why not; None when this occasion was met before."""
    locks.hold("trigger", occasion.contact_id)
    if Firing.objects.filter(trigger=trigger, occasion=occasion.key).exists():
        return None
    contact = Contact.objects.select_related("merged_into").get(pk=occasion.contact_id).standing()
    made = _judged(trigger, occasion, contact, at=at)
    made.save()
    if not made.why_not:
        live.announce([TASKS], "task", task=made.pk)
    return made


@transaction.atomic
def settle(*, firing: Firing, by: User, at: datetime) -> bool:
    """Somebody saw to it, or it needs nothing; False when somebody did before."""
    if not Firing.objects.filter(pk=firing.pk, settled_at=None).update(settled_at=at, settled_by=by):
        return False
    audit.record(by=by, at=at, act="trigger.settled", kind="contact", id=firing.contact_id, name=str(firing.contact))
    live.announce([TASKS], "task", task=firing.pk)
    return True


def look_back(trigger: Trigger, *, at: datetime) -> list[Firing]:
    """Whom it would have reached in the last seven days as it is set now, and whom not and why. Nothing is kept."""
    found: list[Firing] = []
    contacts: dict[int, Contact] = {}
    for one in occasions.found(trigger.kind, since=at - SPAN, until=at):
        contact = contacts.get(one.contact_id) or Contact.objects.select_related("merged_into").get(pk=one.contact_id)
        contacts[one.contact_id] = contact = contact.standing()
        found.append(_judged(trigger, one, contact, at=one.at, others=found))
    return found


def _judged(
    trigger: Trigger, occasion: Occasion, contact: Contact, *, at: datetime, others: list[Firing] | None = None
) -> Firing:
    return Firing(
        trigger=trigger,
        contact=contact,
        occasion=occasion.key,
        at=occasion.at,
        reasons=dict(occasion.reasons),
        way=trigger.way,
        why_not=judging.why_not(trigger, occasion, contact, at=at, others=others or ()),
        text=filled(trigger.text, occasion, contact),
    )


def filled(text: str, occasion: Occasion, contact: Contact) -> str:
    """The text with what is known: {ad} or {name}, {ürün} or {product}, {sipariş} or {order}."""
    products = occasion.reasons.get("products") or [occasion.reasons.get("name", "")]
    product, order = str(products[0] if products else ""), str(occasion.reasons.get("number", ""))
    first = contact.name.split()[0] if contact.name.split() else ""
    values = {"ad": first, "name": first, "ürün": product, "product": product, "sipariş": order, "order": order}
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text
