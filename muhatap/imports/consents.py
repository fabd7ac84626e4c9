"""The columns of a file that tell of consent: a word for each purpose, the day it was said, where, and what shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from django.utils import timezone

from muhatap.contacts.models import Consent
from muhatap.imports import cells, targets
from muhatap.shared.text import fold

_PURPOSES = {
    targets.OFFERS: ("email", Consent.Purpose.OFFERS),
    targets.RESEARCH: ("email", Consent.Purpose.RESEARCH),
}
_YES = frozenset({
    "1", "abone", "active", "agreed", "aktif", "dogru", "e", "evet", "given", "granted", "izin var", "izin verdi", "izinli", "kabul",
    "kabul etti", "onay", "onayladi", "onayli", "opt in", "opt-in", "opted in", "opted-in", "subscribed", "true", "var", "verdi", "x",
    "y", "yes",
})  # fmt: skip
_NO = frozenset({
    "0", "abone degil", "bounced", "cikti", "cleaned", "complained", "denied", "f", "false", "h", "hayir", "inactive", "iptal",
    "izin vermedi", "izin yok", "izinsiz", "kabul etmedi", "n", "no", "not subscribed", "onaysiz", "opt out", "opt-out", "opted out",
    "opted-out", "pasif", "red", "reddetti", "ret", "unsubscribed", "vermedi", "withdrawn", "yanlis", "yok",
})  # fmt: skip
_EARLIEST = date(1990, 1, 1)


@dataclass(frozen=True, slots=True)
class Said:
    """What one row says of one purpose; a day is none where the file names none."""

    channel: str
    purpose: str
    is_yes: bool
    on: date | None
    proof: str

    def at(self, now: datetime) -> datetime:
        """The beginning of that day here, and never later than now."""
        if self.on is None:
            return now
        begun = datetime.combine(self.on, time(), tzinfo=timezone.get_default_timezone()).astimezone(UTC)
        return min(begun, now)


class Unclear(ValueError):
    """A cell whose word on consent nobody can read; its text is the cell. Nothing may be taken for a yes then."""


def read(columns: Sequence[str], row: Sequence[str], *, dates: str) -> tuple[Said, ...]:
    """What the cells of a row say. A day on which consent ended makes a no of it, whatever else stands there. Raises Unclear."""
    told = {target: cell.strip() for target, cell in zip(columns, row, strict=False) if target in targets.CONSENT}
    given, ended = (_day(told.get(name, ""), dates) for name in (targets.AGREED_ON, targets.ENDED_ON))
    proof = " · ".join(filter(None, (told.get(targets.AGREED_WHERE, ""), told.get(targets.PROOF, ""))))
    found = []
    for target, (channel, purpose) in _PURPOSES.items():
        if cell := told.get(target, ""):
            is_yes, on = _word(cell, dates)
            is_yes = is_yes and not ended
            found.append(Said(channel, purpose, is_yes, (ended or on or given) if not is_yes else (on or given), proof))
    return tuple(found)


def _word(cell: str, dates: str) -> tuple[bool, date | None]:
    """Yes or no, or the day on which they agreed."""
    plain = " ".join(fold(cell).split())
    if plain in _YES or plain in _NO:
        return plain in _YES, None
    return True, _day(cell, dates)


def _day(cell: str, dates: str) -> date | None:
    if not cell:
        return None
    try:
        on = date.fromisoformat(cells.day(cell, dates))
    except ValueError as error:
        raise Unclear(cell) from error
    if on < _EARLIEST:
        raise Unclear(cell)
    return on
