"""Who is this? Only a verified identity of the same kind recognises; everything else is evidence for a person to judge.

What channels claim never joins two contacts: whoever is not recognised is somebody new, with hints whom the matcher takes
them for. Sources that are trusted go through `records.take`, which may join; files somebody imports through `taking.take`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from django.db import transaction
from django.db.models import Q

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.contacts import graph, handles, hearing, likeness, profile, searching
from muhatap.contacts.graph import Graph
from muhatap.contacts.handles import Handle
from muhatap.contacts.models import Contact, Identity
from muhatap.shared import locks

_KEPT_IN_PROFILE = {Identity.Kind.EMAIL, Identity.Kind.PHONE}


class IdentityTaken(ValueError):
    """Another contact has this identity, verified. `contact` is that contact."""

    def __init__(self, contact: Contact) -> None:
        super().__init__(str(contact))
        self.contact = contact


class NoIdentity(ValueError):
    """The text is no address or handle of this kind."""


class ClaimLike(Protocol):
    @property
    def kind(self) -> str: ...
    @property
    def value(self) -> str: ...
    @property
    def is_verified(self) -> bool: ...
    @property
    def name(self) -> str: ...


@dataclass(frozen=True)
class _Told:
    handle: Handle
    is_verified: bool
    name: str


@transaction.atomic
def resolve(*, claims: Sequence[ClaimLike], source: str, at: datetime) -> Contact:
    """The contact these claims speak of, made new when nobody is recognised; the sender's claim comes first.

    Verified claims that lead to different contacts merge nobody: the first one's contact answers, the others become
    hints. Runs in the caller's transaction, which holds the contact until it ends.
    """
    told = _readable(claims)
    locks.share("identities")  # whoever takes many records in at once holds it alone
    known = _known(told)
    rules = graph.standing({_key(claim) for claim in told if claim.is_verified})
    owners = _owners(told, known, rules)
    recognised = _recognised(told, owners, rules)
    contact = recognised or _unknown(at)
    is_news = recognised is None
    for claim in told:
        is_news |= _remember(contact, claim, known.get(_key(claim)), source, at, rules)
    for claim, owner in owners:
        likeness.note(
            one=contact,
            other=owner,
            because=likeness.SAME.get(claim.handle.kind, "asked"),
            detail=claim.handle.value,
            at=at,
        )
    if at > contact.last_seen_at:
        contact.last_seen_at = at
        contact.save(update_fields=["last_seen_at"])
    _introduce(contact, claims, told, source, at)
    if is_news:
        searching.describe(contact)
    if is_news and told:
        hearing.hear(
            contact=contact,
            handles=[claim.handle for claim in told],
            name=_name(claims),
            source=source,
            at=at,
            rules=rules,
        )
    return contact


def of(contact: Contact) -> list[Identity]:
    """The identities of a contact and of those merged into it, each once, the verified row before its unverified twin."""
    rows = Identity.objects.filter(contact_id__in=searching.family_ids(contact)).order_by("id")
    best: dict[tuple[str, str], Identity] = {}
    for row in rows:
        twin = best.get((row.kind, row.value))
        if twin is None or (row.verified_at and not twin.verified_at):
            best[row.kind, row.value] = row
    return sorted(best.values(), key=lambda row: (row.verified_at is None, row.kind, row.first_seen_at, row.pk))


@transaction.atomic
def add(*, contact: Contact, kind: str, value: str, is_verified: bool, by: User, at: datetime) -> Identity:
    """Somebody of the staff writes an identity down. Raises NoIdentity, or IdentityTaken when it was to be verified and is another's."""
    handle = handles.read(kind, value)
    if handle is None or not handle.is_sound:
        raise NoIdentity(value)
    profile.lock(contact)
    row = _own_row(contact, handle, source="agent", at=at)
    if is_verified:
        _prove(row, how="agent", at=at)
    searching.describe(contact)
    _tell(row, "identity.added", by=by, at=at)
    return row


