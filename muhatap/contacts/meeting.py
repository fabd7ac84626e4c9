"""Meeting who speaks: what they claimed is written down in one statement, with a known contact or with one made for it."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from muhatap.contacts import comparable, fields, searching, writing
from muhatap.contacts.breath import Breath, external
from muhatap.contacts.claims import Told
from muhatap.contacts.models import Contact, Identity
from muhatap.matching import blocking
from muhatap.matching.normal import Normal
from muhatap.shared import prepared

_KEPT_IN_PROFILE = ("email", "phone")
_HANDLES = """
insert into contacts_identity
  (contact_id, kind, value, comparable, written, source, first_seen_at, last_seen_at, verified_at, verified_by, bounce_detail)
select {contact}, kind, value, comparable, written, %(source)s::text, %(at)s::timestamptz, %(at)s::timestamptz,
  case when is_verified then %(at)s::timestamptz end, case when is_verified then %(source)s::text else '' end, ''
from {origin} unnest(%(kinds)s::text[], %(values)s::text[], %(comparables)s::text[], %(writtens)s::text[], %(proved)s::bool[])
  as told(kind, value, comparable, written, is_verified)
"""
_BOUNCES = """
    bounced_at = case when {said} and {row}bounced_at < %(at)s::timestamptz then null else {row}bounced_at end,
    bounce_detail = case when {said} and {row}bounced_at < %(at)s::timestamptz then '' else {row}bounce_detail end
