"""What sources say of people, taken in by the thousand: each word is kept as it was said, stands in one contact, and that contact's
row follows from all that is said of it.

`take` is shaped for many at once (an import, a shop's nightly list): a fixed number of questions a call, whatever its length
up to MOST. It may be called twice with the same words: the second time says "same".
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from muhatap.accounts.models import User
from muhatap.contacts import designing, families, fields, handles, ledger, profile
from muhatap.contacts.handles import Handle
from muhatap.contacts.ledger import Kind
from muhatap.contacts.models import Contact, CustomField, Identity, SourceRecord
from muhatap.shared import locks
from muhatap.shared.text import without_nul

MOST = 2000
RECOGNISING = (Identity.Kind.SHOP, Identity.Kind.EMAIL, Identity.Kind.PHONE)
_LONGEST_ID = 320
_AT_ONCE = 1000


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
class _Word:
    """One word on its way in."""

    told: Told
    values: dict[str, Any]
    errors: dict[str, str]
    handles: list[Handle]
    before: SourceRecord | None = None
    contact: int | None = None
    outcome: str = ""
    because: str = ""
    record: SourceRecord | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.told.source, self.told.external_id

    @property
    def kept(self) -> dict[str, Any]:
        return {name: without_nul(str(value)) for name, value in self.told.fields.items() if value not in (None, "")}


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

    A record joins the contact of its earlier word, else the one whose identity of a kind in `match` it names, else it becomes
    a new contact. A trusted source vouches for the addresses and numbers it names: they recognise from now on, unless they are
    somebody else's already.
    """
    if len(told) > MOST:
        raise ValueError(len(told))
    locks.hold("identities")
    custom = {one.key: one for one in designing.active()}
    words = [_read(one, custom) for one in told]
    for wave in _waves(words):
        _take(wave, by=by, at=at, is_trusted=is_trusted, match=match, may_create=may_create, may_update=may_update)
    return [
        Taken(
            outcome=word.outcome,
            contact=word.contact,
            record=word.record.pk if word.record else None,
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


def _read(told: Told, custom: Mapping[str, CustomField]) -> _Word:
    values, errors = fields.read_as(told.fields, custom)
    found = [handles.read(kind, str(told.fields.get(kind) or "")) for kind in RECOGNISING]
    return _Word(
        told=told,
        values={name: value for name, value in values.items() if value is not None},
        errors=errors,
        handles=[handle for handle in found if handle and handle.is_sound],
    )


def _waves(words: list[_Word]) -> Iterator[list[_Word]]:
    """Two words about one person wait for each other: those of the same number, and those of the same address or shop account."""
    rest = words
    while rest:
        met: set[tuple[str, str]] = set()
        wave: list[_Word] = []
        later: list[_Word] = []
        for word in rest:
            names = {word.key, *((handle.kind, handle.value) for handle in word.handles)}
            (later if names & met else wave).append(word)
            met |= names
        yield wave
        rest = later


def _take(
    words: list[_Word],
    *,
    by: User | None,
    at: datetime,
    is_trusted: bool,
    match: Collection[str],
    may_create: bool,
    may_update: bool,
) -> None:
    _find_before(words)
    _find_contacts(words, match)
    for word in words:
        word.outcome = word.outcome or _outcome(word, may_create=may_create, may_update=may_update)
    fresh = [word for word in words if word.outcome in ("created", "updated", "joined")]
    _make_contacts([word for word in fresh if word.outcome == "created"], at)
    _write(fresh, by=by, at=at, is_trusted=is_trusted)
    _identify(fresh, is_trusted=is_trusted, at=at)
    profile.project({word.contact for word in fresh if word.contact}, at=at)


def _outcome(word: _Word, *, may_create: bool, may_update: bool) -> str:
    if word.contact is None:
        return "created" if may_create else "left"
    if not may_update:
        return "left"
    return "updated" if word.before else "joined"


def _find_before(words: list[_Word]) -> None:
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
            word.outcome, word.record = "same", word.before


def _find_contacts(words: list[_Word], match: Collection[str]) -> None:
    given = families.standing({word.told.contact for word in words if word.told.contact})
    for word in words:
        if word.contact is None and word.told.contact in given:
            word.contact, word.because = given[word.told.contact], "given"
    waiting = [word for word in words if word.contact is None]
    owners = owners_of([handle for word in waiting for handle in word.handles if handle.kind in match])
    for word in waiting:
        for handle in word.handles:
            if (owner := owners.get((handle.kind, handle.value))) and handle.kind in match:
                word.contact, word.because = owner, handle.kind
                break


def owners_of(found: Iterable[Handle]) -> dict[tuple[str, str], int]:
    """The standing contact each of these recognises, in one question."""
    wanted = {(handle.kind, handle.value) for handle in found}
    if not wanted:
        return {}
    rows = Identity.objects.filter(
        kind__in={kind for kind, _ in wanted}, value__in={value for _, value in wanted}, verified_at__isnull=False
    ).values_list("kind", "value", "contact_id")
    known = {(kind, value): contact for kind, value, contact in rows if (kind, value) in wanted}
    standing = families.standing(set(known.values()))
    return {key: standing[contact] for key, contact in known.items()}


def _make_contacts(words: list[_Word], at: datetime) -> None:
    made = Contact.objects.bulk_create(
        [Contact(sort_key="", search_text="", created_at=at, last_seen_at=word.told.at) for word in words],
        batch_size=_AT_ONCE,
    )
    for word, contact in zip(words, made, strict=True):
        word.contact = contact.pk


def _write(words: list[_Word], *, by: User | None, at: datetime, is_trusted: bool) -> None:
    last = _last_versions(words)
    SourceRecord.objects.filter(pk__in=[word.before.pk for word in words if word.before]).update(is_current=False)
    for word in words:
        contact = word.contact or 0
        word.record = SourceRecord(
            contact_id=contact,
            home_id=word.before.home_id if word.before else contact,
            source=word.told.source[:40],
            external_id=word.told.external_id[:_LONGEST_ID],
            version=last.get(word.key, 0) + 1,
            told=word.kept,
            values=word.values,
            is_trusted=is_trusted,
            at=word.told.at,
            recorded_at=at,
        )
    rows = [word.record for word in words if word.record]
    SourceRecord.objects.bulk_create(rows, batch_size=_AT_ONCE)
    ledger.write(
        *(
            ledger.entry(
                Kind.LINK, one=row.home_id, record=row.pk, by=by, at=at, evidence={"because": word.because or "new"}
            )
            for word, row in zip(words, rows, strict=True)
        )
    )


def _last_versions(words: list[_Word]) -> dict[tuple[str, str], int]:
    rows = SourceRecord.objects.filter(
        source__in={word.told.source for word in words}, external_id__in=[word.told.external_id for word in words]
    )
    newest = rows.order_by("source", "external_id", "-version").distinct("source", "external_id")
    return {(source, external): n for source, external, n in newest.values_list("source", "external_id", "version")}


def _identify(words: list[_Word], *, is_trusted: bool, at: datetime) -> None:
    """Write down their addresses: proved where the source vouches and nobody has them, else only told."""
    rows = [_identity(word, handle) for word in words for handle in word.handles]
    if is_trusted:
        _insert_missing([_vouched(row, at) for row in rows])
    _insert_missing(rows)


def _identity(word: _Word, handle: Handle) -> Identity:
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
    return Identity(**values | {"verified_at": at, "verified_by": row.source})


def _insert_missing(rows: list[Identity]) -> None:
    Identity.objects.bulk_create(rows, batch_size=_AT_ONCE, ignore_conflicts=True)
