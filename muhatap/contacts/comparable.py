"""A source record in the form in which records are compared, the keys under which it is sought, and back from the table."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import Any

from muhatap.contacts import national
from muhatap.contacts.graph import Graph
from muhatap.contacts.handles import Handle
from muhatap.contacts.models import LearnedWeights, MatchKey
from muhatap.matching import answering, blocking, normal
from muhatap.matching.model import Model, starting
from muhatap.matching.normal import SHARED_BY_MANY, Normal
from muhatap.shared.text import fold

_AT_ONCE = 5000
# What firms call the fields by which people are told apart, folded, without spaces; besides the names in normal.RAW.
_CALLED = {
    "birth_date": ("dogumtarihi", "dogumgunu", "birthday", "dateofbirth"),
    "address": ("adres", "acikadres"),
    "district": ("ilce", "semt"),
    "postcode": ("postakodu", "zip", "zipcode", "postalcode"),
    "national_id": ("national", "tckimlikno", "tckimlik", "tckn", "kimlikno"),
}
_MEANT = {name: raw for raw, names in _CALLED.items() for name in (*names, raw.replace("_", ""))}


def is_matched(name: str) -> bool:
    """Is this a field by which people are compared?"""
    return _meant(name) is not None or name == "name"


def _meant(name: str) -> str | None:
    return name if name in normal.RAW else _MEANT.get(fold(name).replace("_", "").replace(" ", ""))


def of(told: Mapping[str, object]) -> Normal:
    """The normal form of what was told under the names of contact fields."""
    return normal.of(raw(told))


def raw(told: Mapping[str, object]) -> dict[str, str | None]:
    """The same as people wrote it, under the names of what is compared. A name is parted before its last word."""
    found: dict[str, str | None] = {}
    for name, value in told.items():
        meant = _meant(name)
        # A number with a slip in it proves nothing, and beside a print it would speak for two people.
        if meant and value and (text := national.print_of(str(value)) if meant == "national_id" else str(value)):
            found[meant] = text
    if "first_name" not in found and "last_name" not in found:
        first, _space, last = " ".join(str(told.get("name") or "").split()).rpartition(" ")
        found["first_name"], found["last_name"] = (first, last) if first else (last, "")
    return found


def judged(told: Mapping[str, object], handles: Iterable[Handle], rules: Graph) -> Normal:
    """The same, where a blocked address or number says nothing and a shared one little."""
    one = of(told)
    weak = {handle.kind: rules.why_weak(handle.kind, handle.value) for handle in handles}
    email, number = weak.get("email", ""), weak.get("phone", "")
    if email:
        is_blocked = email == "blocked"
        one = replace(
            one, email="" if is_blocked else one.email, user="" if is_blocked else one.user, email_share=SHARED_BY_MANY
        )
    if number:
        one = replace(one, phone="" if number == "blocked" else one.phone, phone_share=SHARED_BY_MANY)
    return one


def kept(one: Normal) -> dict[str, Any]:
    """As the table keeps it: what is missing is left out."""
    return {name: value for name in _NAMES if (value := getattr(one, name)) not in ("", 1)}


def read(kept: Mapping[str, Any]) -> Normal:
    return Normal(**{name: value for name, value in kept.items() if name in _NAMES})


_NAMES = tuple(asdict(Normal()))


@dataclass(frozen=True)
class _InUse:
    model: Model
    version: str
    until: float


_in_use: list[_InUse] = []  # of this process; other processes hear of newer weights within a minute
_REREAD = 60.0


def model() -> Model:
    """The weights we score by: those we started with, and what answers of people taught."""
    return _standing().model


def version() -> str:
    """What the weights in use are called: the base, and the number of what was learned on it."""
    return _standing().version


def reread() -> None:
    """Newer weights stand: read them before the next comparison."""
    _in_use.clear()


def _standing() -> _InUse:
    known = next(iter(_in_use), None)  # another thread may empty the list meanwhile
    if known and known.until >= time.monotonic():
        return known
    base, of = starting(), _fingerprint()
    newest = LearnedWeights.objects.filter(base=of).order_by("-id").first()
    learned = newest if newest and newest.is_used else None
    name = f"{of}-{learned.pk}" if learned else of
    fresh = answering.corrected(base, learned.bits) if learned else base
    # The same object where nothing changed: what is remembered of its sums stays.
    standing = known.model if known and known.version == name else fresh
    now = _InUse(standing, name, time.monotonic() + _REREAD)
    _in_use[:] = [now]
    return now


@cache
def _fingerprint() -> str:
    return answering.fingerprint(starting())


def index(rows: Iterable[tuple[int, Normal]]) -> None:
    """Let these records be found."""
    MatchKey.objects.bulk_create(
        [MatchKey(key=key, record_id=pk) for pk, one in rows for key in blocking.keys(one)],
        batch_size=_AT_ONCE,
        ignore_conflicts=True,
    )
