"""A word of a source is written: the record, the keys under which it is found, and the ledger's line of where it stands.

STANDS says so for few; `meeting` puts it into the statement with which it welcomes a stranger. Many go by COPY, row by row the same.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from muhatap.accounts.models import User
from muhatap.contacts import comparable
from muhatap.contacts.handles import LONGEST, Handle
from muhatap.contacts.models import LedgerEntry, MatchKey, SourceRecord
from muhatap.matching import blocking
from muhatap.matching.normal import Normal
from muhatap.shared import bulk, prepared
from muhatap.shared.text import without_nul

_PAST = """
with past as (
  update contacts_sourcerecord set is_current = false where id = any(%(past)s::bigint[]) returning id
)
delete from contacts_matchkey where record_id in (select id from past)
"""
# Of the rows of `given`, each with a number of its own.
STANDS = """
record as (
  insert into contacts_sourcerecord
    (id, contact_id, home_id, source, external_id, version, told, "values", normal, is_trusted, at, recorded_at, is_current)
  select id, contact, home, source, external, version, told, "values", normal, %(is_trusted)s::bool, at, %(at)s::timestamptz, true from given
), key as (
  insert into contacts_matchkey (key, record_id) select key, id from given, unnest(keys) as key
), linked as (
  insert into contacts_ledgerentry (kind, one, record_id, evidence, reason, by_id, by_name, at)
  select 'link', home, id, evidence, '', %(by)s::bigint, %(by_name)s::text, %(at)s::timestamptz from given
)
"""
# Asked for once: the name of a sequence costs as much to find as two entries of an index.
NUMBERED = "nextval((select pg_get_serial_sequence('contacts_sourcerecord', 'id')::regclass)) as id"
_WRITE = f"""
with given as materialized (
  select {NUMBERED}, word.*
  from jsonb_to_recordset(%(words)s::jsonb) as word(
    n integer, contact bigint, home bigint, external text, version integer, told jsonb, "values" jsonb, normal jsonb,
    keys bigint[], at timestamptz, evidence jsonb, source text
  )
), {STANDS}
select id from given order by n
"""  # noqa: S608 (our own words)

_FEW = 50
_NOTHING = bulk.written("{}")
as_json = json.JSONEncoder(ensure_ascii=False).encode
_RECORD = {
    "id": "int8", "contact_id": "int8", "home_id": "int8", "source": "text", "external_id": "text", "version": "int4", "told": "jsonb",
    "values": "jsonb", "normal": "jsonb", "is_trusted": "bool", "at": "timestamptz", "recorded_at": "timestamptz", "is_current": "bool",
}  # fmt: skip
_KEY = {"key": "int8", "record_id": "int8"}
_LINK = {
    "kind": "text", "one": "int8", "record_id": "int8", "evidence": "jsonb", "reason": "text", "by_id": "int8", "by_name": "text",
    "at": "timestamptz",
}  # fmt: skip


@dataclass(kw_only=True)
class Word:
    """One word on its way in: `contact` is where it stands, `home` what the ledger links it to, `before` the record it follows.

    `values` are those that count for the profile; channels and people tell theirs field by field and leave it empty. `normal` is
    None where it is compared later. `told` is what `kept` made of the words; `texts` are it and `values` as JSON, where they were made already.
    """

    source: str
    external_id: str
    told: Mapping[str, str]
    texts: tuple[str, str] | None = None
    at: datetime
    contact: int
    home: int = 0
    version: int = 1
    values: Mapping[str, Any] = field(default_factory=dict)
    handles: Sequence[Handle] = ()
    normal: Normal | None = None
    before: int | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)


def write(words: Sequence[Word], *, by: User | None, at: datetime, is_trusted: bool) -> list[int]:
    """Write these words, each with the contact found for it; gives the numbers of the records in the same order."""
    if not words:
        return []
    follow([word.before for word in words if word.before])
    if len(words) > _FEW:
        return _copied(words, by=by, at=at, is_trusted=is_trusted)
    given = {
        "words": json.dumps([_row(n, word) for n, word in enumerate(words)], ensure_ascii=False),
        "is_trusted": is_trusted,
        "at": at,
        "by": by.pk if by else None,
        "by_name": _called(by),
    }
    return [number for (number,) in prepared.rows(_WRITE, given)]


def _copied(words: Sequence[Word], *, by: User | None, at: datetime, is_trusted: bool) -> list[int]:
    """The same of many: COPY does it for half of what the statement takes, and three ways to the database are few among thousands."""
    numbers = bulk.reserve(SourceRecord, len(words))
    numbered = list(zip(numbers, words, strict=True))
    bulk.copy(SourceRecord._meta.db_table, _RECORD, (_record(pk, word, is_trusted, at) for pk, word in numbered))
    if any(word.normal for word in words):
        bulk.copy(MatchKey._meta.db_table, _KEY, ((key, pk) for pk, word in numbered for key in _keys(word)))
    stamp = ("", by.pk if by else None, _called(by), at)
    links = (("link", word.home or word.contact, pk, word.evidence, *stamp) for pk, word in numbered)
    bulk.copy(LedgerEntry._meta.db_table, _LINK, links)
    return numbers


def _record(pk: int, word: Word, is_trusted: bool, at: datetime) -> tuple[object, ...]:
    told, values = word.texts or (as_json(word.told), as_json(word.values))
    return (
        pk,
        word.contact,
        word.home or word.contact,
        word.source[:40],
        word.external_id[:LONGEST],
        word.version,
        bulk.written(told),
        bulk.written(values),
        comparable.kept(word.normal) if word.normal else _NOTHING,
        is_trusted,
        word.at,
        at,
        True,
    )


def _keys(word: Word) -> Collection[int]:
    return blocking.keys(word.normal) if word.normal else ()


def _called(by: User | None) -> str:
    return without_nul(str(by))[:120] if by else ""


def follow(records: Sequence[int]) -> None:
    """Newer words come after these: they are past, and nobody is found by them."""
    if records:
        prepared.rows(_PAST, {"past": list(records)})


def kept(told: Mapping[str, object]) -> dict[str, str]:
    """What was told as the record keeps it: what says nothing is left out."""
    return {name: without_nul(str(value)) for name, value in told.items() if value not in (None, "")}


def _row(n: int, word: Word) -> dict[str, Any]:
    return {
        "n": n,
        "contact": word.contact,
        "home": word.home or word.contact,
        "source": word.source[:40],
        "external": word.external_id[:LONGEST],
        "version": word.version,
        "told": word.told,
        "values": word.values,
        "normal": comparable.kept(word.normal) if word.normal else {},
        "keys": _keys(word),
        "at": word.at.isoformat(),
        "evidence": word.evidence,
    }
