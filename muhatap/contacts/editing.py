"""What staff write of a contact by hand: it stands above what anybody else told."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.contacts import families, handles, identity, likeness, profile, searching
from muhatap.contacts.models import Contact, Identity

SOURCE = "agent"
_HANDLES = ("email", "phone")


class AlreadyKnown(ValueError):
    """Somebody has this address or number, verified: `contact`. `field` says which of the two it was."""

    def __init__(self, contact: Contact, field: str) -> None:
        super().__init__(str(contact))
        self.contact, self.field = contact, field


class Nobody(ValueError):
    """Nothing was written of the new contact by which anybody could know it."""


@transaction.atomic
def edit(*, contact: Contact, facts: Mapping[str, object], by: User, at: datetime) -> None:
    """Change the profile. A new address or number recognises the contact from now on, unless it is another's. Raises fields.BadValues."""
    contact = profile.held(contact)
    before = {name: profile.value_of(contact, name) for name in facts}
    profile.update(contact=contact, facts=facts, source=SOURCE, at=at, by=by)
    changed = [name for name, was in before.items() if profile.value_of(contact, name) != was]
    for name in _HANDLES:
        if name in changed and (value := profile.value_of(contact, name)):
            _vouch(contact, name, value, by=by, at=at)
    if changed:
        audit.record(
            by=by, at=at, act="contact.changed", kind="contact", id=contact.pk, name=str(contact), fields=changed
        )


@transaction.atomic
def create(*, facts: Mapping[str, object], by: User, at: datetime, different: Collection[int] = ()) -> Contact:
    """A contact written down by hand, who is none of the `different` ones. Raises Nobody, AlreadyKnown when the address or
    number is somebody's, fields.BadValues."""
    if not any(str(facts.get(name) or "").strip() for name in ("name", *_HANDLES)):
        raise Nobody
    for name in _HANDLES:
        if known := _known(name, str(facts.get(name) or "")):
            raise AlreadyKnown(known, name)
    contact = Contact.objects.create(sort_key="", search_text="", created_at=at, last_seen_at=at)
    profile.update(contact=contact, facts=facts, source=SOURCE, at=at, by=by)
    for name in _HANDLES:
        if value := profile.value_of(contact, name):
            _vouch(contact, name, value, by=by, at=at)
    searching.describe(contact)
    for other in Contact.objects.filter(pk__in=families.standing(different).values()).exclude(pk=contact.pk):
        likeness.deny(one=contact, other=other, by=by, at=at)
    audit.record(by=by, at=at, act="contact.created", kind="contact", id=contact.pk, name=str(contact))
    return contact


def _vouch(contact: Contact, kind: str, value: str, *, by: User, at: datetime) -> None:
    try:
        with transaction.atomic():
            identity.add(contact=contact, kind=kind, value=value, is_verified=True, by=by, at=at)
    except identity.IdentityTaken:  # stays unverified, and both pages show the resemblance
        identity.add(contact=contact, kind=kind, value=value, is_verified=False, by=by, at=at)


def _known(kind: str, written: str) -> Contact | None:
    handle = handles.read(kind, written)
    row = handle and Identity.objects.filter(kind=kind, value=handle.value, verified_at__isnull=False).first()
    return row.contact.standing() if row else None
