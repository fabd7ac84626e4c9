"""Many contacts taken at once from one source: a few questions for a thousand of them, never one each.

Whom a row speaks of is found by the one key its importer chose (`leading`), and only where it leads to exactly one contact.
What a row does to its contact is what every word of a source does (`landing`); here is what is remembered of it, so that it
can be given back.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from muhatap.accounts.models import User
from muhatap.contacts import along, graph, landing, leading, profile
from muhatap.contacts.called import Called
from muhatap.contacts.errand import Errand, Taken, Told
from muhatap.contacts.models import Contact, ProfileFact
from muhatap.contacts.writing import Word
from muhatap.shared import bulk

CREATE, UPDATE, BOTH = "create", "update", "both"
_NEW = {"because": "new"}
_FACT = {
    "id": "int8", "contact_id": "int8", "field": "text", "value": "jsonb", "source": "text", "by_id": "int8", "at": "timestamptz"
}  # fmt: skip


@transaction.atomic
def take(
    *,
    rows: Sequence[Told],
    source: str,
    match: str,
    mode: str = BOTH,
    is_overwriting: bool = False,
    tells_consent: bool = False,
    by: User | None,
    at: datetime,
) -> list[Taken]:
    """Take these rows, in their order; gives what became of each. What staff wrote is kept unless `is_overwriting`.

    Of a file that `tells_consent` those are held, too, of whom a row that is left out may speak.
    """
    rules = graph.standing({(one.kind, one.value) for told in rows for one in told.handles})
    errand = Errand(
        source=source,
        match=match,
        mode=mode,
        is_overwriting=is_overwriting,
        tells_consent=tells_consent,
        by=by,
        at=at,
        rules=rules,
    )
    _find(errand, rows)
    _hold_known(errand)
    before, newest = {pk: _values(contact) for pk, contact in errand.known.items()}, along.newest()
    _land(errand)
    _remember_changes(errand, before)
    along.write(errand, since=newest)
    for _told, taken in errand.rows:
        if taken.outcome == "updated" and not taken.before:
            taken.outcome = "unchanged"
        taken.contact = taken.contact or taken.known
    return [taken for _, taken in errand.rows]


def _find(errand: Errand, rows: Sequence[Told]) -> None:
    """Give each row its contact: one that stands, one made for an earlier row, or a new one."""
    leads = leading.of(errand, rows)
    fresh: dict[str, Called] = {}
    met: set[str] = set()
    ids = iter(bulk.reserve(Contact, len(rows)))
    for told in rows:
        key = leads.key(told)
        taken = Taken(number=told.number, outcome="updated", detail=told.warning, key=key)
        errand.rows.append((told, taken))
        lead, name = leads.of(told), leads.name(told)
        earlier = min(fresh[told.key].agreeing(name), default=None) if told.key in fresh else None
        if lead and len(lead.contacts) > 1:
            taken.outcome, taken.reason, taken.detail, taken.rivals = "failed", "several", told.key, lead.contacts
        elif found := next(iter(lead.contacts)) if lead else earlier:
            _join(errand, taken, found)
            if taken.contact and ((lead and lead.is_ours) or key in met or not lead):
                taken.outcome = "merged"
        elif errand.mode == UPDATE:
            taken.outcome, taken.reason = "left", "unknown"
        else:
            taken.contact, taken.outcome = next(ids), "created"
            errand.new.add(taken.contact)
            if key:
                fresh.setdefault(told.key, leads.nobody(told.key)).add(name, taken.contact)
        met.add(key)


def _join(errand: Errand, taken: Taken, contact: int) -> None:
    if errand.mode == CREATE:
        taken.outcome, taken.reason, taken.known = "left", "exists", contact
    else:
        taken.contact = contact


def _hold_known(errand: Errand) -> None:
    """Hold the contacts that stand, in the order of their numbers. One that was merged meanwhile is left to a person."""
    wanted = {taken.contact for _, taken in errand.rows if taken.contact} - errand.new
    heard = {pk for _, taken in errand.rows for pk in (taken.known, *taken.rivals) if pk and errand.tells_consent}
    asked = Contact.objects.filter(pk__one_of=wanted | heard, merged_into=None)
    held = asked.select_for_update(of=("self",), no_key=True).order_by("pk").select_related("company")
    errand.known = {contact.pk: contact for contact in held if contact.pk in wanted}
    for _told, taken in errand.rows:
        if taken.contact and taken.contact not in errand.new and taken.contact not in errand.known:
            taken.contact, taken.outcome, taken.reason = None, "failed", "moved"


def _land(errand: Errand) -> None:
    """What came with a new contact goes with it; what a row brought to any other is remembered."""
    standing, because = errand.standing(), {"because": errand.match}
    words = [
        Word(
            source=errand.source,
            external_id=str(told.number),
            told=told.words,
            texts=told.texts,
            at=errand.at,
            contact=contact,
            values=told.facts,
            handles=told.handles,
            evidence=_NEW if taken.outcome == "created" else because,
        )
        for told, taken, contact in standing
    ]
    landed = landing.land(words, new=errand.new, rules=errand.rules, by=errand.by, at=errand.at, is_trusted=False)
    for (_told, taken, _contact), one in zip(standing, landed, strict=True):
        if one.identities and taken.outcome != "created":
            taken.remember("identities", *one.identities)


def _remember_changes(errand: Errand, before: dict[int, dict[str, Any]]) -> None:
    """Write down which values of known contacts a row changed."""
    if not errand.known:
        return
    after = _after(errand)
    if errand.is_overwriting and _insist(errand, after):
        profile.project(errand.known, at=errand.at)
        after = _after(errand)
    for told, taken, contact in errand.standing():
        if contact not in before:
            continue
        was, now = before[contact], after[contact]
        changed = {
            name: [was.get(name), now[name]]
            for name, value in told.facts.items()
            if now.get(name) == value and was.get(name) != value
        }
        if changed:
            taken.before = (taken.before or {}) | {"fields": changed}


def _insist(errand: Errand, after: dict[int, dict[str, Any]]) -> bool:
    """What somebody chose to write over what stands is their own word, and noted as that."""
    facts, givers = list[tuple[int, str, Any]](), list[Taken]()
    for told, taken, contact in errand.standing():
        if contact not in after:
            continue
        for name, value in told.facts.items():
            if after[contact].get(name) != value:
                facts.append((contact, name, value))
                givers.append(taken)
    if not facts:
        return False
    numbers = bulk.reserve(ProfileFact, len(facts))
    bulk.copy(
        ProfileFact._meta.db_table,
        _FACT,
        ((pk, *fact, "agent", *errand.stamp) for pk, fact in zip(numbers, facts, strict=True)),
    )
    for pk, taken in zip(numbers, givers, strict=True):
        taken.remember("facts", pk)
    return True


def _after(errand: Errand) -> dict[int, dict[str, Any]]:
    rows = Contact.objects.filter(pk__one_of=errand.known).select_related("company")
    return {row.pk: _values(row) for row in rows}


def _values(contact: Contact) -> dict[str, Any]:
    told = {name: profile.value_of(contact, name) for name in ("name", "email", "phone", "city", "language", "company")}
    return {**told, **contact.fields}
