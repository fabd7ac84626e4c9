"""What a contact is found and sorted by, written on its row by the one function here."""

from collections.abc import Iterable, Sequence

from muhatap.contacts import families
from muhatap.contacts.models import Contact, Identity
from muhatap.shared.text import fold, sort_key

_MOST = 4000
_MOST_NAMES = 20
_MOST_HANDLES = 100
_FOUND_BY = ("email", "phone", "shop")


def describe(contact: Contact) -> None:
    """Write `sort_key` and `search_text` anew from the contact's name, identities, company and what was merged into it."""
    write([contact])
    contact.save(update_fields=["sort_key", "search_text"])


def write(contacts: Sequence[Contact]) -> None:
    """The same for many at once, in three questions; nothing is saved."""
    family = families.members([contact.pk for contact in contacts])
    head = {pk: contact for contact, ids in family.items() for pk in ids}
    names = _names({pk: into for pk, into in head.items() if pk != into})
    handles = _handles(head)
    for contact in contacts:
        _set(contact, [*names.get(contact.pk, [])[:_MOST_NAMES], *handles.get(contact.pk, [])[:_MOST_HANDLES]])


def fill(contact: Contact, handles: Iterable[tuple[str, str]]) -> None:
    """The same for one who is new and has only these (kind, value); nothing is asked or saved."""
    _set(contact, [_found_by(kind, value) for kind, value in handles if kind in _FOUND_BY][:_MOST_HANDLES])


def family_ids(contact: Contact) -> list[int]:
    """The contact and every contact that stands merged into it, also through others."""
    return families.of(contact.pk)


def _set(contact: Contact, more: Iterable[str]) -> None:
    contact.sort_key = sort_key(contact.name or contact.email or contact.phone)[:200]
    contact.search_text = "\n".join(dict.fromkeys(filter(None, [*_own(contact), *more])))[:_MOST]


def _found_by(kind: str, value: str) -> str:
    return _digits(value) if kind == "phone" else value.lower()


def _own(contact: Contact) -> Iterable[str]:
    yield fold(contact.name)
    yield contact.email.lower()
    yield _digits(contact.phone)
    yield fold(contact.company.name) if contact.company else ""
    yield from (fold(value) for value in contact.fields.values() if isinstance(value, str))


def _names(head: dict[int, int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    merged = Contact.objects.filter(pk__one_of=head).order_by("id").values_list("pk", "name") if head else []
    for pk, name in merged:
        found.setdefault(head[pk], []).append(fold(name))
    return found


def _handles(head: dict[int, int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    rows = Identity.objects.filter(contact_id__one_of=head, kind__in=_FOUND_BY).order_by("id")
    for contact, kind, value in rows.values_list("contact_id", "kind", "value"):
        found.setdefault(head[contact], []).append(_found_by(kind, value))
    return found


def _digits(text: str) -> str:
    """'+905321234118' is also found by 0532…: people leave the country out."""
    digits = text.removeprefix("+")
    if not digits.isdigit():
        digits = "".join(c for c in text if c.isdigit())
    return f"{digits} 0{digits[2:]}" if digits.startswith("90") else digits
