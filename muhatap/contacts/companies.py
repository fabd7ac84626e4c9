"""Firms, once each by their folded name."""

from datetime import datetime

from django.db import transaction

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.contacts import searching
from muhatap.contacts.models import Company
from muhatap.shared.text import fold, sort_key


class NameTaken(ValueError):
    """Another firm bears this name."""


def named(*, name: str, at: datetime) -> Company:
    """The firm of this name, made if nobody told of it before. The name must not be empty."""
    name = " ".join(name.split())[:200]
    company, _ = Company.objects.get_or_create(
        folded=fold(name)[:200], defaults={"name": name, "sort_key": sort_key(name)[:200], "created_at": at}
    )
    return company


@transaction.atomic
def rename(*, company: Company, name: str, domain: str, by: User, at: datetime) -> None:
    """A firm's name and web address. Raises NameTaken."""
    folded = fold(name)[:200]
    if Company.objects.filter(folded=folded).exclude(pk=company.pk).exists():
        raise NameTaken(name)
    before = company.name
    company.name, company.domain, company.folded, company.sort_key = name, domain, folded, sort_key(name)[:200]
    company.save()
    if before != name:
        for contact in company.contacts.iterator(chunk_size=500):
            searching.describe(contact)
    audit.record(by=by, at=at, act="company.changed", kind="company", id=company.pk, name=name, before=before)
