"""The evidence as a picture and as words: where two random people begin, and how far each finding moves it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from muhatap.contacts import comparable
from muhatap.duplicates.models import Proposal
from muhatap.duplicates.weighing import Weighed
from muhatap.shared import phone
from muhatap.web.common import times
from muhatap.web.duplicates import words

# Bits at which the scale is marked: 0.1 %, 3 %, 50 % and 97 %.
_MARKS = ((-9.966, 0.001), (-5.0, 0.03), (0.0, 0.5), (5.0, 0.97))
_RAW = {
    "given": ("first_name",),
    "family": ("last_name",),
    "born": ("birth_date",),
    "email": ("email",),
    "phone": ("phone",),
    "address": ("address",),
    "place": ("district", "city"),
    "postcode": ("postcode",),
    "company": ("company",),
}
_Raw = Mapping[str, str | None]


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One finding. Places and widths are per cent of the scale, ready for SVG; `joint` is where the next bar begins."""

    name: str
    detail: str
    bits: str
    tone: str  # "start", "for" or "against"
    x: str
    width: str
    joint: str


@dataclass(frozen=True, kw_only=True)
class Mark:
    x: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Waterfall:
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    end: str
    chance: str
    hints: tuple[str, ...] = field(default=())


def of(proposal: Proposal, weighed: Weighed | None) -> Waterfall | None:
    """None when nothing was weighed and nothing noticed."""
    hints = tuple(
        words.hint(line["level"], line.get("detail", "")) for line in proposal.lines if line["field"] == "hint"
    )
    lines = [line for line in proposal.lines if line["field"] != "hint" and abs(line["weight"]) >= 0.05]
    if not lines and not hints:
        return None
    if proposal.weight is None or not lines:
        return Waterfall(bars=(), marks=(), end="", chance="", hints=hints)
    scale = _Scale(lines)
    raws = (raw(weighed.one.told), raw(weighed.other.told)) if weighed else ({}, {})
    return Waterfall(
        bars=tuple(_bars(_ordered(lines), scale, *raws)),
        marks=tuple(
            Mark(x=scale.place(at), name=times.percent(share) if share != 0.001 else _tenth())
            for at, share in _MARKS
            if scale.holds(at)
        ),
        end=scale.place(proposal.weight),
        chance=words.chance(proposal.weight),
        hints=hints,
    )


def _tenth() -> str:
    return times.percent(1).replace("100", times.decimal(0.1))


class _Scale:
    """From the lowest sum on the way to the highest, with a little room."""

    def __init__(self, lines: Sequence[Mapping[str, Any]]) -> None:
        sums = [0.0]
        for line in _ordered(lines):
            sums.append((0.0 if line["field"] == "prior" else sums[-1]) + line["weight"])
        self.low, self.high = min(sums) - 1, max(*sums, 6.0) + 1

    def holds(self, bits: float) -> bool:
        return self.low < bits < self.high

    def place(self, bits: float) -> str:
        return f"{self.share(bits):.2f}%"

    def share(self, bits: float) -> float:
        return 100 * (bits - self.low) / (self.high - self.low)


def _ordered(lines: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The start, what speaks for it from the strongest on, then what speaks against it."""

    def rank(line: Mapping[str, Any]) -> tuple[int, float]:
        if line["field"] == "prior":
            return (0, 0.0)
        if line["field"] == "cap":
            return (3, 0.0)
        return (1, -line["weight"]) if line["weight"] > 0 else (2, line["weight"])

    return sorted(lines, key=rank)


def _bars(lines: Sequence[Mapping[str, Any]], scale: _Scale, one: _Raw, other: _Raw) -> Iterator[Bar]:
    at = 0.0
    for line in lines:
        end = at + line["weight"]
        low, high = sorted((at, end))
        is_start = line["field"] == "prior"
        yield Bar(
            name=words.finding(line["field"], line["level"]),
            detail=_detail(line, one, other),
            bits=words.bits(line["weight"]),
            tone="start" if is_start else "for" if line["weight"] > 0 else "against",
            x=scale.place(low),
            width=f"{max(scale.share(high) - scale.share(low), 0.4):.2f}%",
            joint=scale.place(end),
        )
        at = end


def _detail(line: Mapping[str, Any], one: _Raw, other: _Raw) -> str:
    """What both wrote."""
    if line["field"] == "prior":
        return _("Where one begins before anything is known")
    values = [_said(line["field"], raw) for raw in (one, other)]
    return ", ".join(dict.fromkeys(value for value in values if value))


def _said(name: str, raw: _Raw) -> str:
    texts = [str(raw.get(part) or "") for part in _RAW.get(name, ())]
    text = " ".join(filter(None, texts))
    return phone.readable(text) if name == "phone" else text[:80]


def raw(told: Mapping[str, Any]) -> _Raw:
    return comparable.raw(told)
