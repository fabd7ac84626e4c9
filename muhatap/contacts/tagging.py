"""Tags on contacts: a tag is one word of the firm, whoever writes it and however."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.contacts.models import ContactTag, Tag
from muhatap.shared.text import fold, without_nul

LONGEST = 60


class BadTag(ValueError):
    """The name of a tag is empty or too long."""


def named(name: str) -> Tag:
    """The tag of this name, made when nobody used it before. Raises BadTag."""
    name = " ".join(without_nul(name).split())
    folded = fold(name)
    if not folded or len(name) > LONGEST or len(folded) > LONGEST:
        raise BadTag(name)
    return Tag.objects.get_or_create(folded=folded, defaults={"name": name})[0]


@transaction.atomic
def tag(*, contacts: Collection[int], name: str, by: User, at: datetime) -> tuple[Tag, list[int]]:
    """Put a tag on contacts; gives it and the numbers of those that did not have it. Raises BadTag."""
    tag = named(name)
    had = set(ContactTag.objects.filter(tag=tag, contact_id__in=contacts).values_list("contact_id", flat=True))
    fresh = [pk for pk in dict.fromkeys(contacts) if pk not in had]
    ContactTag.objects.bulk_create(
        [ContactTag(contact_id=pk, tag=tag, by=by, at=at) for pk in fresh], ignore_conflicts=True
    )
    _tell("contact.tagged", tag, fresh, by=by, at=at)
    return tag, fresh


@transaction.atomic
def untag(*, contacts: Collection[int], tag: Tag, by: User, at: datetime) -> list[int]:
    """Take a tag off contacts; gives the numbers of those that had it."""
    rows = ContactTag.objects.filter(tag=tag, contact_id__in=contacts)
    had = sorted(rows.values_list("contact_id", flat=True))
    rows.delete()
    _tell("contact.untagged", tag, had, by=by, at=at)
    return had


def _tell(act: str, tag: Tag, contacts: list[int], *, by: User, at: datetime) -> None:
    if contacts:
        audit.record(by=by, at=at, act=act, kind="tag", id=tag.pk, name=tag.name, contacts=contacts)
