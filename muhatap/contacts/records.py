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
    likeness,
    profile,
    writing,
)
from muhatap.contacts.candidates import Candidate
from muhatap.contacts.graph import Graph
from muhatap.contacts.handles import Handle
from muhatap.contacts.models import Contact, CustomField, Identity, SourceRecord
from muhatap.matching import blocking
from muhatap.matching.normal import Normal
from muhatap.shared import locks

MOST = 2000
RECOGNISING = (Identity.Kind.SHOP, Identity.Kind.EMAIL, Identity.Kind.PHONE)
_LONGEST_ID = 320
_AT_ONCE = 1000
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
    def kept(self) -> dict[str, Any]:
        return writing.kept(self.told.fields)


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


def rehearse(told: Sequence[Told], **more: Any) -> list[Taken]:
    """What `take` would answer; nothing stays of it. Numbers of new contacts and records are nobody's."""
    with transaction.atomic():
        answers = take(told, **more)
        transaction.set_rollback(True)
    return answers


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
    _make_contacts([word for word in fresh if word.outcome == "created"], how.at)
    _write(fresh, how)
    _identify(fresh, how)
    _hint([word for word in fresh if word.outcome == "created"], how.at)
    profile.project({word.contact for word in fresh if word.contact}, at=how.at)


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


def _make_contacts(words: list[Word], at: datetime) -> None:
    made = Contact.objects.bulk_create(
        [Contact(sort_key="", search_text="", created_at=at, last_seen_at=word.told.at) for word in words],
        batch_size=_AT_ONCE,
    )
    for word, contact in zip(words, made, strict=True):
        word.contact = contact.pk


def _write(words: list[Word], how: _How) -> None:
    """Keep these words with the contacts found for them."""
    last = _last_versions(words)
    rows = [
        writing.Word(
            source=word.told.source,
            external_id=word.told.external_id,
            told=word.told.fields,
            at=word.told.at,
            contact=word.contact or 0,
            home=word.before.home_id if word.before and word.before.contact_id == word.contact else 0,
            version=last.get(word.key, 0) + 1,
            values=word.values,
            normal=word.normal,
            before=word.before.pk if word.before else None,
            evidence=_why(word),
        )
        for word in words
    ]
    numbers = writing.write(rows, by=how.by, at=how.at, is_trusted=how.is_trusted)
    for word, number in zip(words, numbers, strict=True):
        word.record = number


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
    return told | ({"weight": round(weighed.verdict.weight, 2), "lines": weighed.evidence} if weighed else {})


def _hint(words: list[Word], at: datetime) -> None:
    """Those whom a new contact may be, for people to decide."""
    likeness.note_weighed([(word.contact or 0, one) for word in words for one in word.likely[:_MOST_HINTS]], at=at)


def _identify(words: list[Word], how: _How) -> None:
    """Write down their addresses: proved where the source vouches and nobody has them, else only told. Of blocked ones nothing."""
    weak = {
        (handle.kind, handle.value): how.rules.why_weak(handle.kind, handle.value)
        for word in words
        for handle in word.handles
    }
    told = [(word, handle) for word in words for handle in word.handles if weak[handle.kind, handle.value] != "blocked"]
    if how.is_trusted:
        proved = [_identity(word, handle) for word, handle in told if not weak[handle.kind, handle.value]]
        _insert_missing([_vouched(row, how.at) for row in proved])
    rows = [_identity(word, handle) for word, handle in told]
    for row in rows:
        row.vouched_at = how.at if how.is_trusted else None
    _insert_missing(rows)
    if how.is_trusted:
        _mark_vouched(rows, how.at)
        graph.recount({(row.kind, row.value) for row in rows}, at=how.at)


def _mark_vouched(rows: list[Identity], at: datetime) -> None:
    """Those that stood there before this source named them."""
    pairs = {(row.contact_id, row.kind, row.value) for row in rows}
    there = Identity.objects.filter(
        contact__in={contact for contact, _kind, _value in pairs},
        value__in={value for *_rest, value in pairs},
        vouched_at=None,
    ).values_list("pk", "contact_id", "kind", "value")
    named = [pk for pk, *key in there if tuple(key) in pairs]
    if named:
        Identity.objects.filter(pk__in=named).update(vouched_at=at)


def _identity(word: Word, handle: Handle) -> Identity:
    return Identity(
        contact_id=word.contact or 0,
        kind=handle.kind,
        value=handle.value,
        comparable=handle.comparable,
        written=handle.written,
        source=word.told.source[:40],
        first_seen_at=word.told.at,
        last_seen_at=word.told.at,
    )


def _vouched(row: Identity, at: datetime) -> Identity:
    values = {
        one.attname: getattr(row, one.attname) for one in Identity._meta.local_concrete_fields if one.name != "id"
    }
    return Identity(**values | {"verified_at": at, "verified_by": row.source, "vouched_at": at})


def _insert_missing(rows: list[Identity]) -> None:
    Identity.objects.bulk_create(rows, batch_size=_AT_ONCE, ignore_conflicts=True)
