"""A company's own topics before anybody taught them: the model's topic that stands in their branch, and the words of their names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log

import numpy as np

from muhatap.reading.hashing import STEM
from muhatap.reading.model import Floats
from muhatap.reading.words import Words, bare

_FROM_PARENT = -1.5  # log odds of a topic that has only its parent's word for it
_UNKNOWN = log(0.02)
_OF_NAME = 4.0
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


class Tree:
    """Topics as they can be told apart without examples."""

    def __init__(self, topics: Sequence[Topic]) -> None:
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

    def odds(self, chances: Mapping[str, float], words: Words) -> Floats:
        """Log odds of each topic, in the order of `keys`."""
        said = stems_of(words.written)
        told = [self._of_base(one, chances) + self._of_name(one, said) for one in self.topics]
        return np.array([*told, _OF_NONE], dtype=np.float32)

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


def stems_of(words: Sequence[str]) -> set[str]:
    plain = [bare(word) for raw in words for word in raw.replace("_", " ").replace("/", " ").split()]
    return {word[:STEM] for word in plain if len(word) >= _SHORTEST and word not in _SAY_NOTHING and word[0].isalpha()}