"""
_MET = f"""
with seen as (
  update contacts_identity set first_seen_at = least(first_seen_at, %(at)s::timestamptz), last_seen_at = greatest(last_seen_at, %(at)s::timestamptz),
    {_BOUNCES.format(said="true", row="")}
  where id = any(%(known)s::bigint[])
), told as (
  {_HANDLES.format(contact="%(contact)s::bigint", origin="")}
  on conflict (contact_id, kind, value) do update set
    first_seen_at = least(contacts_identity.first_seen_at, %(at)s::timestamptz),
    last_seen_at = greatest(contacts_identity.last_seen_at, %(at)s::timestamptz),
    verified_at = coalesce(contacts_identity.verified_at, excluded.verified_at),
    verified_by = case when contacts_identity.verified_at is null then excluded.verified_by else contacts_identity.verified_by end,
    {_BOUNCES.format(said="excluded.verified_at is not null", row="contacts_identity.")}
  returning xmax = 0 as is_new
), met as (
  update contacts_contact set last_seen_at = %(at)s::timestamptz where id = %(contact)s::bigint and last_seen_at < %(at)s::timestamptz
)
select coalesce(bool_or(is_new), false) from told
"""  # noqa: S608 (our own words)
_WELCOMED = f"""
with made as (
  insert into contacts_contact
    (name, email, phone, city, language, fields, sort_key, search_text, created_at, last_seen_at)
  values (%(name)s::text, %(email)s::text, %(phone)s::text, '', '', '{{}}', %(sort_key)s::text, %(search_text)s::text,
    %(at)s::timestamptz, %(at)s::timestamptz)
  returning id
), told as (
  {_HANDLES.format(contact="made.id", origin="made,")}
), facts as (
  insert into contacts_profilefact (contact_id, field, value, source, at)
  select made.id, field, to_jsonb(value), %(source)s::text, %(at)s::timestamptz
  from made, unnest(%(fact_names)s::text[], %(fact_values)s::text[]) as fact(field, value)
), given as materialized (
  select {writing.NUMBERED}, made.id as contact, made.id as home, %(source)s::text as source, %(external)s::text as external,
    %(version)s::int as version, %(said)s::jsonb as told, '{{}}'::jsonb as "values", %(normal)s::jsonb as normal,
    %(keys)s::bigint[] as keys, %(at)s::timestamptz as at, '{{"because": "recognised"}}'::jsonb as evidence
  from made where %(external)s::text <> ''
), {writing.STANDS}
select id from made
"""  # noqa: S608 (our own words)


def meet(contact: Contact, told: Sequence[Told], breath: Breath, *, source: str, at: datetime) -> bool:
    """Write down that this contact, who is held, spoke by these handles: was one of them new to it?

    A verified one that recognises somebody else is nobody's here: it stays that contact's.
    """
    known = [breath.known[claim.key].row for claim in told if _is_of(contact, claim, breath)]
    news = [claim for claim in told if not (claim.is_verified and claim.key in breath.known)]
    proved = _proved(contact, news, breath, at)
    given = {"known": known, "contact": contact.pk} | _columns(news, proved, source, at)
    [[is_news]] = prepared.rows(_MET, given)
    contact.last_seen_at = max(contact.last_seen_at, at)
    return bool(is_news)


def welcome(
    told: Sequence[Told], name: str, said: dict[str, str], normal: Normal, breath: Breath, *, source: str, at: datetime
) -> Contact:
    """Somebody new, with what they claimed, its facts, the record of what they said and the keys under which it is found."""
    news = [claim for claim in told if not (claim.is_verified and claim.key in breath.known)]
    counted: Counter[str] = Counter()
    proved = []
    for claim in news:
        counted[claim.handle.kind] += claim.is_verified
        proved.append(
            claim.is_verified and counted[claim.handle.kind] <= breath.rules.of(claim.handle.kind).n_per_contact
        )
    contact = _introduced(told, name, at)
    searching.fill(contact, [(claim.handle.kind, claim.handle.value) for claim in news])
    facts = {field: getattr(contact, field) for field in ("name", *_KEPT_IN_PROFILE) if getattr(contact, field)}
    more = {
        "is_trusted": False,
        "by": None,
        "by_name": "",
        "version": breath.version + 1,
        "external": external(told),
        "said": json.dumps(said),
        "normal": json.dumps(comparable.kept(normal)),
        "keys": list(blocking.keys(normal)),
        "fact_names": list(facts),
        "fact_values": list(facts.values()),
    }
    columns = {column: getattr(contact, column) for column in ("name", "email", "phone", "sort_key", "search_text")}
    if breath.before:
        writing.follow([breath.before.row])
    [[contact.pk]] = prepared.rows(_WELCOMED, columns | more | _columns(news, proved, source, at))
    contact._state.adding = False
    return contact


def _is_of(contact: Contact, claim: Told, breath: Breath) -> bool:
    known = breath.known.get(claim.key)
    return claim.is_verified and known is not None and known.contact == contact.pk


def _proved(contact: Contact, news: Sequence[Told], breath: Breath, at: datetime) -> list[bool]:
    """A person has so many proved values of a kind; one more than that is only told."""
    found, had = [], dict[str, int]()
    for claim in news:
        kind = claim.handle.kind
        if claim.is_verified:
            limits = breath.rules.of(kind)
            if kind not in had:
                own = Identity.objects.filter(contact=contact, kind=kind, verified_at__isnull=False)
                if limits.window_days:
                    own = own.filter(last_seen_at__gte=at - timedelta(days=limits.window_days))
                had[kind] = own[: limits.n_per_contact].count()
            had[kind] += 1
        found.append(claim.is_verified and had[kind] <= breath.rules.of(kind).n_per_contact)
    return found


def _introduced(told: Sequence[Told], name: str, at: datetime) -> Contact:
    """The row of somebody of whom nothing else is known: what cannot be kept is left out."""
    facts: dict[str, object] = {"name": name}
    for kind in _KEPT_IN_PROFILE:
        facts[kind] = next((c.handle.value for c in told if c.handle.kind == kind and c.handle.is_sound), None)
    values, _errors = fields.read_as(facts, {})
    contact = Contact(created_at=at, last_seen_at=at, fields={})
    for field, value in values.items():
        setattr(contact, field, value or "")
    return contact


def _columns(news: Sequence[Told], proved: Sequence[bool], source: str, at: datetime) -> dict[str, Any]:
    return {
        "kinds": [str(claim.handle.kind) for claim in news],
        "values": [claim.handle.value for claim in news],
        "comparables": [claim.handle.comparable for claim in news],
        "writtens": [claim.handle.written for claim in news],
        "proved": list(proved),
        "source": source[:40],
        "at": at,
    }
