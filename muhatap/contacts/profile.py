"""What we know of a contact: every value with its source and time, the newest of the most trusted wins."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from muhatap.accounts.models import User
from muhatap.contacts import companies, fields, searching
from muhatap.contacts.models import Contact, ProfileFact

# What staff wrote stands above what the customer told us of themselves, and that above what a header says.
TRUST = {"agent": 40, "shop": 35, "form": 30, "webchat": 30, "import": 20, "email": 10, "header": 10}
_LEAST = 10
HISTORY = 200
HASTE = timedelta(minutes=1)


@transaction.atomic
def update(*, contact: Contact, facts: Mapping[str, object], source: str, at: datetime, by: User | None = None) -> None:
    """Write down what `source` told and bring the contact's row up to date; `contact` holds the new values afterwards.

    An empty value counts only from a person, who means it. What can't be kept raises BadValues when a person gave it
    and is left out when a channel told it.
    """
    values, errors = fields.read(facts)
    if errors and by:
        raise fields.BadValues(errors)
    lock(contact)
    news = {
        name: value
        for name, value in values.items()
        if (value is not None or by) and _is_news(contact, name, value, source, by)
    }
    if not by:
        _forget_hasty(contact, news, source, at=at)
    ProfileFact.objects.bulk_create(
        ProfileFact(contact=contact, field=name, value=value, source=source, by=by, at=at)
        for name, value in news.items()
    )
    if news:
        settle(contact, news, at=at)


def lock(contact: Contact) -> None:
    """Hold the contact's row until the transaction ends and read it anew. Others may still point at it."""
    contact.refresh_from_db(from_queryset=Contact.objects.select_for_update(no_key=True))


def trust(source: str) -> int:
    return TRUST.get(source.partition(":")[0], _LEAST)


def settle(contact: Contact, names: Iterable[str], *, at: datetime) -> None:
    """Give each named field the value of its best fact: most trusted, then newest. Fields without facts stay."""
    for name, fact in current(contact, names).items():
        place(contact, name, fact.value, at=at)
    contact.save()
    searching.describe(contact)


def place(contact: Contact, name: str, value: Any, *, at: datetime) -> None:
    """Set one field of the row; nothing is saved."""
    if name == "company":
        contact.company = companies.named(name=value, at=at) if value else None
    elif name in fields.BUILT_IN:
        setattr(contact, name, value or "")
    elif value is None:
        contact.fields.pop(name, None)
    else:
        contact.fields[name] = value


def value_of(contact: Contact, name: str) -> Any:
    """The current value as facts keep it: None when empty, a company by its name."""
    if name == "company":
        return contact.company.name if contact.company else None
    return (getattr(contact, name) or None) if name in fields.BUILT_IN else contact.fields.get(name)


def current(contact: Contact, names: Iterable[str] | None = None) -> dict[str, ProfileFact]:
    """The fact that stands behind each field."""
    return current_of([contact.pk], names)


def current_of(contacts: Iterable[int], names: Iterable[str] | None = None) -> dict[str, ProfileFact]:
    """The same for several contacts taken as one person. Of each source only its newest word is read."""
    best: dict[str, ProfileFact] = {}
    told = ProfileFact.objects.filter(contact__in=list(contacts))
    if names is not None:
        told = told.filter(field__in=list(names))
    newest = told.order_by("field", "source", "-at", "-id").distinct("field", "source")
    for fact in newest.select_related("by"):
        if fact.field not in best or _rank(fact) > _rank(best[fact.field]):
            best[fact.field] = fact
    return best


def history(contact: Contact, limit: int = HISTORY) -> list[ProfileFact]:
    """What was told of this contact, newest first, at most `limit`."""
    return list(ProfileFact.objects.filter(contact=contact).select_related("by").order_by("-at", "-id")[:limit])


def _rank(fact: ProfileFact) -> tuple[int, datetime, int]:
    return trust(fact.source), fact.at, fact.pk


def _forget_hasty(contact: Contact, names: Iterable[str], source: str, *, at: datetime) -> None:
    """What the same source told less than a moment before is replaced, so that no visitor fills the history by typing."""
    hasty = ProfileFact.objects.filter(contact=contact, field__in=list(names), source=source, by=None)
    hasty.filter(at__gt=at - HASTE, at__lte=at).delete()


def _is_news(contact: Contact, name: str, value: Any, source: str, by: User | None) -> bool:
    """The same source saying the same again is no news; nor is a person leaving a field as it stands."""
    if by and value == value_of(contact, name):
        return False
    last = ProfileFact.objects.filter(contact=contact, field=name, source=source).order_by("-at", "-id").first()
    return last is None or last.value != value
