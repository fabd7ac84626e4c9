"""Who may be the same person: evidence for somebody who decides. Nothing here merges anybody."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Greatest, Least

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.contacts import bonds, families
from muhatap.contacts.candidates import Candidate
from muhatap.contacts.models import Contact, Identity, Likeness
from muhatap.contacts.searching import family_ids
from muhatap.shared import prepared

MOST = 10
SAME = {
    "email": "same_email",
    "phone": "same_phone",
    "visitor": "same_browser",
    "shop": "same_shop",
    "national": "same_national",
}


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """One reason: `because` is a word of SAME, "similar_email", or "match" (the records are alike: `weight` in bits, its `lines`
    the waterfall); `detail` the address that speaks for it."""

    because: str
    detail: str
    weight: float | None = None
    lines: tuple[Mapping[str, object], ...] = field(default=(), compare=False)


@dataclass(kw_only=True)
class Resemblance:
    contact: Contact
    evidence: list[Evidence] = field(default_factory=list)


def note(*, one: Contact, other: Contact, because: str, detail: str, at: datetime) -> None:
    """Keep a hint that two contacts may be one. Saying it again, or after somebody denied it, changes nothing."""
    _note([_Hint(one.pk, other.pk, because, detail)], at)


def note_handles(contact: int, shared: Sequence[tuple[str, str, int]], *, at: datetime) -> None:
    """Keep hints that this contact and others may be one: of each the kind and value that was proved, and whose it was."""
    _note([_Hint(contact, other, SAME.get(kind, "asked"), value) for kind, value, other in shared], at)


def note_weighed(pairs: Sequence[tuple[int, Candidate]], *, at: datetime) -> None:
    """Keep what the matcher found too like to be apart and not sure enough to join, with its evidence."""
    _note([_Hint(pk, c.contact, "match", "", round(c.weight, 2), c.evidence) for pk, c in pairs], at)


@dataclass(frozen=True)
class _Hint:
    one: int
    other: int
    because: str
    detail: str
    weight: float | None = None
    evidence: list[dict[str, object]] = field(default_factory=list)

    @property
    def pair(self) -> tuple[int, int]:
        return min(self.one, self.other), max(self.one, self.other)

    @property
    def strength(self) -> tuple[bool, float]:
        return self.because != "match", self.weight or 0.0


# Of a pair the strongest is kept: what was proved names it, what the matcher weighed highest stands beside it. A pair somebody
# denied stays as it is.
_NOTE = """
insert into contacts_likeness (one_id, other_id, because, detail, weight, evidence, at)
select one, other, because, detail, weight, evidence, %(at)s::timestamptz
from jsonb_to_recordset(%(hints)s::jsonb) as h(one bigint, other bigint, because text, detail text, weight float8, evidence jsonb)
on conflict (least(one_id, other_id), greatest(one_id, other_id)) do update set
  because = case when contacts_likeness.because in ('match', 'asked') then excluded.because else contacts_likeness.because end,
  detail = case when contacts_likeness.because in ('match', 'asked') then excluded.detail else contacts_likeness.detail end,
  weight = greatest(contacts_likeness.weight, excluded.weight),
  evidence = case when excluded.weight > coalesce(contacts_likeness.weight, '-infinity') then excluded.evidence
    else contacts_likeness.evidence end
