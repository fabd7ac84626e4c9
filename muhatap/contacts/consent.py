"""What a contact agreed to: each word with its source and time, the newest stands.

What a file told (`agreed`) goes when the file does; so what they say themselves is kept beside it, though it be the same.
"""

from datetime import datetime

from django.db import models, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.contacts import profile
from muhatap.contacts.models import Consent, Contact

FILE = "import:"  # how the sources begin that can be taken back


@transaction.atomic
def give(*, contact: Contact, channel: str, purpose: str, source: str, by: User | None, at: datetime) -> Consent:
    """They agreed; agreeing again changes nothing."""
    profile.lock(contact)
    own = _words(contact, channel, purpose).filter(withdrawn_at=None).exclude(source__startswith=FILE).first()
    if own and last_word(contact=contact, channel=channel, purpose=purpose):
        return own
    audit.record(by=by, at=at, act="consent.given", kind="contact", id=contact.pk, name=str(contact), channel=channel)
    return Consent.objects.create(
        contact=contact, channel=channel, purpose=purpose, source=source[:40], by=by, given_at=at
    )


@transaction.atomic
def withdraw(
    *, contact: Contact, channel: str, purpose: str, by: User | None, at: datetime, source: str = "agent"
) -> bool:
    """They do not want it: a yes to us is taken back, and a no is kept where they said nothing to us, for a shop may know a yes.

    False when a no stands already that no file may take along.
    """
    profile.lock(contact)
    words = _words(contact, channel, purpose)
    of_files = words.filter(withdrawn_source__startswith=FILE)
    if last_word(contact=contact, channel=channel, purpose=purpose) is False and not of_files.exists():
        return False
    own = {"source": source[:40], "by": by, "given_at": at, "withdrawn_at": at}
    n = of_files.filter(source=F("withdrawn_source")).update(**own, withdrawn_source="", proof="")
    n += words.filter(Q(withdrawn_at=None) | Q(withdrawn_source__startswith=FILE)).update(
        withdrawn_at=Greatest("given_at", Value(at)), withdrawn_source=""
    )
    if not n:
        Consent.objects.create(contact=contact, channel=channel, purpose=purpose, **own)
    audit.record(
        by=by, at=at, act="consent.withdrawn", kind="contact", id=contact.pk, name=str(contact), channel=channel
    )
    return True


def last_word(*, contact: Contact, channel: str, purpose: str) -> bool | None:
    """Whether their newest word is yes; None when they never said anything. Of merged contacts a no stands before a yes."""
    told = list(_words(contact, channel, purpose).values_list("given_at", "withdrawn_at"))
    if not told:
        return None
    newest_yes = max((given for given, withdrawn in told if withdrawn is None), default=None)
    newest_no = max((withdrawn for _given, withdrawn in told if withdrawn is not None), default=None)
    return newest_yes is not None and (newest_no is None or newest_yes > newest_no)


def _words(contact: Contact, channel: str, purpose: str) -> "models.QuerySet[Consent]":
    return Consent.objects.filter(contact=contact, channel=channel, purpose=purpose)
