"""Lists of contacts: what is wanted, one page of it by key, and how many there are up to a bound. Never all rows for a page."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Func, Q, QuerySet, TextField

from muhatap.contacts.models import Contact, ContactTag
from muhatap.shared.text import fold, sort_key, without_nul

LIMIT = 50
BOUND = 100
SHORTEST = 3  # letters a trigram index needs
_LONGEST_QUERY = 200
_MOST_WORDS = 8
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


@dataclass(frozen=True)
class Cursor:
    """Where a page begins: the sort value and number of the row before it. `is_back` walks towards the beginning."""

    value: str
    id: int
    is_back: bool = False

    def token(self) -> str:
        return base64.urlsafe_b64encode(json.dumps([self.value, self.id, self.is_back]).encode()).decode().rstrip("=")

    @classmethod
    def read(cls, token: str) -> "Cursor | None":
        """None for what is no cursor of ours."""
        try:
            value, number, is_back = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        except (ValueError, binascii.Error):
            return None
        if (
            not isinstance(value, str)
            or not isinstance(number, int)
            or isinstance(number, bool)
            or not 0 < number < 2**63
        ):
            return None
        return cls(without_nul(value), number, bool(is_back))


@dataclass(frozen=True)
class Page:
    rows: list[Contact]
    previous: Cursor | None
    next: Cursor | None


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


def page(wanted: Wanted, *, at: datetime, cursor: Cursor | None = None, limit: int = LIMIT) -> Page:
    """One page by key: a row that comes or goes meanwhile moves no other row over the edge. An impossible cursor is the first page."""
    column, is_down = ("last_seen_at", True) if wanted.sort == "seen" else ("sort_key", False)
    found = matching(wanted, at=at)
    is_back = bool(cursor and cursor.is_back)
    if cursor:
        found = found.filter(_beyond(column, cursor, is_down != is_back))
    sign = "-" if is_down != is_back else ""
    rows = list(found.select_related("company").only(*_COLUMNS).order_by(f"{sign}{column}", f"{sign}id")[: limit + 1])
    has_more, rows = len(rows) > limit, rows[:limit]
    if is_back:
        rows.reverse()
    return _paged(rows, column, has_before=has_more if is_back else cursor is not None, has_after=is_back or has_more)


def bounded_count(wanted: Wanted, *, at: datetime, bound: int = BOUND) -> int:
    """How many, but never more than `bound` + 1 are looked at: 101 says "100+"."""
    return matching(wanted, at=at).order_by()[: bound + 1].count()


def _paged(rows: list[Contact], column: str, *, has_before: bool, has_after: bool) -> Page:
    if not rows:
        return Page([], None, None)
    first, last = (Cursor(_key(row, column), row.pk, row is rows[0]) for row in (rows[0], rows[-1]))
    return Page(
        rows,
        Cursor(first.value, first.id, True) if has_before else None,
        Cursor(last.value, last.id) if has_after else None,
    )


def _key(row: Contact, column: str) -> str:
    value = getattr(row, column)
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _beyond(column: str, cursor: Cursor, is_down: bool) -> Q:
    """Rows after the cursor. The first condition is implied by the others; with it the index is entered at the right place."""
    value: object = cursor.value
    if column == "last_seen_at":
        try:
            value = datetime.fromisoformat(cursor.value)
        except ValueError:
            return Q()
        if value.tzinfo is None:
            return Q()
    step = "lt" if is_down else "gt"
    return Q(**{f"{column}__{step}e": value}) & (
        Q(**{f"{column}__{step}": value}) | Q(**{column: value, f"id__{step}": cursor.id})
    )


def _by_words(q: str) -> Q:
    """Each word somewhere in name, addresses, numbers, firm. Fewer than three letters: names that begin so."""
    text = fold(without_nul(q))[:_LONGEST_QUERY].strip()
    digits = "".join(c for c in text if c.isdigit())
    if not text:
        return Q()
    if len(digits) >= SHORTEST and set(text) <= _PHONE_LETTERS:
        return Q(search_text__contains=digits)
    words = text.split()[:_MOST_WORDS]
    if max(map(len, words)) < SHORTEST:
        return Q(sort_key__startswith=sort_key(" ".join(q.split())[:_LONGEST_QUERY]))
    condition = Q()
    for word in words:
        condition &= Q(search_text__contains=word)
    return condition


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
    """Custom fields by containment, which one index serves whatever the firm calls them."""
    return Q(fields__contains=dict(wanted.fields)) if wanted.fields else Q()
