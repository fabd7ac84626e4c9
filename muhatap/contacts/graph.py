"""How far an address proves who somebody is: its kind's priority and limits, values that are nobody's own, values many share.

A weak value (blocked, a function's mailbox, a switchboard, over its limit) still leads back to the contact that holds it
verified when nothing else is said, so that a mailbox keeps its one contact. It yields to any other proof, no source can vouch
for it, and nobody is joined by it.
"""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from muhatap.accounts import audit
from muhatap.accounts.models import User
from muhatap.contacts import handles, national
from muhatap.contacts.models import BlockedValue, Identity, IdentityRule
from muhatap.matching.normalising import is_role_box

Kind, How = Identity.Kind, BlockedValue.How
Key = tuple[str, str]
LONGEST_PATTERN = 120
MOST = 2000
# What people type when they have to type something.
PLACEHOLDERS: dict[str, re.Pattern[str]] = {
    Kind.EMAIL: re.compile(
        r"(?:test|deneme|asdf?|abc|yok|x+|a+|no|none|null)@.*|.*@(?:test|deneme|asdf?|yok|x+|a+)\..*"
    ),
    Kind.PHONE: re.compile(r"\+90(\d)\1{9}|\+901234567890|\+905(?:0{9}|5{2}1234567)|.*0{7}"),
    Kind.SHOP: re.compile(r"0+|-+|null|none|undefined|guest|misafir", re.IGNORECASE),
    Kind.VISITOR: re.compile(r"0+|-+|null|none|undefined|anonymous", re.IGNORECASE),
}


class BadRule(ValueError):
    """The rule can't be like this; `field` says which part of it is wrong, the text why."""

    def __init__(self, field: str, said: str) -> None:
        super().__init__(said)
        self.field = field


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Of one kind: 1 is the strongest priority; `window_days` is how far back a contact's values count, None is for ever."""

    priority: int
    n_per_contact: int
    n_people: int
    window_days: int | None = None


DEFAULTS: dict[str, Limits] = {
    Kind.NATIONAL: Limits(priority=1, n_per_contact=1, n_people=1),
    Kind.SHOP: Limits(priority=1, n_per_contact=1, n_people=1),
    Kind.EMAIL: Limits(priority=2, n_per_contact=10, n_people=2),
    Kind.PHONE: Limits(priority=3, n_per_contact=6, n_people=2),
    Kind.VISITOR: Limits(priority=4, n_per_contact=50, n_people=1, window_days=365),
    Kind.HANDLE: Limits(priority=5, n_per_contact=10, n_people=1),
}
_OTHER = Limits(priority=9, n_per_contact=10, n_people=1)


@dataclass(frozen=True)
class Graph:
    """The rules as they stand, read once for a breath or a batch."""

    limits: dict[str, Limits]
    blocked: dict[Key, str]
    patterns: tuple[tuple[str, re.Pattern[str]], ...]
    shared: frozenset[Key]

    def of(self, kind: str) -> Limits:
        return self.limits.get(kind, _OTHER)

    def why_weak(self, kind: str, value: str) -> str:
        """Why this value proves no person: "blocked", "role", "switchboard" or "shared"; "" when it may."""
        how = self.blocked.get((kind, value), "")
        if how in (How.ROLE, How.SWITCHBOARD):
            return how
        placeholder = PLACEHOLDERS.get(kind)
        if how or (placeholder and placeholder.fullmatch(value)) or self._is_like_a_blocked_one(kind, value):
            return "blocked"
        if kind == Kind.EMAIL and is_role_box(value):
            return "role"
        return "shared" if (kind, value) in self.shared else ""

    def one_each(self) -> set[str]:
        """Kinds of which one person has one: two different values are two people, whatever else is the same."""
        return {kind for kind, limits in self.limits.items() if limits.n_per_contact == 1}

    def _is_like_a_blocked_one(self, kind: str, value: str) -> bool:
        return any(kind == of and pattern.fullmatch(value) for of, pattern in self.patterns)


def standing(values: Collection[Key]) -> Graph:
    """The rules, and which of these values are shared."""
    rows = list(BlockedValue.objects.values_list("kind", "value", "how")[:MOST])
    return Graph(
        limits=limits(),
        blocked={(kind, value): how for kind, value, how in rows if how != How.PATTERN},
        patterns=tuple((kind, pattern(value)) for kind, value, how in rows if how == How.PATTERN),
        shared=frozenset(_shared(values)),
    )


def limits() -> dict[str, Limits]:
    own = {
        row.kind: Limits(
            priority=row.priority,
            n_per_contact=row.n_per_contact,
            n_people=row.n_people,
            window_days=row.window_days,
        )
        for row in IdentityRule.objects.all()
    }
    return {str(kind): one for kind, one in DEFAULTS.items()} | own


@transaction.atomic
def recount(values: Collection[Key] | None, *, at: datetime) -> int:
    """Mark as shared what more people have than its kind allows, and free what no longer is; None looks at everything.

    Those count who proved the value or for whom a trusted source named it; what anybody may type into a chat does not.
    """
    own = limits()
    n = 0
    for kind in own if values is None else {kind for kind, _value in values}:
        some = None if values is None else [value for of, value in values if of == kind]
        n += _recount(kind, own.get(kind, _OTHER).n_people, some, at)
    return n


