"""A company's own topics before anybody taught them: the model's topic that stands in their branch, and what their names say and mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from muhatap.reading.hashing import STEM
from muhatap.reading.model import Floats
from muhatap.reading.reader import Reader
from muhatap.reading.words import Words, bare

_FROM_PARENT = -1.5  # log odds of a topic that has only its parent's word for it
_UNKNOWN = log(0.02)
_OF_NAME = 4.0
_OF_MEANING = 12.0  # for what a message comes nearer to what a name means than nine typical messages in ten do
_AS_NEAR_AS = 0.9
_SHORTEST = 3
NONE, _OF_NONE = "", log(0.1)  # where no topic has more than one word for it in ten, none is named
_SAY_NOTHING = frozenset(
    [
        "ve",
        "ile",
        "veya",
        "icin",
        "bir",
        "the",
        "and",
        "for",
        "with",
        "not",
        "can",
        "how",
        "what",
        "why",
        "when",
        "where",
        "from",
    ]
)


@dataclass(frozen=True)
class Topic:
    """`base` is the model's own topic that this one takes; `names` are its names in any language."""

    key: str
    base: str = ""
    parent: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Meaning:
    """What the names of a topic mean, a row of length one each, and how near a message has to come to each before that says anything."""

    rows: Floats
    bars: Floats

    def nearness(self, likeness: Floats) -> Floats:
        """How much nearer than its bar a message comes to each name; less than nothing where it does not come so near."""
        told: Floats = self.rows @ likeness - self.bars
        return told


class Tree:
    """Topics as they can be told apart without examples, by their place in the tree and by what the reader knows of their names."""

    def __init__(self, topics: Sequence[Topic], reader: Reader) -> None:
        self.topics = tuple(topics)
        self.keys = (*(one.key for one in topics), NONE)
        self._of_key = {one.key: one for one in topics}
        stems = {one.key: {stem for name in one.names for stem in stems_of(name.split())} for one in topics}
        n_with: dict[str, int] = {}
        for some in stems.values():
            for stem in some:
                n_with[stem] = n_with.get(stem, 0) + 1
        self._worth = {stem: log(1 + len(topics) / n) for stem, n in n_with.items()}
        self._stems = stems
        self._means = {one.key: meant for one in topics if (meant := _meant(one, reader))}

    @property
    def asks_for_likeness(self) -> bool:
        """Whether a topic is told by what its name means."""
        return bool(self._means)

    def odds(self, chances: Mapping[str, float], words: Words, likeness: Floats | None) -> Floats:
        """Log odds of each topic, in the order of `keys`, of a message with these words that is like this; None where nobody asks for it."""
        said = stems_of(words.written)
        told = [
            self._of_base(one, chances) + self._of_name(one, said) + self._of_meaning(one, likeness)
            for one in self.topics
        ]
        return np.array([*told, _OF_NONE], dtype=np.float32)

    @property
    def told_by_name(self) -> tuple[str, ...]:
        return tuple(key for key in self.keys if self.is_told_by_name(key))

    def is_told_by_name(self, key: str) -> bool:
        """Whether nothing but its name and its branch tell this topic."""
        return key in self._of_key and not self._of_key[key].base

    def drawn_by(self, key: str, words: Words, likeness: Floats, of_words: Floats) -> Floats:
        """What each word of a message speaks for a topic by what its name says and means: log odds; `of_words` are the words' parts of its
        likeness (words x LIKENESS). Raises KeyError for a topic that is not in the tree.
        """
        topic = self._of_key[key]
        told = np.array([self._of_name(topic, stems_of([word])) for word in words.written], np.float32)
        meant = self._means.get(key)
        if meant is not None and (near := meant.nearness(likeness)).max() > 0:
            told += _OF_MEANING * (of_words @ meant.rows[int(near.argmax())])
        return told

    def _of_base(self, topic: Topic, chances: Mapping[str, float]) -> float:
        if topic.base in chances:
            return log(max(chances[topic.base], 1e-6))
        parent = self._of_key.get(topic.parent)
        return self._of_base(parent, chances) + _FROM_PARENT if parent else _UNKNOWN

    def _of_name(self, topic: Topic, said: set[str]) -> float:
        """How much of the topic's name the message says; nothing for topics the model knows itself."""
        mine = self._stems[topic.key]
        if topic.base or not mine:
            return 0.0
        shared = sum(self._worth[stem] for stem in mine & said)
        return _OF_NAME * shared / sum(self._worth[stem] for stem in mine)

    def _of_meaning(self, topic: Topic, likeness: Floats | None) -> float:
        """How near the message comes to what one of the topic's names means."""
        meant = self._means.get(topic.key)
        if meant is None or likeness is None:
            return 0.0
        return _OF_MEANING * max(0.0, float(meant.nearness(likeness).max()))


def _meant(topic: Topic, reader: Reader) -> Meaning | None:
    """None of a topic that the model knows itself, and of names that are no words."""
    names = [spaced for name in topic.names if _is_words(spaced := _spaced(name))]
    if topic.base or not names:
        return None
    rows = np.stack([reader.likeness(name) for name in names])
    bars = np.quantile(reader.model.typical @ rows.T, _AS_NEAR_AS, axis=0)
    return Meaning(rows, bars.astype(np.float32))


def _is_words(name: str) -> bool:
    return any(len(word) >= _SHORTEST and word.isalpha() for word in name.split())


def stems_of(words: Sequence[str]) -> set[str]:
    plain = [bare(word) for raw in words for word in _spaced(raw).split()]
    return {word[:STEM] for word in plain if len(word) >= _SHORTEST and word not in _SAY_NOTHING and word[0].isalpha()}


def _spaced(name: str) -> str:
    return name.replace("_", " ").replace("/", " ")
