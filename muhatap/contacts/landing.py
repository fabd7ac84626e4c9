"""What a word of a source does to a contact, the same for a file's thousands and for a shop's single one.

Whoever is new gets a row as the words tell of them; addresses and numbers are written down; the record is kept; and the row of
whoever was known follows anew from all that is told. Whose word it is others decide: `records` by evidence, `taking` by a
file's key.
"""

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from muhatap.accounts.models import User
from muhatap.contacts import companies, graph, profile, searching, writing
from muhatap.contacts.graph import Graph
from muhatap.contacts.handles import Handle
from muhatap.contacts.models import Company, Contact, Identity
from muhatap.contacts.writing import Word
from muhatap.shared import bulk, prepared

_NAME = """
insert into contacts_identity
  (contact_id, kind, value, comparable, written, source, first_seen_at, last_seen_at, verified_at, verified_by, vouched_at, bounce_detail)
select contact, kind, value, comparable, written, source, at, at, case when %(is_proved)s::bool then %(at)s::timestamptz end,
  case when %(is_proved)s::bool then source else '' end, case when %(is_vouched)s::bool then %(at)s::timestamptz end, ''
from jsonb_to_recordset(%(rows)s::jsonb)
  as told(contact bigint, kind text, value text, comparable text, written text, source text, at timestamptz)
on conflict do nothing
returning id, contact_id, kind, value
"""
_CONTACT = {
    "id": "int8", "name": "text", "email": "text", "phone": "text", "city": "text", "language": "text", "company_id": "int8",
    "fields": "jsonb", "sort_key": "text", "search_text": "text", "created_at": "timestamptz", "last_seen_at": "timestamptz",
}  # fmt: skip
_of_contact = attrgetter(*_CONTACT)
_IDENTITY = {
    "contact_id": "int8", "kind": "text", "value": "text", "comparable": "text", "written": "text", "source": "text",
    "first_seen_at": "timestamptz", "last_seen_at": "timestamptz", "verified_by": "text", "bounce_detail": "text",
}  # fmt: skip
Named = tuple[int, str, str]
Own = Sequence[Sequence[Handle]]
Row = dict[str, object]


@dataclass(frozen=True)
class Landed:
    """The record of a word, and the identities it was the first to name with its contact; those that came with a contact are not told."""

    record: int
    identities: tuple[int, ...]


def land(
    words: Sequence[Word],
    *,
    new: Collection[int],
    rules: Graph,
    by: User | None,
    at: datetime,
    is_trusted: bool,
) -> list[Landed]:
    """Let these words stand, each with its contact; of those in `new` there is no row yet. Answers in the order of the words.

    A trusted source vouches for the addresses and numbers it names: they recognise from now on, unless they are somebody
    else's already, or weak. Of blocked ones nothing is written.
    """
    own = [[one for one in word.handles if not is_blocked(one, rules)] for word in words]
    _introduce(words, own, set(new), at)
    named = _name(words, own, rules, at) if is_trusted else _tell(words, own, set(new), at)
    numbers = writing.write(words, by=by, at=at, is_trusted=is_trusted)
    profile.project(_told_before(words, set(new)), at=at)
    landed = []
    for word, handles, number in zip(words, own, numbers, strict=True):
        first = [named.pop((word.contact, str(one.kind), one.value), 0) for one in handles]
        landed.append(Landed(number, tuple(filter(None, first))))
    return landed


def is_blocked(handle: Handle, rules: Graph) -> bool:
    return rules.why_weak(handle.kind, handle.value) == "blocked"


def _introduce(words: Sequence[Word], own: Own, new: set[int], at: datetime) -> None:
    """The rows of new contacts as their words tell of them; nobody else has told anything."""
    if not new:
        return
    fresh: dict[int, Contact] = {}
    handles: dict[int, list[tuple[str, str]]] = {}
    told = [(word, some) for word, some in zip(words, own, strict=True) if word.contact in new]
    named = (str(word.values["company"]) for word, _ in told if word.values.get("company"))
    firms = companies.named_many(dict.fromkeys(named), at=at)
    for word, some in told:
        if word.contact not in fresh:
            fresh[word.contact] = _nobody(word.contact, at, word.at)
        _place(fresh[word.contact], word, firms, at)
        handles.setdefault(word.contact, []).extend((one.kind, one.value) for one in some)
    for pk, contact in fresh.items():
        searching.fill(contact, handles[pk])
    bulk.copy(Contact._meta.db_table, _CONTACT, map(_of_contact, fresh.values()))