@transaction.atomic
def verify(*, identity: Identity, how: str, at: datetime, by: User | None = None) -> None:
    """From now on this identity recognises its contact. Raises IdentityTaken when it already recognises another."""
    if not identity.verified_at:
        _prove(identity, how=how, at=at)
        _tell(identity, "identity.verified", by=by, at=at)


@transaction.atomic
def remove(*, identity: Identity, by: User, at: datetime) -> None:
    """Take an identity off its contact: it was never theirs."""
    contact = Contact.objects.get(pk=identity.contact_id).standing()
    profile.lock(contact)
    _tell(identity, "identity.removed", by=by, at=at)
    identity.delete()
    searching.describe(contact)


def mark_bounced(kind: str, value: str, *, detail: str, at: datetime) -> int:
    """A message to this address came back for good: tells how many identities now say so."""
    handle = handles.read(kind, value)
    if handle is None:
        return 0
    rows = Identity.objects.filter(kind=kind, value=handle.value).exclude(bounced_at__gt=at)
    return rows.update(bounced_at=at, bounce_detail=detail[:300])


def _readable(claims: Iterable[ClaimLike]) -> list[_Told]:
    told = []
    for claim in claims:
        if handle := handles.read(claim.kind, claim.value):
            told.append(_Told(handle, claim.is_verified and handle.is_sound, claim.name))
    return told


def _known(told: list[_Told]) -> dict[tuple[str, str], Identity]:
    """The rows that recognise, read under a lock of each value: two transactions with one new address make one contact."""
    keys = sorted({_key(claim) for claim in told if claim.is_verified})
    asked = Q(pk__in=[])
    for kind, value in keys:
        locks.hold("identity", kind, value)
        asked |= Q(kind=kind, value=value)
    rows = Identity.objects.filter(asked, verified_at__isnull=False).select_related("contact") if keys else []
    return {(row.kind, row.value): row for row in rows}


def _owners(told: list[_Told], known: dict[tuple[str, str], Identity], rules: Graph) -> list[tuple[_Told, Contact]]:
    """Each verified claim that recognises with the contact it leads to: what proves persons before what proves none, then by
    the priority of their kinds, then in the order they were made."""
    found = [
        (claim, known[_key(claim)].contact.standing()) for claim in told if claim.is_verified and _key(claim) in known
    ]
    return sorted(
        found, key=lambda pair: (bool(rules.why_weak(*_key(pair[0]))), rules.of(pair[0].handle.kind).priority)
    )


def _recognised(told: list[_Told], owners: list[tuple[_Told, Contact]], rules: Graph) -> Contact | None:
    for claim, owner in owners:
        if not _contradicts(claim, owner, told, rules):
            return _held(owner)
    return None


def _contradicts(via: _Told, owner: Contact, told: list[_Told], rules: Graph) -> bool:
    """A browser is shared, a phone changes hands: they recognise nobody when the same breath proves a different account.

    For a browser and for a value that many have any other verified kind decides; for the rest only what one person has once.
    """
    is_weak = via.handle.kind == Identity.Kind.VISITOR or bool(rules.why_weak(*_key(via)))
    kinds = {c.handle.kind for c in told if c.is_verified and c is not via}
    kinds = kinds - {str(Identity.Kind.VISITOR)} if is_weak else kinds & rules.one_each()
    if not kinds:
        return False
    own = set(
        Identity.objects.filter(
            contact_id__in=searching.family_ids(owner), kind__in=kinds, verified_at__isnull=False
        ).values_list("kind", "value")
    )
    claimed = {_key(c) for c in told if c.is_verified and c.handle.kind in kinds}
    return any(kind in {k for k, _ in own} and (kind, value) not in own for kind, value in claimed)


