"""What a contact is found and sorted by, written on its row by the one function here."""

from collections.abc import Iterable

from muhatap.contacts.models import Contact, Identity
from muhatap.shared.text import fold, sort_key

_MOST = 4000


def describe(contact: Contact) -> None:
    """Write `sort_key` and `search_text` anew from the contact's name, identities, company and what was merged into it."""
    contact.sort_key = sort_key(contact.name or contact.email or contact.phone)[:200]
    contact.search_text = "\n".join(dict.fromkeys(filter(None, _words(contact))))[:_MOST]
    contact.save(update_fields=["sort_key", "search_text"])


def _words(contact: Contact) -> Iterable[str]:
    yield fold(contact.name)
    yield contact.email.lower()
    yield _digits(contact.phone)
    yield fold(contact.company.name) if contact.company else ""
    family = family_ids(contact)
    for name in (
        Contact.objects.filter(pk__in=family).exclude(pk=contact.pk).order_by("id").values_list("name", flat=True)[:20]
    ):
        yield fold(name)
    handles = Identity.objects.filter(contact_id__in=family, kind__in=["email", "phone", "shop"]).order_by("id")
    for kind, value in handles.values_list("kind", "value")[:100]:
        yield _digits(value) if kind == "phone" else value.lower()


def family_ids(contact: Contact) -> list[int]:
    """The contact and every contact that stands merged into it, also through others."""
    family, newest = [contact.pk], [contact.pk]
    while newest:
        newest = list(Contact.objects.filter(merged_into__in=newest).values_list("pk", flat=True))
        family += newest
    return family


def _digits(text: str) -> str:
    """'+905321234118' is also found by 0532…: people leave the country out."""
    digits = "".join(c for c in text if c.isdigit())
    return f"{digits} 0{digits[2:]}" if digits.startswith("90") else digits
