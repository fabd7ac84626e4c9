"""What a source tells of the consent of many contacts at once, as files do: a no always wins, and a yes lifts no no.

A file is a picture of some day in the past, and its dates are mistaken easily; what it costs to be wrong is unlike on the two sides.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from muhatap.accounts.models import User
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
def tell(*, words: Iterable[Word], source: str, by: User | None) -> set[int]:
    """Keep these words; gives the contacts for whom one changed something. The same again changes nothing."""
    wanted = _strictest(words)
    contacts = {contact for contact, _channel, _purpose in wanted}
    list(Contact.objects.filter(pk__in=contacts).select_for_update(no_key=True).order_by("pk").values_list("pk"))
    standing: dict[Key, list[Consent]] = defaultdict(list)
    for row in Consent.objects.filter(contact__in=contacts):
        standing[row.contact_id, row.channel, row.purpose].append(row)
    new: list[Consent] = []
    ended: list[Consent] = []
    changed: set[int] = set()
    for key, word in wanted.items():
        rows = standing.get(key, [])
        yes = [row for row in rows if row.withdrawn_at is None]
        if rows and (word.is_yes or not yes):
            continue
        changed.add(word.contact)
        if yes:
            for row in yes:
                row.withdrawn_at, row.withdrawn_source = max(word.at, row.given_at), source
            ended += yes
        else:
            new.append(_row(word, source, by))
    Consent.objects.bulk_update(ended, ["withdrawn_at", "withdrawn_source"])
    Consent.objects.bulk_create(new)
    return changed


@transaction.atomic
def take_back(*, contacts: Collection[int], source: str) -> None:
    """As if the source had told nothing. Its yes that somebody took back since stays, as their no."""
    told = Consent.objects.filter(contact__in=contacts)
    told.filter(Q(withdrawn_at=None) | Q(withdrawn_source=source), source=source).delete()
    told.filter(withdrawn_source=source).update(withdrawn_at=None, withdrawn_source="")


def _strictest(words: Iterable[Word]) -> dict[Key, Word]:
    """Of several words on one thing the no."""
    found: dict[Key, Word] = {}
    for word in words:
        key = (word.contact, word.channel, word.purpose)
        if key not in found or (found[key].is_yes and not word.is_yes):
            found[key] = word
    return found


def _row(word: Word, source: str, by: User | None) -> Consent:
    ended = {} if word.is_yes else {"withdrawn_at": word.at, "withdrawn_source": source}
    return Consent(
        contact_id=word.contact, channel=word.channel, purpose=word.purpose, source=source, by=by, given_at=word.at,
        proof=word.proof[:300], **ended,
    )  # fmt: skip
