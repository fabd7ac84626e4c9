"""What sources say of people, taken in by the thousand: each word is kept as it was said, stands in one contact, and that contact's
row follows from all that is said of it.

`take` is shaped for many at once (an import, a shop's nightly list): a fixed number of questions a call, whatever its length
up to MOST. It may be called twice with the same words: the second time says "same".
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from muhatap.accounts.models import User
from muhatap.contacts import (
    comparable,
    designing,
    families,
    fields,
    graph,
    handles,
    joining,
    landing,
    likeness,
    writing,
)
from muhatap.contacts.candidates import Candidate
from muhatap.contacts.graph import Graph
from muhatap.contacts.handles import Handle
from muhatap.contacts.models import Contact, CustomField, Identity, SourceRecord
from muhatap.matching import blocking
from muhatap.matching.normal import Normal
from muhatap.shared import bulk, locks

MOST = 2000
RECOGNISING = (Identity.Kind.NATIONAL, Identity.Kind.SHOP, Identity.Kind.EMAIL, Identity.Kind.PHONE)
_PRINTED = {str(Identity.Kind.NATIONAL)}  # never kept as it was told
_LONGEST_ID = 320
_MOST_WAVES = 2
_MOST_HINTS = 3


@dataclass(frozen=True, kw_only=True)
class Told:
    """What one source says of one person. `fields` as it was given, by the names of contact fields; "shop" is the shop's account.

    `external_id` is the source's own number for this person: said again under it, it is a newer word about the same one.
    `contact` is given when somebody else has decided whose record this is.
    """

    source: str
    external_id: str
    fields: Mapping[str, object]
    at: datetime
    contact: int | None = None


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What became of one: "created", "updated", "joined", "same" or "left" (the mode forbade it). `errors` says which fields were left out."""

    outcome: str
    contact: int | None = None
    record: int | None = None
    because: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(kw_only=True)
class Word:
    """One word on its way in."""

    told: Told
    values: dict[str, Any]
    errors: dict[str, str]
    handles: list[Handle]
    normal: Normal = field(default_factory=Normal)
    keys: frozenset[int] = frozenset()
    likely: list[Candidate] = field(default_factory=list)
    before: SourceRecord | None = None
    contact: int | None = None
    outcome: str = ""
    because: str = ""
    record: int | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.told.source, self.told.external_id

    @property
    def kept(self) -> dict[str, str]:
        told = {str(one.kind): one.told for one in self.handles if one.kind == Identity.Kind.NATIONAL}
        return writing.kept({name: value for name, value in self.told.fields.items() if name not in _PRINTED} | told)


@transaction.atomic
def take(
    told: Sequence[Told],
    *,
    by: User | None,
    at: datetime,
    is_trusted: bool = True,
    match: Collection[str] = RECOGNISING,
    may_create: bool = True,
    may_update: bool = True,
) -> list[Taken]:
    """Take in what sources say, one answer for each in the same order. Raises ValueError for more than MOST at once.

    A record joins the contact of its earlier word, else the one whose identity of a kind in `match` it names (unless the rest
    speaks against it), else, from a trusted source, the one with a trusted record so like it that no doubt is left; else it
    becomes a new contact, with hints whom it may be. A trusted source vouches for the addresses and numbers it names: they
    recognise from now on, unless they are somebody else's already.
    """
    if len(told) > MOST:
        raise ValueError(len(told))
    locks.hold("identities")  # whoever recognises shares it, so that nobody proves an address meanwhile
    custom = {one.key: one for one in designing.active()}
    words = [_read(one, custom) for one in told]
    rules = graph.standing({(handle.kind, handle.value) for word in words for handle in word.handles})
    for word in words:
        compare(word, rules)
    how = _How(
        by=by,
        at=at,
        is_trusted=is_trusted,
        match=frozenset(match),
        may_create=may_create,
        may_update=may_update,
        rules=rules,
    )
    for wave in _waves(words):
        _take(wave, how)
    return [
        Taken(
            outcome=word.outcome,
            contact=word.contact,
            record=word.record,
            because=word.because,
            errors=word.errors,
        )
        for word in words
    ]


def current(contacts: Collection[int]) -> list[SourceRecord]:
    """What is said of these contacts today, oldest record first."""
    return list(SourceRecord.objects.filter(contact__in=list(contacts), is_current=True).order_by("id"))


def _read(told: Told, custom: Mapping[str, CustomField]) -> Word:
    values, errors = fields.read_as(told.fields, custom)
    return Word(
        told=told,
        values={name: value for name, value in values.items() if value is not None},
        errors=errors,
        handles=handles_in(told.fields),
    )