def _nobody(number: int, at: datetime, seen_at: datetime) -> Contact:
    """A row that says nothing yet; asking each of its fields for the default would cost more than filling it."""
    values = _NOTHING | {"id": number, "fields": {}, "created_at": at, "last_seen_at": seen_at}
    return Contact.from_db("default", list(values), list(values.values()))


_NOTHING = {field.attname: getattr(Contact(), field.attname) for field in Contact._meta.concrete_fields}


def _place(contact: Contact, word: Word, firms: Mapping[str, Company], at: datetime) -> None:
    for name, value in word.values.items():
        profile.place(contact, name, value, at=at, firms=firms)


def _told_before(words: Sequence[Word], new: set[int]) -> list[int]:
    """Contacts of whom somebody told something besides: for them the rules decide which of the values stands."""
    n_words = Counter(word.contact for word in words)
    return [pk for pk, n in n_words.items() if n > 1 or pk not in new]


def _name(words: Sequence[Word], own: Own, rules: Graph, at: datetime) -> dict[Named, int]:
    """Each handle once a contact, vouched for, and proved where nobody has it. Gives those that are new."""
    told: dict[Named, Row] = {}
    for word, handles in zip(words, own, strict=True):
        for one in handles:
            told.setdefault((word.contact, str(one.kind), one.value), _row(word, one))
    found = _insert([row for (_, *key), row in told.items() if not rules.why_weak(*key)], at, "proved", "vouched")
    found |= _insert(list(told.values()), at, "vouched")
    _mark_vouched(set(told), at)
    graph.recount({(kind, value) for _contact, kind, value in told}, at=at)
    return found


def _tell(words: Sequence[Word], own: Own, new: set[int], at: datetime) -> dict[Named, int]:
    """Each handle once a contact, as something that was only told. Gives those that are new to somebody known.

    With a new contact's first word nobody can have been quicker, and nobody asks for its numbers.
    """
    first: dict[Named, tuple[object, ...]] = {}
    later: dict[Named, Row] = {}
    begun: set[int] = set()
    for word, handles in zip(words, own, strict=True):
        if word.contact in new and word.contact not in begun:
            begun.add(word.contact)
            more = (word.source[:40], word.at, word.at, "", "")
            first |= {(word.contact, str(one.kind), one.value): (one.comparable, one.written, *more) for one in handles}
        else:
            for one in handles:
                later.setdefault((word.contact, str(one.kind), one.value), _row(word, one))
    if first:
        bulk.copy(Identity._meta.db_table, _IDENTITY, ((*key, *rest) for key, rest in first.items()))
    return _insert([row for key, row in later.items() if key not in first], at)


def _row(word: Word, handle: Handle) -> Row:
    return {
        "contact": word.contact,
        "kind": handle.kind,
        "value": handle.value,
        "comparable": handle.comparable,
        "written": handle.written,
        "source": word.source[:40],
        "at": word.at.isoformat(),
    }


def _insert(rows: Sequence[Row], at: datetime, *how: str) -> dict[Named, int]:
    if not rows:
        return {}
    given = {"rows": json.dumps(rows, ensure_ascii=False), "at": at}
    done = prepared.rows(_NAME, given | {f"is_{name}": name in how for name in ("proved", "vouched")})
    return {(contact, kind, value): pk for pk, contact, kind, value in done}


def _mark_vouched(named: set[Named], at: datetime) -> None:
    """Those that stood there before this source named them."""
    there = Identity.objects.filter(
        contact__in={contact for contact, *_ in named}, value__in={value for *_, value in named}, vouched_at=None
    ).values_list("pk", "contact_id", "kind", "value")
    if known := [pk for pk, *key in there if tuple(key) in named]:
        Identity.objects.filter(pk__in=known).update(vouched_at=at)
