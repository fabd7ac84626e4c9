"""A figure's rows by their parts: over the messages and answers behind it stand the whole and its parts, each with how many they are."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from muhatap.insight import loyalty, voices
from muhatap.insight.loyalty import PASSIVE, PROMOTING, SATISFIED
from muhatap.web.common import times
from muhatap.web.insight.voice import words
from muhatap.web.insight.voice.asking import Wanted

BY_KIND = ("", "praise", "asked", "complaint")
# Of answers: how a part is called in the address, its scores, and its name.
SCORES: dict[str, tuple[tuple[str, int, int, Promise], ...]] = {
    "csat": (
        ("satisfied", SATISFIED, 5, gettext_lazy("Satisfied")),
        ("dissatisfied", 1, SATISFIED - 1, gettext_lazy("Not satisfied")),
    ),
    "nps": (
        ("promoters", PROMOTING, 10, gettext_lazy("Promoters")),
        ("passives", PASSIVE, PROMOTING - 1, gettext_lazy("Passives")),
        ("detractors", 0, PASSIVE - 1, gettext_lazy("Detractors")),
    ),
    "ces": (),
}


@dataclass(frozen=True)
class Part:
    label: str
    url: str
    is_here: bool


def of_messages(wanted: Wanted, say: str, mood: str) -> list[Part]:
    """By kind, or where a mood was asked for by mood; none of what is asked for by both."""
    if say not in BY_KIND or (say and mood):
        return []
    found = voices.total(wanted.asked)
    if mood:
        counts = {"felt": found.positive + found.negative, "positive": found.positive, "negative": found.negative}
        return [
            _part(words.FELT[name][1], n, wanted.url("rows", mood=name), name == mood) for name, n in counts.items()
        ]
    named = [(name, words.SAY[name][1] if name else _("Messages")) for name in BY_KIND]
    return [
        _part(label, getattr(found, name or "n"), wanted.url("rows", say=name), name == say) for name, label in named
    ]


def of_answers(wanted: Wanted, kind: str, here: str) -> list[Part]:
    """By score: who is satisfied, who promotes; none beside figures of messages, of which surveys know nothing."""
    if wanted.asked.is_of_messages:
        return []
    given = getattr(loyalty.scores(wanted.asked), kind)
    parts: list[tuple[str, str | Promise, int]] = [("", _("Answers"), sum(given.values()))]
    for name, low, high, label in SCORES[kind]:
        parts.append((name, label, sum(n for (_on, score), n in given.items() if low <= score <= high)))
    shown = [_part(label, n, wanted.url("answers", kind=kind, part=name), name == here) for name, label, n in parts]
    return shown if len(shown) > 1 else []


def scores(kind: str, part: str) -> tuple[int, int] | None:
    """The scores of a part; None of all, and of a part there is not."""
    return next(((low, high) for name, low, high, _label in SCORES[kind] if name == part), None)


def _part(label: str | Promise, n: int, url: str, is_here: bool) -> Part:
    return Part(f"{label} · {times.count(n)}", url, is_here)
