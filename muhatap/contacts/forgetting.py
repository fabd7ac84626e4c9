"""What a source told of somebody is forgotten, as the law wants it: its words go, and what nobody else told goes with them."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from muhatap.contacts import families, graph, handles, profile
from muhatap.contacts.models import Contact, Identity, Likeness, MatchKey, ProfileFact, SourceRecord
from muhatap.contacts.relations import every_relation

_HINTS = ("contacts.Likeness.one", "contacts.Likeness.other")  # nobody's word
_TOLD = ("name", "email", "phone")  # a record may say them where no fact was needed
Key = tuple[str, str]


@transaction.atomic
def forget(*, contact: Contact, sources: Collection[str], at: datetime) -> bool:
    """Take away what only these sources told; what others told stays. True when nothing was left and the contact went too."""
    profile.lock(contact)
    family = families.of(contact.pk)
    facts = ProfileFact.objects.filter(contact__in=family, source__in=sources)
    records = SourceRecord.objects.filter(contact__in=family, source__in=sources)
    names = set(facts.values_list("field", flat=True))
    names |= {name for told in records.values_list("values", flat=True) for name in told}
    facts.delete()
    MatchKey.objects.filter(record__in=records).delete()
    records.delete()
    _forget_identities(family, sources, at=at)
    if family == [contact.pk] and not _stands(contact):
        Likeness.objects.filter(Q(one=contact) | Q(other=contact)).delete()
        contact.delete()
        return True
    profile.project([contact.pk], at=at, emptied={contact.pk: names})
    _fill_from_others(contact, family)
    return False


def _forget_identities(family: Collection[int], sources: Collection[str], *, at: datetime) -> None:
    """Those that nobody else proved, vouched for or told; hints that rest on what went are no hints any more."""
    others = _told_by_others(family)
    gone: list[Identity] = []
    for row in Identity.objects.filter(contact__in=family, source__in=sources):
        is_proved_by_others = bool(row.verified_by) and row.verified_by not in sources
        if row.vouched_at or is_proved_by_others or (row.kind, row.value) in others:
            row.source = others.get((row.kind, row.value), row.source)
            row.save(update_fields=["source"])
        else:
            gone.append(row)
    Identity.objects.filter(pk__in=[row.pk for row in gone]).delete()
    hints = Likeness.objects.filter(Q(one__in=family) | Q(other__in=family), denied_at=None)
    hints.filter(Q(detail__in=[row.value for row in gone]) | Q(because="match")).delete()
    if gone:
        graph.recount({(row.kind, row.value) for row in gone}, at=at)


def _told_by_others(family: Collection[int]) -> dict[Key, str]:
    """Each address, number and account that still stands in somebody's word, with one who told it."""
    words = list(SourceRecord.objects.filter(contact__in=family, is_current=True).values_list("source", "told"))
    facts = ProfileFact.objects.filter(contact__in=family, field__in=("email", "phone"), released_at=None)
    words += [(source, {field: value}) for source, field, value in facts.values_list("source", "field", "value")]
    found: dict[Key, str] = {}
    for source, told in words:
        for kind in Identity.Kind.values:
            handle = handles.read(kind, str(told.get(kind) or ""))
            if handle:
                found[str(handle.kind), handle.value] = source
    return found


def _stands(contact: Contact) -> bool:
    """Whether anything else points at the contact."""
    kept = (relation for relation in every_relation() if relation.name not in _HINTS)
    return any(relation.rows(**{relation.field: contact}).exists() for relation in kept)


def _fill_from_others(contact: Contact, family: Collection[int]) -> None:
    """A name, address or number that others told too became no fact while the source's stood there."""
    contact.refresh_from_db()
    for record in SourceRecord.objects.filter(contact__in=family, is_current=True).order_by("id"):
        missing = {name: record.told[name] for name in _TOLD if record.told.get(name) and not getattr(contact, name)}
        if missing:
            profile.update(contact=contact, facts=missing, source=record.source, at=record.at, is_recorded=True)