@transaction.atomic
def limit(*, kind: str, wanted: Limits, by: User, at: datetime) -> None:
    """Other limits for one kind; what is shared by them is counted anew. Raises BadRule."""
    for name, low, high in (("priority", 1, 9), ("n_per_contact", 1, 1000), ("n_people", 1, 1000)):
        if not low <= getattr(wanted, name) <= high:
            raise BadRule(name, _("Give a number from %(low)d to %(high)d.") % {"low": low, "high": high})
    if wanted.window_days is not None and not 1 <= wanted.window_days <= 3650:
        raise BadRule("window_days", _("Give a number from %(low)d to %(high)d.") % {"low": 1, "high": 3650})
    before = limits()[kind]
    values: dict[str, Any] = {
        name: getattr(wanted, name) for name in ("priority", "n_per_contact", "window_days", "n_people")
    }
    IdentityRule.objects.update_or_create(kind=kind, defaults=values | {"by": by, "at": at})
    if before.n_people != wanted.n_people:
        recount(None, at=at)
    audit.record(
        by=by,
        at=at,
        act="identity_rule.changed",
        kind="identity_rule",
        id=kind,
        name=kind,
        before=vars(before),
        after=vars(wanted),
    )


@transaction.atomic
def block(*, kind: str, how: str, value: str, by: User, at: datetime) -> BlockedValue:
    """From now on this value is nobody's own. Raises BadRule."""
    plain = _readable(kind, how, value)
    if BlockedValue.objects.filter(kind=kind, value=plain).exists():
        raise BadRule("value", _("It stands in the list already."))
    if BlockedValue.objects.count() >= MOST:
        raise BadRule("value", _("There are %(n)d values already. Remove one first, or use a pattern.") % {"n": MOST})
    row = BlockedValue.objects.create(kind=kind, how=how, value=plain, by=by, at=at)
    audit.record(
        by=by, at=at, act="identity_value.blocked", kind="identity_rule", id=row.pk, name=national.shown(plain), how=how
    )
    return row


@transaction.atomic
def unblock(*, row: BlockedValue, by: User, at: datetime) -> None:
    name = national.shown(row.value)
    audit.record(by=by, at=at, act="identity_value.freed", kind="identity_rule", id=row.pk, name=name, how=row.how)
    row.delete()


def _readable(kind: str, how: str, value: str) -> str:
    text = " ".join(value.split())
    if kind not in Kind.values or how not in How.values:
        raise BadRule("kind", _("Choose what kind of value it is."))
    if how == How.PATTERN:
        if kind == Kind.NATIONAL:
            raise BadRule(
                "value", _("Of these numbers only prints are kept, so no pattern fits them. Give one whole number.")
            )
        if not text.replace("*", "").strip("@. "):
            raise BadRule("value", _("This would block everything. Write something besides the stars."))
        if len(text) > LONGEST_PATTERN:
            raise BadRule("value", _("It is too long: at most %(n)d characters.") % {"n": LONGEST_PATTERN})
        return text.lower()
    handle = handles.read(kind, text)
    if handle is None or not handle.is_sound:
        raise BadRule(
            "value", _("This is no value of its kind. To block all that look like something, choose the pattern.")
        )
    return handle.value


@lru_cache(MOST)
def pattern(value: str) -> re.Pattern[str]:
    """What looks like this, where a star stands for anything."""
    return re.compile(re.sub(r"(\.\*)+", ".*", ".*".join(re.escape(part) for part in value.split("*"))), re.IGNORECASE)


def _shared(values: Collection[Key]) -> list[Key]:
    if not values:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_SHARED, [json.dumps([value for _kind, value in values])])
        return [key for key in cursor.fetchall() if key in values]


_SHARED = "select kind, value from contacts_sharedvalue where value in (select jsonb_array_elements_text(%s))"
_MARK = """
with counted as (
  select i.value, count(distinct i.contact_id) as n
  from contacts_identity i join contacts_contact c on c.id = i.contact_id and c.merged_into_id is null
  where i.kind = %(kind)s and (i.verified_at is not null or i.vouched_at is not null)
    and (%(all)s or i.value = any(%(values)s))
  group by i.value having count(distinct i.contact_id) > %(n)s
), freed as (
  delete from contacts_sharedvalue s
  where s.kind = %(kind)s and (%(all)s or s.value = any(%(values)s)) and not exists (select 1 from counted c where c.value = s.value)
)
insert into contacts_sharedvalue (kind, value, n_people, at)
select %(kind)s, value, n, %(at)s from counted
on conflict (kind, value) do update set n_people = excluded.n_people
"""


def _recount(kind: str, n: int, values: list[str] | None, at: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_MARK, {"kind": kind, "n": n, "values": values or [], "all": values is None, "at": at})
        return int(cursor.rowcount)
