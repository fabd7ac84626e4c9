"""Who is there already, asked while somebody new is being written down."""

from collections.abc import Mapping
from datetime import datetime

from muhatap.contacts import candidates, comparable, families, finding, graph, handles
from muhatap.contacts.finding import Wanted
from muhatap.contacts.handles import Handle
from muhatap.contacts.likeness import SAME, Evidence, Resemblance
from muhatap.contacts.models import Contact, Identity

MOST = 5
_HANDLES = ("email", "phone")
_SHORTEST = 3


def likely(told: Mapping[str, object], *, at: datetime) -> list[Resemblance]:
    """Contacts that what is typed may speak of, with the reasons: the same address or number first, then records that look
    alike, then names that hold the same words. Nothing is written; half an address finds nobody."""
    typed = {name: str(value).strip() for name, value in told.items() if str(value or "").strip()}
    own = [handle for kind in _HANDLES if (handle := handles.read(kind, typed.get(kind, ""))) and handle.is_sound]
    reasons: dict[int, list[Evidence]] = {}
    for contact, evidence in [*_by_handles(own), *_by_records(typed, own), *_by_name(typed.get("name", ""), at)]:
        if evidence.because != "name" or contact not in reasons:
            reasons.setdefault(contact, []).append(evidence)
    chosen = list(reasons)[:MOST]
    rows = Contact.objects.select_related("company").in_bulk(chosen)
    return [Resemblance(contact=rows[pk], evidence=reasons[pk]) for pk in chosen if pk in rows]


def _by_handles(own: list[Handle]) -> list[tuple[int, Evidence]]:
    found = []
    for handle in own:
        twins = Identity.objects.filter(kind=handle.kind, comparable=handle.comparable).order_by("-verified_at", "id")
        some = list(twins.values_list("contact_id", "value")[:MOST])
        standing = families.standing({contact for contact, _value in some})
        for contact, value in some:
            because = SAME[handle.kind] if value == handle.value else "similar_email"
            found.append((standing[contact], Evidence(because=because, detail=value)))
    return list(dict.fromkeys(found))


def _by_records(typed: Mapping[str, str], own: list[Handle]) -> list[tuple[int, Evidence]]:
    rules = graph.standing({(handle.kind, handle.value) for handle in own})
    [found] = candidates.of([comparable.judged(typed, own, rules)])
    return [
        (one.contact, Evidence(because="match", detail="", weight=one.weight, lines=tuple(one.evidence)))
        for one in found[:MOST]
    ]


def _by_name(name: str, at: datetime) -> list[tuple[int, Evidence]]:
    if len(name) < _SHORTEST:
        return []
    rows = finding.page(Wanted(q=name), at=at, limit=MOST).rows
    return [(row.pk, Evidence(because="name", detail=row.name)) for row in rows]
