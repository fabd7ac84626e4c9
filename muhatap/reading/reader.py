"""Reads a message: for each task the likeliest answer, how likely, and what decided it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, lru_cache, partial

import numpy as np

from muhatap.reading import hashing, language, points, reasons, signs
from muhatap.reading.context import InContext
from muhatap.reading.model import Floats, Model, starting
from muhatap.reading.points import Point
from muhatap.reading.reasons import Reason
from muhatap.reading.words import Words, cleaned, cut

_MOST_KEPT = 40_000  # words whose sums are remembered
_MOST_NAMES = 4_000  # of topics, whose likeness is remembered
_OF_CHANCES = 0.1  # of likeness in mood; the rest is of meaning
NOTHING: Mapping[str, str] = {"kind": "other", "urgency": "normal", "sentiment": "neutral", "topic": "other"}


@dataclass(frozen=True)
class Reading:
    """What a message says. `is_sure` is false where we answer and had better ask; `version` names the model."""

    kind: str
    urgency: str
    sentiment: str
    language: str
    topic: str
    confidences: Mapping[str, float]
    is_sure: Mapping[str, bool]
    reasons: tuple[Reason, ...]
    version: str


@dataclass(frozen=True)
class Look:
    """A reading and what stands behind it: how likely each answer of each task is, the message as a point among others, and what each of
    its words is in its context, which is looked at once, when it is asked for: the encoder takes longer than all the rest.
    """

    reading: Reading
    chances: Mapping[str, Mapping[str, float]]
    point: Point
    looks_again: Callable[[], InContext]
    words: Words

    @property
    def context(self) -> InContext:
        return self.looks_again()

    @cached_property
    def mood(self) -> Floats:
        """All chances and what it is like as one row of length one: two messages taken for the same things, or that mean the same, are alike."""
        flat = [chance for task in sorted(self.chances) for chance in self.chances[task].values()]
        taken_for = np.sqrt(np.array(flat, dtype=np.float32) / len(self.chances))
        return np.concatenate([taken_for * _OF_CHANCES**0.5, _in_mood(self.context.likeness)])

    @property
    def mood_of_words(self) -> Floats:
        """Each word's part of mood; what the message is taken for is no word's."""
        of_words = _in_mood(self.context.likeness_of_words)
        return np.pad(of_words, ((0, 0), (len(self.mood) - of_words.shape[1], 0)))


@dataclass(frozen=True)
class Sums:
    """What each word, each pair and each feature added to every answer."""

    words: Floats
    pairs: Floats
    features: Floats
    names: Sequence[str]
    total: Floats = field(repr=False)


@dataclass(frozen=True)
class Seen:
    """A message with its words, which of them show what sign, and its sums."""

    text: str
    words: Words
    shown: Mapping[str, list[int]]
    sums: Sums


class Reader:
    """Reads with one model; remembers what words add, so that the next message is cheaper."""

    def __init__(self, model: Model | None = None) -> None:
        self.model = model or starting()
        self._word = lru_cache(_MOST_KEPT)(self._sum_of_word)
        self._pair = lru_cache(_MOST_KEPT)(self._sum_of_pair)
        self._speech = lru_cache(_MOST_KEPT)(self._sum_of_speech)
        self.likeness = lru_cache(_MOST_NAMES)(self._likeness)

    def read(self, text: str) -> Reading:
        """What a message says."""
        seen = self._at_first(text)
        if seen is None:
            return self._of_nothing()
        if self._is_unsure(seen):
            seen = self._again(seen, self.model.second.look(seen.words))
        return self._read(seen)

    def look(self, text: str) -> Look | None:
        """What a message says, for whoever learns from corrections; None of a text without words."""
        seen = self._at_first(text)
        if seen is None:
            return None
        again = cache(partial(self.model.second.look, seen.words))
        if self._is_unsure(seen):
            seen = self._again(seen, again())
        point = points.of(seen.words, seen.sums.names)
        return Look(self._read(seen), self._chances(seen.sums.total), point, again, seen.words)

    def _likeness(self, text: str) -> Floats:
        """What a text is like by its meaning, as a row of length one: texts that mean the same, also in another language, are near."""
        return self.model.second.encoder.look(cut(cleaned(text))).likeness

    def _at_first(self, text: str) -> Seen | None:
        text = cleaned(text)
        words = cut(text)
        if not _says_something(words):
            return None
        shown = signs.met(words)
        return Seen(text, words, shown, self._sums(words, signs.features(words, shown)))

    def _is_unsure(self, seen: Seen) -> bool:
        kinds = seen.sums.total[self.columns["kind"]] / self.model.temperature["kind"]
        return float(_chances(kinds).max()) < self.model.second.looks_below

    def _again(self, seen: Seen, found: InContext) -> Seen:
        """With what was seen in context: still a sum over the words."""
        sums, share = seen.sums, self.model.second.shares.of_sum
        both = Sums(
            words=sums.words * share + found.words,
            pairs=sums.pairs * share,
            features=sums.features * share,
            names=sums.names,
            total=sums.total * share + found.start + found.words.sum(axis=0),
        )
        return replace(seen, sums=both)

    def _read(self, seen: Seen) -> Reading:
        spoken, confidence, shown_by = self.language(seen.text)
        answers, confidences = self._decided(seen.sums.total)
        confidences["language"] = confidence
        told = [reason for task, answer in answers.items() for reason in self._reasons(task, answer, seen)]
        return Reading(
            kind=answers["kind"],
            urgency=answers["urgency"],
            sentiment=answers["sentiment"],
            language=spoken,
            topic=answers["topic"],
            confidences={task: round(value, 4) for task, value in confidences.items()},
            is_sure={task: value >= self.model.sure_from.get(task, 0.5) for task, value in confidences.items()},
            reasons=(*told, *(Reason("language", word) for word in shown_by)),
            version=self.model.version,
        )

    def language(self, text: str) -> tuple[str, float, list[str]]:
        """The language of a text, how likely, and the words that show it best."""
        words = language.words_of(text)
        name = language.script(words)
        if alone := language.told_by_script(name):
            return alone, 0.99 if alone != language.UNKNOWN else 0.5, words[:1]
        if alone := language.told_by_letters(words):
            return alone, 0.95, words[:1]
        spoken = [word for word in words if word]
        sums = np.stack([self._speech(word) for word in spoken])
        logits = self.model.language_start + sums.sum(axis=0) / len(spoken) ** 0.5
        of_script = language.OF_SCRIPT.get(name)
        fits = self._of_script[name] if of_script else self._of_script["LATIN"]
        logits = np.where(fits, logits / self.model.language_temperature, -np.inf)
        chances = _chances(logits)
        best = int(chances.argmax())
        order = np.argsort(-sums[:, best])[:2]
        return self.model.languages[best], float(chances[best]), list(dict.fromkeys(spoken[n] for n in sorted(order)))

    @cached_property
    def _of_script(self) -> Mapping[str, np.ndarray[tuple[int, ...], np.dtype[np.bool_]]]:
        """Which languages are written in each script."""
        elsewhere = frozenset[str]().union(*language.OF_SCRIPT.values())
        fits = {
            name: np.array([one in some for one in self.model.languages]) for name, some in language.OF_SCRIPT.items()
        }
        return fits | {"LATIN": np.array([one not in elsewhere for one in self.model.languages])}

    @cached_property
    def columns(self) -> Mapping[str, slice]:
        """Where the answers of each task stand among the columns."""
        columns, first = {}, 0
        for task, labels in self.model.answers.items():
            columns[task] = slice(first, first + len(labels))
            first += len(labels)
        return columns

    def _sums(self, words: Words, names: Sequence[str]) -> Sums:
        root = len(words.bare) ** 0.5
        each = np.stack([self._word(word) for word in words.bare]) / root
        between = np.stack([self._pair(*pair) for pair in hashing.pairs(words.bare)]) / root
        features = self.model.signs[[signs.PLACE[name] for name in names]]
        total: Floats = self.model.start + each.sum(axis=0) + between.sum(axis=0) + features.sum(axis=0)
        return Sums(each, between, features, names, total)

    def _chances(self, total: Floats) -> dict[str, dict[str, float]]:
        told = {}
        for task, labels in self.model.answers.items():
            chances = _chances(total[self.columns[task]] / self.model.temperature[task])
            told[task] = dict(zip(labels, chances.tolist(), strict=True))
        return told

    def _decided(self, total: Floats) -> tuple[dict[str, str], dict[str, float]]:
        answers, confidences = {}, {}
        for task, labels in self.model.answers.items():
            chances = _chances(total[self.columns[task]] / self.model.temperature[task])
            best = int(chances.argmax())
            if task == "urgency":
                best = labels.index("urgent" if chances[labels.index("urgent")] >= self.model.urgent_from else "normal")
            answers[task], confidences[task] = labels[best], float(chances[best])
        return answers, confidences

    def _reasons(self, task: str, answer: str, seen: Seen) -> list[Reason]:
        sums, column = seen.sums, self.columns[task].start + self.model.answers[task].index(answer)
        of_word = sums.words[:, column].copy()
        of_word += (sums.pairs[:-1, column] + sums.pairs[1:, column]) / 2
        of_sign = dict(zip(sums.names, sums.features[:, column].tolist(), strict=True))
        return reasons.of(task, seen.words, seen.shown, of_word, of_sign)

    def _of_nothing(self) -> Reading:
        tasks = (*NOTHING, "language")
        return Reading(
            **NOTHING,
            language=language.UNKNOWN,
            confidences=dict.fromkeys(tasks, 0.5),
            is_sure=dict.fromkeys(tasks, False),
            reasons=(),
            version=self.model.version,
        )

    def _sum_of_word(self, word: str) -> Floats:
        told = self.model.table.sum(*hashing.of_word(word))
        place = self.model.place_of_word.get(word)
        return told if place is None else told + self.model.meaning.row(place)

    def _sum_of_pair(self, left: str, right: str) -> Floats:
        return self.model.table.sum(*hashing.of_pair(left, right))

    def _sum_of_speech(self, word: str) -> Floats:
        return self.model.language_table.sum(*language.of_word(word))


def _in_mood(likeness: Floats) -> Floats:
    told: Floats = likeness * np.float32((1 - _OF_CHANCES) ** 0.5)
    return told


def _says_something(words: Words) -> bool:
    return bool(set(words.bare) - {hashing.BREAK})


def _chances(logits: Floats) -> Floats:
    raised = np.exp(logits - logits.max())
    told: Floats = raised / raised.sum()
    return told
