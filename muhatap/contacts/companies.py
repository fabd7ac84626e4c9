"""Firms, once each by their folded name."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Count, QuerySet

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.contacts import searching
from muhatap.contacts.models import Company, Contact
from muhatap.contacts.paging import LIMIT, Cursor, Page, by_key
from muhatap.shared.text import fold, sort_key, without_nul


class NameTaken(ValueError):
    """Another firm bears this name."""


def named(*, name: str, at: datetime) -> Company:
    """The firm of this name, made if nobody told of it before. The name must not be empty."""
    name = " ".join(name.split())[:200]
    company, _ = Company.objects.get_or_create(
        folded=fold(name)[:200], defaults={"name": name, "sort_key": sort_key(name)[:200], "created_at": at}
    )
    return company


def named_many(names: Iterable[str], *, at: datetime) -> dict[str, Company]:
    """The same for many names, in two questions: the firm of each."""
    plain = {name: " ".join(name.split())[:200] for name in names}
    keys = {name: fold(text)[:200] for name, text in plain.items()}
    if not keys:
        return {}
    fresh = {key: plain[name] for name, key in keys.items()}
    firms = {firm.folded: firm for firm in Company.objects.filter(folded__one_of=fresh)}
    missing = [
        Company(name=name, folded=key, sort_key=sort_key(name)[:200], created_at=at)
        for key, name in sorted(fresh.items())
        if key not in firms
    ]
    if missing:
        Company.objects.bulk_create(missing, ignore_conflicts=True)
        firms |= {firm.folded: firm for firm in Company.objects.filter(folded__in=[firm.folded for firm in missing])}
    return {name: firms[key] for name, key in keys.items()}


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


def page(*, q: str = "", cursor: Cursor | None = None, limit: int = LIMIT) -> Page[Company]:
    """Firms by name, by key; `q` is what the name has in it."""
    return by_key(found(q), "sort_key", cursor=cursor, limit=limit)


def found(q: str) -> QuerySet[Company]:
    """Firms with this in their name, in no order; all when nothing is asked."""
    folded = fold(without_nul(q)).strip()
    return Company.objects.filter(folded__contains=folded) if folded else Company.objects.all()


def n_contacts(companies: Sequence[Company]) -> dict[int, int]:
    """How many people each of these firms has, in one question."""
    rows = (
        Contact.objects.filter(company__in=companies, merged_into=None)
        .values("company")
        .annotate(n=Count("pk"))
        .values_list("company", "n")
    )
    return dict(rows)
