"""Signs: words and phrases of which we know what they tell (signs.json), looked for in the bare words of a message.

A sign is never a verdict: each has a learned weight for each answer, and those met are told as reasons.
"""

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from muhatap.reading.words import Words

_SHORT = 4  # letters: a shorter stem counts only as a whole word


@dataclass(frozen=True)
class _Sign:
    """What shows it: words as they are, words that begin so, words of a form, and phrases."""

    words: frozenset[str]
    stems: frozenset[str]
    form: re.Pattern[str] | None
    phrase: re.Pattern[str] | None


def _read() -> dict[str, _Sign]:
    told: dict[str, dict[str, object]] = json.loads(Path(__file__).with_name("signs.json").read_text("utf-8"))
    return {name: _sign(one) for name, one in told.items()}


def _sign(told: Mapping[str, object]) -> _Sign:
    stems = str(told.get("stems", "")).split()
    return _Sign(
        words=frozenset([*str(told.get("words", "")).split(), *(stem for stem in stems if len(stem) < _SHORT)]),
        stems=frozenset(stem for stem in stems if len(stem) >= _SHORT),
        form=_any_of(told.get("patterns")),
        phrase=_any_of(told.get("phrases")),
    )


def _any_of(patterns: object) -> re.Pattern[str] | None:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns)) if isinstance(patterns, list) else None


SIGNS = _read()
# What two signs say together is more than the sum: a question mark behind a failure is a complaint.
_TOGETHER = (
    "failure", "not_done", "does_not", "cannot", "late", "charged", "let_down", "question_mark", "asks_mi", "asks_wh",
    "asks_why", "asks_may_i", "wonders", "wants", "wants_act", "thanks", "lauds", "no_trouble", "but", "conditional",
    "lets", "imperative", "now", "again", "good_word", "bad_word", "negated_good", "middling",
    "negated_bad", "rhetorical", "suggests", "off_topic", "sells", "gripe", "asks_somebody",
    "orders", "asks_of_you", "asks_state", "did_you", "other_than_asked", "contrast", "since", "keeps_on", "fell_apart",
    "silence", "even_not", "without", "marvels", "done_for_me", "names_staff", "kin", "asks_wh_verb", "surprised",
)  # fmt: skip
PAIRS = tuple((one, other) for n, one in enumerate(_TOGETHER) for other in _TOGETHER[n + 1 :])
SHAPES = (
    "of one word",
    "of 3 words",
    "of 8 words",
    "of 20 words",
    "of 60 words",
    "longer",
    "ends asking",
    "loud",
    "with a long number",
    "opens asking",
    "says nothing",
)
NAMES = (*SIGNS, *(f"{one} + {other}" for one, other in PAIRS), *SHAPES)
PLACE = {name: place for place, name in enumerate(NAMES)}


def met(words: Words) -> dict[str, list[int]]:
    """Each sign in these words, and which of them show it."""
    shown: dict[str, list[int]] = {}
    for place, word in enumerate(words.bare):
        for name in _of_word(word):
            shown.setdefault(name, []).append(place)
    for name, places in _phrases(words):
        shown[name] = sorted({*shown.get(name, ()), *places})
    return shown


def features(words: Words, shown: Mapping[str, list[int]]) -> list[str]:
    """Names of all that is so of this message: signs, pairs of them, and its shape."""
    told = [name for name in _TOGETHER if name in shown]
    pairs = (f"{one} + {other}" for n, one in enumerate(told) for other in told[n + 1 :])
    return [*shown, *pairs, *_shapes(words)]


def _phrases(words: Words) -> Iterator[tuple[str, range]]:
    line, starts = words.line, None
    for name, sign in SIGNS.items():
        if sign.phrase is not None and (hit := sign.phrase.search(line)):
            starts = starts or _starts(words)
            first, last = hit.start() + (line[hit.start()] == " "), hit.end() - 1 - (line[hit.end() - 1] == " ")
            yield name, range(max(bisect_right(starts, first) - 1, 0), bisect_right(starts, max(first, last)))


def _starts(words: Words) -> list[int]:
    """Where in the line each word begins."""
    starts, place = [], 1
    for word in words.bare:
        starts.append(place)
        place += len(word) + 1
    return starts


@lru_cache(maxsize=30_000)
def _of_word(word: str) -> tuple[str, ...]:
    beginnings = {word[:length] for length in range(_SHORT, len(word) + 1)}
    return tuple(name for name, sign in SIGNS.items() if _shows(sign, word, beginnings))


def _shows(sign: _Sign, word: str, beginnings: set[str]) -> bool:
    if word in sign.words or not sign.stems.isdisjoint(beginnings):
        return True
    return sign.form is not None and sign.form.search(word) is not None


def _shapes(words: Words) -> Iterator[str]:
    spoken = [word for word in words.bare if word[0].isalnum()]
    n = len(spoken)
    yield next((shape for most, shape in zip((1, 3, 8, 20, 60), SHAPES, strict=False) if n <= most), "longer")
    if n == 0:
        yield "says nothing"
    if words.bare and words.bare[-1] == "?":
        yield "ends asking"
    if "?" in words.bare[: len(words.bare) // 2]:
        yield "opens asking"
    if "000" in words.bare:
        yield "with a long number"
    if n > 2 and sum(word.isupper() for word in words.written if word[0].isalpha()) > 0.7 * n:
        yield "loud"
