"""Where the keys of a file's rows lead: to the one who proved it, else to those to whom staff or a file gave it.

A blocked key leads nowhere. One that proves no person (info@, a switchboard, a number many share) leads to those only whom the
row calls the same, so does a phone that a crowd has, and any phone to nobody of another first name: colleagues and families stay
as many as they are.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from django.db import connection

from muhatap.contacts import called, families
from muhatap.contacts.called import Called
from muhatap.contacts.errand import Errand, Told
from muhatap.contacts.models import Contact, Identity, SourceRecord

# Thousands of texts go as one JSON document: written as an array by the driver they cost ten times as much.
_LEADS = "(i.verified_at is not null or i.source = 'agent' or i.source like 'import:%%')"
_LEADING = f"""
select i.value, i.contact_id, i.verified_at is not null, i.source from contacts_identity i
where i.kind = %s and i.comparable = any(array(select jsonb_array_elements_text(%s)))
  and {_LEADS}
"""  # noqa: S608 (our own words)
# A hundred thousand may stand for info@. Those come who are called like a row; letters that SQL may fold otherwise are compared here.
_SAME = (
    "(translate(fold_tr({0}), E' \\t\\n\\r\\f\\x0b', '') in (select jsonb_array_elements_text(%s))"
    " or octet_length(fold_tr({0})) <> length(fold_tr({0})))"
)
_CALLED_SO = f"""{_LEADING}
  and exists (
    select from contacts_contact c where c.id = i.contact_id and (
      c.merged_into_id is not null or {_SAME.format("c.name")} or exists (
        select from contacts_sourcerecord r
        where r.contact_id = c.id and r.is_current and {_SAME.format("(r.told ->> 'name')")})))
"""  # noqa: S608 (our own words)
_CROWDED = f"""
select key from jsonb_array_elements_text(%s) as key
where exists (
  select from contacts_identity i join contacts_contact c on c.id = i.contact_id and c.merged_into_id is null
  where i.kind = %s and i.comparable = key and {_LEADS} offset %s)
"""  # noqa: S608 (our own words)
Found = tuple[str, int, bool, str]


@dataclass(frozen=True)
class Lead:
    """Where a key leads: the contacts that stand for it, those of them who proved it, and of whom this very source alone told it."""

    contacts: frozenset[int]
    proved: frozenset[int]
    ours: frozenset[int]

    @property
    def is_ours(self) -> bool:
        return self.contacts <= self.ours


@dataclass(frozen=True, kw_only=True)
class Leads:
    """`keys` are those that lead anywhere, `weak` those of them that prove no person, `people` who is called what where it matters."""

    kind: str
    keys: frozenset[str]
    weak: frozenset[str]
    by_key: dict[str, Lead]
    people: dict[str, Called]

    def key(self, told: Told) -> str:
        """By what rows about one person are known: the same for all of them, "" when there is nothing."""
        if told.key not in self.keys:
            return ""
        name = name_of(told)
        if told.key in self.weak:
            return f"{told.key}\n{name}"
        first = name.partition(" ")[0]
        return f"{told.key}\n{first}" if self.kind == Identity.Kind.PHONE and first else told.key

    def of(self, told: Told) -> Lead | None:
        lead = self.by_key.get(told.key)
        if lead is None:
            return None
        some = lead.contacts
        if told.key in self.people:
            some &= self.people[told.key].agreeing(name_of(told))
        return replace(lead, contacts=some & lead.proved or some) if some else None

    def nobody(self, key: str) -> Called:
        """To keep those who come anew under this key."""
        return Called(exactly=key in self.weak)

    def name(self, told: Told) -> str:
        """What the row calls them, "" where its key is enough."""
        return name_of(told) if told.key in self.weak or self.kind == Identity.Kind.PHONE else ""


def of(errand: Errand, rows: Sequence[Told]) -> Leads:
    """Asked for all rows of a chunk at once."""
    why = {key: errand.rules.why_weak(errand.match, key) for key in {told.key for told in rows if told.key}}
    keys = frozenset(key for key, said in why.items() if said != "blocked")
    weak = frozenset(key for key in keys if why[key])
    if errand.match == Identity.Kind.PHONE:
        weak |= _crowded(keys - weak)
    names = {name_of(told) for told in rows if told.key in weak}
    found = _found(errand.match, keys - weak, _LEADING) if errand.match else []
    if weak and errand.match:
        found += _found(errand.match, weak, _CALLED_SO, *[json.dumps(called.squeezed(names))] * 2)
    by_key = _by_key(errand, found, weak)
    asked = keys if errand.match == Identity.Kind.PHONE else weak
    return Leads(kind=errand.match, keys=keys, weak=weak, by_key=by_key, people=_people(by_key, asked, weak))


def _found(kind: str, keys: Collection[str], sql: str, *more: str) -> list[Found]:
    if not keys:
        return []
    comparables = {key.partition("@")[0].split("+", 1)[0] + key[key.find("@") :] if "@" in key else key for key in keys}
    with connection.cursor() as cursor:
        cursor.execute(sql, [kind, json.dumps([*{*keys, *comparables}]), *more])
        return [row for row in cursor.fetchall() if row[0] in keys]


def _crowded(numbers: Collection[str]) -> frozenset[str]:
    """Numbers that more have than a household: of a thousand rows with one each would be compared with all who have it."""
    with connection.cursor() as cursor:
        cursor.execute(_CROWDED, [json.dumps([*numbers]), Identity.Kind.PHONE, called.CROWD])
        return frozenset(key for (key,) in cursor.fetchall())


def _by_key(errand: Errand, found: Sequence[Found], weak: frozenset[str]) -> dict[str, Lead]:
    standing = families.standing({contact for _, contact, _, _ in found})
    by_value: dict[str, list[tuple[int, bool, str]]] = defaultdict(list)
    for value, contact, is_verified, source in found:
        by_value[value].append((standing[contact], is_verified, source))
    leads = {}
    for value, some in by_value.items():
        told = {contact for contact, _, _ in some}
        proved = {contact for contact, is_verified, _ in some if is_verified and value not in weak}
        others = {contact for contact, _, source in some if source != errand.source}
        leads[value] = Lead(frozenset(told), frozenset(proved), frozenset(told - others))
    return leads


def _people(leads: dict[str, Lead], keys: frozenset[str], weak: frozenset[str]) -> dict[str, Called]:
    """Who stands for each of these keys, by what they are called today and by any source."""
    people = {pk for key, lead in leads.items() if key in keys for pk in lead.contacts}
    names: dict[int, set[str]] = defaultdict(set)
    records = SourceRecord.objects.filter(contact_id__one_of=people, is_current=True, told__has_key="name")
    today = Contact.objects.filter(pk__one_of=people).values_list("pk", "name")
    for pk, name in [*today, *records.values_list("contact_id", "told__name").distinct()]:
        names[pk].add(called.plain(name))
    found = {key: Called(exactly=key in weak) for key in keys & leads.keys()}
    for key, some in found.items():
        for pk in leads[key].contacts:
            for name in names[pk]:
                some.add(name, pk)
    return found


def name_of(told: Told) -> str:
    return called.plain(told.facts.get("name"))