def handles_in(told: Mapping[str, object]) -> list[Handle]:
    """The addresses, numbers and accounts among what was told."""
    found = [handles.read(kind, str(told.get(kind) or "")) for kind in RECOGNISING]
    return [handle for handle in found if handle and handle.is_sound]


def compare(word: Word, rules: Graph) -> None:
    """Its normal form and keys: a blocked value says nothing, a shared one little."""
    one = comparable.judged(word.kept, word.handles, rules)
    word.normal, word.keys = one, frozenset(blocking.keys(one))


def _waves(words: list[Word]) -> Iterator[list[Word]]:
    """Two words about one person wait for each other: those of one number or address, and, for some waves, those of one key."""
    rest, n = words, 0
    while rest:
        met: set[object] = set()
        wave: list[Word] = []
        later: list[Word] = []
        for word in rest:
            names: set[object] = {word.key, *((handle.kind, handle.value) for handle in word.handles)}
            names |= word.keys if n < _MOST_WAVES else set()
            (later if names & met else wave).append(word)
            met |= names
        yield wave
        rest, n = later, n + 1


@dataclass(frozen=True, kw_only=True)
class _How:
    by: User | None
    at: datetime
    is_trusted: bool
    match: frozenset[str]
    may_create: bool
    may_update: bool
    rules: Graph


def _take(words: list[Word], how: _How) -> None:
    _find_before(words)
    _find_contacts(words, how)
    for word in words:
        word.outcome = word.outcome or _outcome(word, how)
    fresh = [word for word in words if word.outcome in ("created", "updated", "joined")]
    _land(fresh, how)
    _hint([word for word in fresh if word.outcome == "created"], how.at)


def _outcome(word: Word, how: _How) -> str:
    if word.contact is None:
        return "created" if how.may_create else "left"
    if not how.may_update:
        return "left"
    return "updated" if word.before else "joined"


def _find_before(words: list[Word]) -> None:
    """Earlier words under the same number; the very same word is not written again."""
    ids = [word.told.external_id for word in words]
    rows = SourceRecord.objects.filter(
        source__in={word.told.source for word in words}, external_id__in=ids, is_current=True
    )
    known = {(row.source, row.external_id): row for row in rows}
    for word in words:
        word.before = known.get(word.key)
        if word.before:
            word.contact, word.because = word.before.contact_id, "record"
        if word.before and word.before.told == word.kept:
            word.outcome, word.record = "same", word.before.pk


def _find_contacts(words: list[Word], how: _How) -> None:
    given = families.standing({word.told.contact for word in words if word.told.contact})
    for word in words:
        if word.contact is None and word.told.contact in given:
            word.contact, word.because = given[word.told.contact], "given"
    waiting = [word for word in words if word.contact is None]
    joining.find(waiting, how.rules, match=how.match, is_trusted=how.is_trusted)


def _land(words: list[Word], how: _How) -> None:
    """Let these words stand with the contacts found for them, or made."""
    made = [word for word in words if word.outcome == "created"]
    for word, number in zip(made, bulk.reserve(Contact, len(made)), strict=True):
        word.contact = number
    last = _last_versions(words)
    rows = [
        writing.Word(
            source=word.told.source,
            external_id=word.told.external_id,
            told=word.kept,
            at=word.told.at,
            contact=word.contact or 0,
            home=word.before.home_id if word.before and word.before.contact_id == word.contact else 0,
            version=last.get(word.key, 0) + 1,
            values=word.values,
            handles=word.handles,
            normal=word.normal,
            before=word.before.pk if word.before else None,
            evidence=_why(word),
        )
        for word in words
    ]
    new = {word.contact for word in made if word.contact}
    landed = landing.land(rows, new=new, rules=how.rules, by=how.by, at=how.at, is_trusted=how.is_trusted)
    for word, one in zip(words, landed, strict=True):
        word.record = one.record


def _last_versions(words: list[Word]) -> dict[tuple[str, str], int]:
    rows = SourceRecord.objects.filter(
        source__in={word.told.source for word in words}, external_id__in=[word.told.external_id for word in words]
    )
    newest = rows.order_by("source", "external_id", "-version").distinct("source", "external_id")
    return {(source, external): n for source, external, n in newest.values_list("source", "external_id", "version")}


def _why(word: Word) -> dict[str, Any]:
    """Why it stands where it stands; of a weighed one the waterfall."""
    told: dict[str, Any] = {"because": word.because or "new"}
    weighed = next((one for one in word.likely if one.contact == word.contact), None)
    return told | ({"weight": round(weighed.weight, 2), "lines": weighed.evidence} if weighed else {})


def _hint(words: list[Word], at: datetime) -> None:
    """Those whom a new contact may be, for people to decide."""
    likeness.note_weighed([(word.contact or 0, one) for word in words for one in word.likely[:_MOST_HINTS]], at=at)
