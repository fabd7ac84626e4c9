"""Who is this? Only a verified identity of the same kind recognises; everything else is evidence for a person to judge.

What channels claim never joins two contacts: whoever is not recognised is somebody new, with hints whom the matcher takes
them for. Sources that are trusted go through `records.take`, which may join; files somebody imports through `taking.take`.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.contacts import families, handles, hearing, likeness, meeting, profile, searching
from muhatap.contacts.breath import Breath, opened
from muhatap.contacts.claims import ClaimLike, Told, name_of, readable
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


@transaction.atomic(savepoint=False)
def resolve(*, claims: Sequence[ClaimLike], source: str, at: datetime) -> Contact:
    """The contact these claims speak of, made new when nobody is recognised; the sender's claim comes first.

    Verified claims that lead to different contacts merge nobody: the first one's contact answers, the others become
    hints. Runs in the caller's transaction, which holds the contact until it ends.
    """
    told, name = readable(claims), name_of(claims)
    breath = opened(told, source)
    owners = _owners(told, breath)
    recognised = _recognised(told, owners, breath.rules)
    if recognised is None:
        contact = _welcomed(told, name, breath, source, at)
    elif (contact := breath.held.get(recognised) or _held(recognised)).pk == recognised:
        _met(contact, told, name, breath, source, at)
    else:
        return resolve(claims=claims, source=source, at=at)  # merged while we waited: whom do they lead to now?
    others = [(claim, owner) for claim, owner in owners if owner != contact.pk]
    if others:
        likeness.note_handles(contact.pk, [(c.handle.kind, c.handle.value, owner) for c, owner in others], at=at)
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
    if is_verified:
        _hold_value(handle.kind, handle.value)
    contact = profile.held(contact)
    row = _own_row(contact, handle, source="agent", at=at)
    if is_verified:
        _prove(row, how="agent", at=at)
    searching.describe(contact)
    _tell(row, "identity.added", by=by, at=at)
    return row


@transaction.atomic
def verify(*, identity: Identity, how: str, at: datetime, by: User | None = None) -> None:
    """From now on this identity recognises its contact. Raises IdentityTaken when it already recognises another, and
    Identity.DoesNotExist when somebody took it off meanwhile."""
    _hold_value(identity.kind, identity.value)
    profile.held(identity.contact)  # a merge that has begun may make one of its contact and the one who has it
    identity.refresh_from_db()
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


def _owners(told: list[Told], breath: Breath) -> list[tuple[Told, int]]:
    """Each verified claim that recognises with the contact it leads to: what proves persons before what proves none, then by
    the priority of their kinds, then in the order they were made."""
    found = [
        (claim, breath.known[claim.key].contact) for claim in told if claim.is_verified and claim.key in breath.known
    ]
    rules = breath.rules
    return sorted(found, key=lambda pair: (bool(rules.why_weak(*pair[0].key)), rules.of(pair[0].handle.kind).priority))


def _recognised(told: list[Told], owners: list[tuple[Told, int]], rules: Graph) -> int | None:
    return next((owner for claim, owner in owners if not _contradicts(claim, owner, told, rules)), None)


def _contradicts(via: Told, owner: int, told: list[Told], rules: Graph) -> bool:
    """A browser is shared, a phone changes hands: they recognise nobody when the same breath proves a different account.

    For a browser and for a value that many have any other verified kind decides; for the rest only what one person has once.
    """
    is_weak = via.handle.kind == Identity.Kind.VISITOR or bool(rules.why_weak(*via.key))
    kinds = {c.handle.kind for c in told if c.is_verified and c is not via}
    kinds = kinds - {str(Identity.Kind.VISITOR)} if is_weak else kinds & rules.one_each()
    if not kinds:
        return False
    own = set(
        Identity.objects.filter(
            contact_id__in=families.of(owner), kind__in=kinds, verified_at__isnull=False
        ).values_list("kind", "value")
    )
    claimed = {c.key for c in told if c.is_verified and c.handle.kind in kinds}
    return any(kind in {k for k, _ in own} and (kind, value) not in own for kind, value in claimed)


def _held(number: int) -> Contact:
    """The contact, held until the transaction ends, or the one it was merged into while we waited.

    Only who stands is held: whoever holds a merged one first would wait for those who take it apart, and they for him.
    """
    while True:
        contact = Contact.objects.select_for_update(no_key=True).get(pk=number)
        if contact.merged_into_id is None:
            return contact
        number = families.standing([number])[number]


def _welcomed(told: list[Told], name: str, breath: Breath, source: str, at: datetime) -> Contact:
    said = hearing.said_by(told, name)
    normal = hearing.judged(said, told, breath)
    contact = meeting.welcome(told, name, said, normal, breath, source=source, at=at)
    if told:
        proofs = breath.rules.one_each() & {claim.handle.kind for claim in told if claim.is_verified}
        hearing.hint(contact, normal, at=at, proofs=proofs)
    return contact


def _met(contact: Contact, told: list[Told], name: str, breath: Breath, source: str, at: datetime) -> None:
    is_news = meeting.meet(contact, told, breath, source=source, at=at)
    is_introduced = _introduce(contact, told, name, source, at)
    if is_news:
        searching.describe(contact)
    if told and (is_news or is_introduced):
        hearing.hear(contact=contact, told=told, name=name, breath=breath, source=source, at=at)


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


def _hold_value(kind: str, value: str) -> None:
    """Nobody else proves this value until the transaction ends. Held before any contact is, as whoever recognises does."""
    locks.share("identities")
    locks.hold("identity", kind, value)


def _prove(row: Identity, *, how: str, at: datetime) -> None:
    """The value and the contact are held."""
    holder = (
        Identity.objects.filter(kind=row.kind, value=row.value, verified_at__isnull=False).exclude(pk=row.pk).first()
    )
    if holder is None:
        row.verified_at, row.verified_by = at, how[:40]
        row.save(update_fields=["verified_at", "verified_by"])
    elif holder.contact.standing().pk != row.contact.standing().pk:
        raise IdentityTaken(holder.contact.standing())


def _introduce(contact: Contact, told: list[Told], name: str, source: str, at: datetime) -> bool:
    """A contact without a name, address or number gets what the claims say; one that has them keeps them. Was there something?"""
    facts: dict[str, object] = {}
    if not contact.name:
        facts["name"] = name or None
    for kind in _KEPT_IN_PROFILE:
        if not getattr(contact, kind):
            facts[kind] = next((c.handle.value for c in told if c.handle.kind == kind and c.handle.is_sound), None)
    known = {field: value for field, value in facts.items() if value}
    if known:
        profile.update(contact=contact, facts=known, source=source, at=at, is_recorded=True)
    return bool(known)


def _tell(identity: Identity, act: str, *, by: User | None, at: datetime) -> None:
    audit.record(
        by=by, at=at, act=act, kind="contact", id=identity.contact_id, name=str(identity), identity=identity.kind
    )