where contacts_likeness.denied_at is null and (
  excluded.weight > coalesce(contacts_likeness.weight, '-infinity')
  or contacts_likeness.because in ('match', 'asked') and excluded.because not in ('match', 'asked')
)
"""


def _note(hints: Sequence[_Hint], at: datetime) -> None:
    """Each pair once and in order, so that two who note the same pairs do not wait for each other."""
    strongest: dict[tuple[int, int], _Hint] = {}
    for hint in sorted(hints, key=lambda hint: hint.strength):
        if hint.one != hint.other:
            strongest[hint.pair] = hint
    if strongest:
        rows = [vars(hint) for _pair, hint in sorted(strongest.items())]
        prepared.rows(_NOTE, {"hints": json.dumps(rows, ensure_ascii=False), "at": at})


@transaction.atomic
def deny(*, one: Contact, other: Contact, by: User, at: datetime) -> None:
    """Somebody says that these are two people: the hint is not shown again, and no machine makes them one."""
    bonds.part(ones=families.of(one.pk), others=families.of(other.pk), by=by, at=at, reason="denied")
    _note([_Hint(one.pk, other.pk, "asked", "")], at)
    _between(one, other).update(denied_by=by, denied_at=at)
    audit.record(by=by, at=at, act="contact.likeness_denied", kind="contact", id=one.pk, name=str(one), other=other.pk)


@transaction.atomic
def recall(*, one: Contact, other: Contact, by: User, at: datetime) -> None:
    """Take the denial back."""
    bonds.free(ones=families.of(one.pk), others=families.of(other.pk), by=by, at=at, reason="recalled")
    _between(one, other).update(denied_by=None, denied_at=None)
    audit.record(
        by=by, at=at, act="contact.likeness_recalled", kind="contact", id=one.pk, name=str(one), other=other.pk
    )


def of(contact: Contact) -> list[Resemblance]:
    """Contacts that may be the same person, with the reasons; most reasons first, at most MOST."""
    family = family_ids(contact)
    found: dict[int, Resemblance] = {}
    for other, evidence in [*_by_identities(contact, family), *_by_hints(contact)]:
        standing = other.standing()
        if standing.pk in family:
            continue
        resemblance = found.setdefault(standing.pk, Resemblance(contact=standing))
        if evidence not in resemblance.evidence:
            resemblance.evidence.append(evidence)
    denied = _denied(contact) | bonds.kept_apart(family)
    kept = [r for pk, r in found.items() if pk not in denied]
    return sorted(kept, key=lambda r: (-len(r.evidence), r.contact.pk))[:MOST]


def between(one: Contact, other: Contact) -> list[Evidence]:
    """Why these two may be one person."""
    return next((r.evidence for r in of(one) if r.contact.pk == other.pk), [])


def _by_identities(contact: Contact, family: list[int]) -> Iterable[tuple[Contact, Evidence]]:
    """Others with an address that compares equal, verified or not: this is what no machine may decide."""
    own = list(Identity.objects.filter(contact_id__in=family)[:50])
    if not own:
        return
    asked = Q()
    for identity in own:
        asked |= Q(kind=identity.kind, comparable=identity.comparable)
    values = {(identity.kind, identity.value) for identity in own}
    for twin in (
        Identity.objects.filter(asked).exclude(contact_id__in=family).select_related("contact").order_by("id")[:50]
    ):
        is_same = (twin.kind, twin.value) in values
        yield (
            twin.contact,
            Evidence(because=SAME.get(twin.kind, "asked") if is_same else "similar_email", detail=twin.value),
        )


def _by_hints(contact: Contact) -> Iterable[tuple[Contact, Evidence]]:
    hints = Likeness.objects.filter(Q(one=contact) | Q(other=contact), denied_at=None).exclude(because="asked")
    for hint in hints.select_related("one", "other").order_by("id")[:50]:
        other = hint.other if hint.one_id == contact.pk else hint.one
        if hint.because != "match":
            yield other, Evidence(because=hint.because, detail=hint.detail)
        if hint.weight is not None:
            yield other, Evidence(because="match", detail="", weight=hint.weight, lines=tuple(hint.evidence))


def _denied(contact: Contact) -> set[int]:
    pairs = Likeness.objects.filter(Q(one=contact) | Q(other=contact), denied_at__isnull=False)
    return {pk for pair in pairs.values_list("one_id", "other_id") for pk in pair}


def _between(one: Contact, other: Contact) -> QuerySet[Likeness]:
    low, high = sorted((one.pk, other.pk))
    return Likeness.objects.alias(low=Least("one_id", "other_id"), high=Greatest("one_id", "other_id")).filter(
        low=low, high=high
    )
