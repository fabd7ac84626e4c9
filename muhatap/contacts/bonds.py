"""What people said for good about two contacts: they are one person, they are two. It binds every machine, today and in the next run.

A bond is between two contacts as they were; through merges it speaks of everybody who stands for them. The newest word
about a pair holds.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q

from muhatap.accounts.models import User
from muhatap.contacts import families, ledger
from muhatap.contacts.ledger import Kind
from muhatap.contacts.models import LedgerEntry

_BONDS = (Kind.MUST_LINK, Kind.CANNOT_LINK, Kind.FREE)
_MOST = 100
HOW = ("household", "company")


def tie(*, one: int, other: int, how: str, by: User, at: datetime) -> None:
    """Somebody ties two people by hand: they are of one HOW, and so not one person."""
    if how not in HOW:
        raise ValueError(how)
    _write(Kind.CANNOT_LINK, [_pair(one, other)], by=by, at=at, reason=how)


def part(
    *,
    ones: Collection[int],
    others: Collection[int],
    by: User | None,
    at: datetime,
    reason: str = "",
    evidence: Mapping[str, Any] | None = None,
) -> None:
    """None of the ones is any of the others. Of two large families the first hundred pairs are written, the heads first."""
    pairs = [_pair(one, other) for one in ones for other in others if one != other]
    _write(Kind.CANNOT_LINK, pairs[:_MOST], by=by, at=at, reason=reason, evidence=evidence)


def free(*, ones: Collection[int], others: Collection[int], by: User | None, at: datetime, reason: str = "") -> None:
    """Take back whatever was said between the two families."""
    _write(Kind.FREE, _forbidden(ones, others), by=by, at=at, reason=reason)


def forbids(ones: Collection[int], others: Collection[int]) -> bool:
    """Did somebody say that one of these and one of those are two people? Give whole families."""
    return bool(_forbidden(ones, others))


def kept_apart(family: Collection[int]) -> set[int]:
    """The standing contacts that are somebody else than this family."""
    own = set(family)
    said = {pk for pair in _newest(own, Kind.CANNOT_LINK) for pk in pair if pk not in own}
    return set(families.standing(said).values())


def said(family: Collection[int], limit: int = _MOST) -> list[LedgerEntry]:
    """By whom and why this family is told from others: the last word about each pair, newest first."""
    ids = list(family)
    rows = LedgerEntry.objects.filter(Q(one__in=ids) | Q(other__in=ids), kind__in=_BONDS)
    last = rows.order_by("one", "other", "-id").distinct("one", "other").values("pk")
    return list(LedgerEntry.objects.filter(pk__in=last, kind=Kind.CANNOT_LINK).order_by("-id")[:limit])


def _forbidden(ones: Collection[int], others: Collection[int]) -> list[tuple[int, int]]:
    left, right = set(ones), set(others)
    found = _newest(left if len(left) <= len(right) else right, Kind.CANNOT_LINK)
    return [(a, b) for a, b in found if (a in left and b in right) or (a in right and b in left)]


def _newest(contacts: Collection[int], kind: str) -> list[tuple[int, int]]:
    """The pairs with one of these contacts about which the last word is of this kind."""
    ids = list(contacts)
    rows = LedgerEntry.objects.filter(Q(one__in=ids) | Q(other__in=ids), kind__in=_BONDS)
    words = rows.order_by("one", "other", "-id").distinct("one", "other").values_list("one", "other", "kind")
    return [(one, other) for one, other, said in words if said == kind and other is not None]


def _write(kind: str, pairs: Iterable[tuple[int, int]], **more: Any) -> None:
    ledger.write(*(ledger.entry(kind, one=one, other=other, **more) for one, other in dict.fromkeys(pairs)))


def _pair(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)
