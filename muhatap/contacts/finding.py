"""Lists of contacts: what is wanted, one page of it by key, and how many there are up to a bound. Never all rows for a page."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Func, Q, QuerySet, TextField

from muhatap.contacts import national
from muhatap.contacts.models import Contact, ContactTag, Identity
from muhatap.contacts.paging import LIMIT, Cursor, Page, by_key
from muhatap.shared.text import fold, sort_key, without_nul

BOUND = 100
SHORTEST = 3  # letters a trigram index needs
_LONGEST_QUERY = 200
_MOST_WORDS = 8
_MOST_HOLDERS = 200
_PHONE_LETTERS = set("+()-./ 0123456789")
_COLUMNS = (
    "id",
    "name",
    "email",
    "phone",
    "city",
    "language",
    "company",
    "company__name",
    "fields",
    "sort_key",
    "created_at",
    "last_seen_at",
)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A filter. `email` and `phone` are "yes", "no" or ""; `seen` is days: "30" seen within, "-90" silent for; `sort` "name" or "seen"."""

    q: str = ""
    tags: tuple[int, ...] = ()
    company: int | None = None
    city: str = ""
    language: str = ""
    email: str = ""
    phone: str = ""
    seen: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    sort: str = "name"

    def as_json(self) -> dict[str, Any]:
        """What a saved view keeps: only what is asked."""
        told = {f.name: getattr(self, f.name) for f in fields(self)} | {
            "tags": list(self.tags),
            "fields": dict(self.fields),
        }
        return {
            name: value
            for name, value in told.items()
            if value not in ("", [], {}, None) and (name, value) != ("sort", "name")
        }

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> "Wanted":
        known = {f.name for f in fields(cls)}
        told = {name: value for name, value in kept.items() if name in known}
        return cls(**told | {"tags": tuple(told.get("tags", ()))})

    @property
    def is_everything(self) -> bool:
        return not {*self.as_json()} - {"sort"}


def matching(wanted: Wanted, *, at: datetime) -> "QuerySet[Contact]":
    """The contacts that are wanted, in no order. `at` is the moment "seen within" counts back from."""
    found = Contact.objects.filter(merged_into=None)
    for condition in (
        _by_words(wanted.q),
        _by_profile(wanted),
        _by_presence(wanted),
        _by_seen(wanted, at),
        _by_fields(wanted),
    ):
        found = found.filter(condition)
    if wanted.city:
        found = found.alias(folded_city=Func(F("city"), function="fold_tr", output_field=TextField())).filter(
            folded_city=fold(wanted.city)
        )
    for tag in wanted.tags:
        found = found.filter(pk__in=ContactTag.objects.filter(tag=tag).values("contact"))
    return found


def page(wanted: Wanted, *, at: datetime, cursor: Cursor | None = None, limit: int = LIMIT) -> Page[Contact]:
    """One page of those who are wanted, in the order that is wanted."""
    found = matching(wanted, at=at).select_related("company").only(*_COLUMNS)
    column, is_down = ("last_seen_at", True) if wanted.sort == "seen" else ("sort_key", False)
    return by_key(found, column, is_down=is_down, cursor=cursor, limit=limit)


def bounded_count(wanted: Wanted, *, at: datetime, bound: int = BOUND) -> int:
    """How many, but never more than `bound` + 1 are looked at: 101 says "100+"."""
    return matching(wanted, at=at).order_by()[: bound + 1].count()


def _by_words(q: str) -> Q:
    """Each word somewhere in name, addresses, numbers, firm. Fewer than three letters: names that begin so."""
    text = fold(without_nul(q))[:_LONGEST_QUERY].strip()
    digits = "".join(c for c in text if c.isdigit())
    if not text:
        return Q()
    if number := national.print_of(text):
        return _by_number(number) if number == text else _by_number(number) | Q(search_text__contains=digits)
    if len(digits) >= SHORTEST and set(text) <= _PHONE_LETTERS:
        return Q(search_text__contains=digits)
    words = text.split()[:_MOST_WORDS]
    if max(map(len, words)) < SHORTEST:
        return Q(sort_key__startswith=sort_key(" ".join(q.split())[:_LONGEST_QUERY]))
    condition = Q()
    for word in words:
        condition &= Q(search_text__contains=word)
    return condition


def _by_number(number: str) -> Q:
    """Who holds it, as constants: beside words, a question within the question would read the whole table."""
    held = Identity.objects.filter(kind=Identity.Kind.NATIONAL, comparable=number)
    return Q(pk__in=list(held.order_by("contact").values_list("contact", flat=True)[:_MOST_HOLDERS]))


def _by_profile(wanted: Wanted) -> Q:
    condition = Q(company=wanted.company) if wanted.company else Q()
    return condition & Q(language=wanted.language) if wanted.language else condition


def _by_presence(wanted: Wanted) -> Q:
    condition = Q()
    for name, asked in (("email", wanted.email), ("phone", wanted.phone)):
        if asked in ("yes", "no"):
            condition &= Q(**{name: ""}) if asked == "no" else ~Q(**{name: ""})
    return condition


def _by_seen(wanted: Wanted, at: datetime) -> Q:
    try:
        days = int(wanted.seen or 0)
    except ValueError:
        return Q()
    if not days or abs(days) > 36500:
        return Q()
    moment = at - timedelta(days=abs(days))
    return Q(last_seen_at__gte=moment) if days > 0 else Q(last_seen_at__lt=moment)


def _by_fields(wanted: Wanted) -> Q:
    """Custom fields by containment, which one index serves whatever the firm calls them; it holds those who have any."""
    return ~Q(fields={}) & Q(fields__contains=dict(wanted.fields)) if wanted.fields else Q()
