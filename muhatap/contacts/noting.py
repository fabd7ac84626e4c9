"""Notes on a contact: what the next colleague should know, and the contact never sees."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Func, QuerySet, TextField

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.contacts import profile
from muhatap.contacts.models import Contact, ContactNote
from muhatap.shared.text import fold, without_nul

LONGEST = 10_000
_SHORTEST, _MOST_WORDS = 3, 10


class BadNote(ValueError):
    """The note is empty or too long."""


@transaction.atomic
def write(*, contact: Contact, text: str, by: User, at: datetime) -> ContactNote:
    """Raises BadNote."""
    text = without_nul(text).strip()
    if not text or len(text) > LONGEST:
        raise BadNote(len(text))
    profile.lock(contact)
    contact = contact.standing()  # a merge may have been quicker
    note = ContactNote.objects.create(contact=contact, text=text, by=by, at=at)
    audit.record(by=by, at=at, act="contact.noted", kind="contact", id=contact.pk, name=str(contact), note=note.pk)
    return note


@transaction.atomic
def remove(*, note: ContactNote, by: User, at: datetime) -> None:
    """Its text stays in no place but the audit's memory that there was one."""
    audit.record(
        by=by,
        at=at,
        act="contact.note_removed",
        kind="contact",
        id=note.contact_id,
        name=str(note.contact),
        note=note.pk,
    )
    note.delete()


def found(q: str) -> QuerySet[ContactNote]:
    """Notes that have each of these words in them, in no order; none for words too short to look for."""
    words = [word for word in fold(without_nul(q)).split()[:_MOST_WORDS] if len(word) >= _SHORTEST]
    if not words:
        return ContactNote.objects.none()
    rows = ContactNote.objects.alias(folded=Func(F("text"), function="fold_tr", output_field=TextField()))
    for word in words:
        rows = rows.filter(folded__contains=word)
    return rows
