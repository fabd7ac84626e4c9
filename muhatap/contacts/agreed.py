"""What a source tells of the consent of many contacts at once, as files do: a no always wins, and a yes lifts no no.

A file is a picture of some day in the past, and its dates are mistaken easily; what it costs to be wrong is unlike on the two sides.
There is no entry in the audit for each of a million contacts: whoever brings the file writes one, with what `counted` says.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.db.models import Count, F, Q

from muhatap.accounts.models import User
from muhatap.contacts import families
from muhatap.contacts.models import Consent, Contact

Key = tuple[int, str, str]  # contact, channel, purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """That somebody agreed to something, or does not want it, from when on, and what shows it."""

    contact: int
    channel: str
    purpose: str
    is_yes: bool
    at: datetime
    proof: str = ""


@transaction.atomic
def tell(*, words: Iterable[Word], source: str, by: User | None, at: datetime) -> set[int]:
    """Keep these words, none later than now; gives the contacts of whom another word stands. The same again changes nothing."""
    words = list(words)
    heads = _held({word.contact for word in words})
    wanted = _strictest(
        replace(word, contact=heads[word.contact], at=min(word.at, at)) for word in words if word.contact in heads
    )
    standing: dict[Key, list[Consent]] = defaultdict(list)
    for row in Consent.objects.filter(contact_id__one_of={contact for contact, _channel, _purpose in wanted}):
        standing[row.contact_id, row.channel, row.purpose].append(row)
    new: list[Consent] = []
    ended: list[Consent] = []
    changed: set[int] = set()
    for key, word in wanted.items():
        begun, over = _taken(word, standing[key], source, by)
        if over or (begun and not standing[key]):
            changed.add(word.contact)
        new += begun
        ended += over
    Consent.objects.bulk_update(ended, ["withdrawn_at", "withdrawn_source"])
    Consent.objects.bulk_create(new)
    return changed


@transaction.atomic
def take_back(*, contacts: Collection[int], source: str) -> None:
    """As if the source had told nothing; its yes that somebody took back since stays, as their no."""
    heads = _held(contacts, is_to_go=True)
    told = Consent.objects.filter(contact_id__one_of={*heads, *heads.values()})
    told.filter(Q(withdrawn_at=None) | Q(withdrawn_source=source), source=source).delete()
    theirs = told.filter(source=source)
    theirs.update(given_at=F("withdrawn_at"), proof="")
    theirs.exclude(withdrawn_source="").update(source=F("withdrawn_source"), by=None)
    told.filter(withdrawn_source=source).update(withdrawn_at=None, withdrawn_source="")


def told_of(source: str) -> set[int]:
    """The contacts of whom a word of this source stands."""
    rows = Consent.objects.filter(Q(source=source) | Q(withdrawn_source=source))
    return set(rows.values_list("contact_id", flat=True))


def counted(source: str) -> dict[str, int]:
    """How many words of this source stand."""
    yes, no = Q(source=source, withdrawn_at=None), Q(withdrawn_source=source)
    return Consent.objects.filter(yes | no).aggregate(yes=Count("pk", filter=yes), no=Count("pk", filter=no))


def _held(contacts: Collection[int], *, is_to_go: bool = False) -> dict[int, int]:
    """Whom each of these stands under today, both held in the order of their numbers, before anything is read of what they said."""
    heads = families.standing(contacts)
    rows = Contact.objects.filter(pk__one_of={*heads, *heads.values()})
    list(rows.select_for_update(no_key=not is_to_go).order_by("pk").values_list("pk"))
    return heads


def _strictest(words: Iterable[Word]) -> dict[Key, Word]:
    """Of several words on one thing the no."""
    found: dict[Key, Word] = {}
    for word in words:
        key = (word.contact, word.channel, word.purpose)
        if key not in found or (found[key].is_yes and not word.is_yes):
            found[key] = word
    return found


def _taken(word: Word, rows: Sequence[Consent], source: str, by: User | None) -> tuple[list[Consent], list[Consent]]:
    """What becomes of one word beside those that stand: rows that begin with it, and rows that it ends."""
    yes = [row for row in rows if row.withdrawn_at is None]
    row = _row(word, source, by)
    if word.is_yes:
        return ([] if rows else [row]), []
    no_at = max([word.at, *(one.given_at for one in rows)])
    for one in yes:
        one.withdrawn_at, one.withdrawn_source = no_at, source
    row.given_at, row.withdrawn_at, row.withdrawn_source = no_at, no_at, source
    return ([] if yes or _stays(rows, source) else [row]), yes


def _stays(rows: Sequence[Consent], source: str) -> bool:
    """Whether their last word is a no that goes with no other file: it is their own, or this file's."""
    newest = max((row.given_at for row in rows), default=None)
    nos = [row.withdrawn_at for row in rows if row.withdrawn_at and row.withdrawn_source in ("", source)]
    return newest is not None and any(no >= newest for no in nos)


def _row(word: Word, source: str, by: User | None) -> Consent:
    return Consent(
        contact_id=word.contact, channel=word.channel, purpose=word.purpose, source=source, by=by, given_at=word.at,
        proof=word.proof[:300],
    )  # fmt: skip