def _held(contact: Contact) -> Contact:
    """The contact, held until the transaction ends, or the one it was merged into while we waited."""
    profile.lock(contact)
    while contact.merged_into is not None:
        contact = contact.merged_into
        profile.lock(contact)
    return contact


def _unknown(at: datetime) -> Contact:
    return Contact.objects.create(sort_key="", search_text="", created_at=at, last_seen_at=at)


def _remember(contact: Contact, claim: _Told, known: Identity | None, source: str, at: datetime, rules: Graph) -> bool:
    """Write the claim down with the contact; was it new?"""
    if known and claim.is_verified and known.contact.standing().pk != contact.pk:
        return False  # it recognises somebody else: a hint, and no second row
    row = known if known and claim.is_verified else _own_row(contact, claim.handle, source=source, at=at)
    is_new = row is not known and row.first_seen_at == row.last_seen_at == at
    if claim.is_verified and not row.verified_at and not _is_full(contact, claim, rules, at):
        row.verified_at, row.verified_by = at, source[:40]
    if claim.is_verified and row.bounced_at and at > row.bounced_at:
        row.bounced_at, row.bounce_detail = None, ""  # they write from it again
    row.first_seen_at, row.last_seen_at = min(row.first_seen_at, at), max(row.last_seen_at, at)
    row.save()
    return is_new


def _is_full(contact: Contact, claim: _Told, rules: Graph, at: datetime) -> bool:
    """Has this contact as many proved values of this kind as one person may have? Then one more is only told."""
    limits = rules.of(claim.handle.kind)
    proved = Identity.objects.filter(contact=contact, kind=claim.handle.kind, verified_at__isnull=False)
    if limits.window_days:
        proved = proved.filter(last_seen_at__gte=at - timedelta(days=limits.window_days))
    return proved[: limits.n_per_contact].count() >= limits.n_per_contact


def _own_row(contact: Contact, handle: Handle, *, source: str, at: datetime) -> Identity:
    """The contact's row for this handle. One that merely compares equal stays a row of its own."""
    row, _ = Identity.objects.get_or_create(
        contact=contact,
        kind=handle.kind,
        value=handle.value,
        defaults={
            "comparable": handle.comparable,
            "written": handle.written,
            "source": source[:40],
            "first_seen_at": at,
            "last_seen_at": at,
        },
    )
    return row


def _prove(row: Identity, *, how: str, at: datetime) -> None:
    locks.share("identities")
    locks.hold("identity", row.kind, row.value)
    holder = (
        Identity.objects.filter(kind=row.kind, value=row.value, verified_at__isnull=False).exclude(pk=row.pk).first()
    )
    if holder is None:
        row.verified_at, row.verified_by = at, how[:40]
        row.save(update_fields=["verified_at", "verified_by"])
    elif holder.contact.standing().pk != row.contact.standing().pk:
        raise IdentityTaken(holder.contact.standing())


def _introduce(contact: Contact, claims: Sequence[ClaimLike], told: list[_Told], source: str, at: datetime) -> None:
    """A contact without a name, address or number gets what the claims say; one that has them keeps them."""
    facts: dict[str, object] = {}
    if not contact.name:
        facts["name"] = _name(claims) or None
    for kind in _KEPT_IN_PROFILE:
        if not getattr(contact, kind):
            facts[kind] = next((c.handle.value for c in told if c.handle.kind == kind and c.handle.is_sound), None)
    if known := {name: value for name, value in facts.items() if value}:
        profile.update(contact=contact, facts=known, source=source, at=at)


def _name(claims: Sequence[ClaimLike]) -> str:
    return next((claim.name for claim in claims if claim.name.strip()), "")


def _key(claim: _Told) -> tuple[str, str]:
    return claim.handle.kind, claim.handle.value


def _tell(identity: Identity, act: str, *, by: User | None, at: datetime) -> None:
    audit.record(
        by=by, at=at, act=act, kind="contact", id=identity.contact_id, name=str(identity), identity=identity.kind
    )
