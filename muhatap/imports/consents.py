"""The columns of a file that tell of consent: a word for each purpose, the day it was said, where, and what shows it."""

from collections.abc import Mapping, Sequence
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
    """A cell whose word on consent nobody can read; its text is the cell. Nothing may be taken for a yes then; `refused` is each clear no."""

    def __init__(self, cell: str, refused: tuple[Said, ...] = ()) -> None:
        super().__init__(cell)
        self.refused = refused


def read(columns: Sequence[str], row: Sequence[str], *, dates: str) -> tuple[Said, ...]:
    """What the cells of a row say. A day on which consent ended makes a no of it, whatever else stands there. Raises Unclear."""
    told = {target: cell.strip() for target, cell in zip(columns, row, strict=False) if target in targets.CONSENT}
    given, ended = told.get(targets.AGREED_ON, ""), told.get(targets.ENDED_ON, "")
    proof = " · ".join(filter(None, (told.get(targets.AGREED_WHERE, ""), told.get(targets.PROOF, ""))))
    found, unclear = [], ""
    for target in _spoken_of(columns, told):
        try:
            is_yes, on = _word(told.get(target, ""), given, ended, dates)
        except Unclear as error:
            unclear = unclear or str(error)
        else:
            found.append(Said(*_PURPOSES[target], is_yes, on, proof))
    if unclear:
        raise Unclear(unclear, tuple(said for said in found if not said.is_yes))
    return tuple(found)


def _spoken_of(columns: Sequence[str], told: Mapping[str, str]) -> list[str]:
    """The purposes that hold a word. A day of the end alone ends all that the file speaks of, and offers if it names none."""
    words = [target for target in _PURPOSES if told.get(target)]
    if words or not told.get(targets.ENDED_ON):
        return words
    return [target for target in _PURPOSES if target in columns] or [targets.OFFERS]


def _word(cell: str, given: str, ended: str, dates: str) -> tuple[bool, date | None]:
    """Yes or no, and since when; the cell may be the day itself. A no is one though nobody can read its day."""
    plain, over = " ".join(fold(cell).split()), _perhaps(ended, dates)
    if over or plain in _NO:
        return False, over or _perhaps(given, dates)
    if ended:
        raise Unclear(ended)
    on = _day(given, dates)
    return True, on if plain in _YES else _day(cell, dates)


def _perhaps(cell: str, dates: str) -> date | None:
    try:
        return _day(cell, dates)
    except Unclear:
        return None


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
