"""What a contact agreed to: each word with its source and time, the newest stands."""

from datetime import datetime

from django.db import models, transaction

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.contacts import profile
from muhatap.contacts.models import Consent, Contact


@transaction.atomic
def give(*, contact: Contact, channel: str, purpose: str, source: str, by: User | None, at: datetime) -> Consent:
    """They agreed; agreeing again changes nothing."""
    profile.lock(contact)
    standing = _standing(contact, channel, purpose).first()
    if standing:
        return standing
    audit.record(by=by, at=at, act="consent.given", kind="contact", id=contact.pk, name=str(contact), channel=channel)
    return Consent.objects.create(
        contact=contact, channel=channel, purpose=purpose, source=source[:40], by=by, given_at=at
    )


@transaction.atomic
def withdraw(
    *, contact: Contact, channel: str, purpose: str, by: User | None, at: datetime, source: str = "agent"
) -> bool:
    """They do not want it: a yes to us is taken back, and a no is kept where they said nothing to us, for a shop may know a yes.

    False when a no stands already.
    """
    profile.lock(contact)
    if last_word(contact=contact, channel=channel, purpose=purpose) is False:
        return False
    if not _standing(contact, channel, purpose).update(withdrawn_at=at):
        said = {"contact": contact, "channel": channel, "purpose": purpose}
        Consent.objects.create(**said, source=source[:40], by=by, given_at=at, withdrawn_at=at)
    audit.record(
        by=by, at=at, act="consent.withdrawn", kind="contact", id=contact.pk, name=str(contact), channel=channel
    )
    return True


def last_word(*, contact: Contact, channel: str, purpose: str) -> bool | None:
    """Whether their newest word is yes; None when they never said anything. Of merged contacts a no stands before a yes."""
    words = Consent.objects.filter(contact=contact, channel=channel, purpose=purpose)
    told = list(words.values_list("given_at", "withdrawn_at"))
    if not told:
        return None
    newest_yes = max((given for given, withdrawn in told if withdrawn is None), default=None)
    newest_no = max((withdrawn for _given, withdrawn in told if withdrawn is not None), default=None)
    return newest_yes is not None and (newest_no is None or newest_yes > newest_no)


def _standing(contact: Contact, channel: str, purpose: str) -> "models.QuerySet[Consent]":
    return Consent.objects.filter(contact=contact, channel=channel, purpose=purpose, withdrawn_at=None)
