"""What a contact agreed to: each word with its source and time, the newest stands; of two who were merged the stricter (ADR 0052).

What a file told (`agreed`) goes when the file does; so what they say themselves is kept beside it, though it be the same.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import models, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.contacts import families, profile
from muhatap.contacts.models import Consent, Contact, MergeMove

FILE = "import:"  # how the sources begin that can be taken back
_RELATION = "contacts.Consent.contact"


@transaction.atomic
def give(*, contact: Contact, channel: str, purpose: str, source: str, by: User | None, at: datetime) -> Consent:
    """They agreed; agreeing again changes nothing."""
    contact = profile.held(contact)
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
    contact = profile.held(contact)
    words = _words(contact, channel, purpose)
    of_files = words.filter(withdrawn_source__startswith=FILE)
    is_over = not of_files.exists() and not words.filter(withdrawn_at=None).exists()
    if is_over and last_word(contact=contact, channel=channel, purpose=purpose) is False:
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
    """Whether their newest word is yes; None when they never said anything.

    Of merged contacts a no stands: only a yes that was said later, of that contact or after the merge, lifts it.
    """
    told = list(_words(contact, channel, purpose).values_list("pk", "given_at", "withdrawn_at"))
    if not told:
        return None
    yes = [(pk, given) for pk, given, withdrawn in told if withdrawn is None]
    no = [(pk, withdrawn) for pk, _given, withdrawn in told if withdrawn is not None]
    if not yes or not no or max(at for _pk, at in no) >= max(at for _pk, at in yes):
        return bool(yes) and not no
    whose = _Whose(contact, [pk for pk, *_moments in told])
    return all(any(at > no_at and whose.at(pk, at) == whose.at(no_pk, at) for pk, at in yes) for no_pk, no_at in no)


class _Whose:
    """In which contact a word stood at a moment, before it and others were merged."""

    def __init__(self, contact: Contact, words: Collection[int]) -> None:
        self._now = contact.pk
        self._moves: dict[int, list[tuple[datetime, int, int]]] = {}
        merged = MergeMove.objects.filter(
            merge__keep__in=families.of(contact.pk), merge__undone_at=None, relation=_RELATION, row_id__in=list(words)
        )
        rows = merged.filter(is_twin=False).order_by("merge_id")
        for row, at, drop, keep in rows.values_list("row_id", "merge__at", "merge__drop_id", "merge__keep_id"):
            self._moves.setdefault(row, []).append((at, drop, keep))

    def at(self, word: int, at: datetime) -> int:
        moves = self._moves.get(word, [])
        stood = moves[0][1] if moves else self._now
        for merged_at, _drop, keep in moves:
            stood = keep if merged_at <= at else stood
        return stood


def _words(contact: Contact, channel: str, purpose: str) -> "models.QuerySet[Consent]":
    return Consent.objects.filter(contact=contact, channel=channel, purpose=purpose)
