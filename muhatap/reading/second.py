"""A second look at messages the sum is not sure of: each word once more, in its context (ADR 63)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from muhatap.reading.context import Encoder, Floats, InContext
from muhatap.reading.words import Words


@dataclass(frozen=True)
class Shares:
    """How much of each answer's log odds is the sum's, and how much what the encoder saw: a number a column."""

    of_sum: Floats
    of_context: Floats


@dataclass(frozen=True)
class SecondLook:
    """Given to messages whose kind is less likely than `looks_below`."""

    encoder: Encoder
    shares: Shares
    looks_below: float

    def look(self, words: Words) -> InContext:
        """What each word adds to the answers, with its share."""
        seen, share = self.encoder.look(words), self.shares.of_context
        return replace(seen, words=seen.words * share, start=seen.start * share)


def shares(answers: Mapping[str, tuple[str, ...]], told: Mapping[str, tuple[float, float]]) -> Shares:
    """Of two numbers a task: its columns' shares."""
    each = np.concatenate(
        [np.tile(np.array(told[task], np.float32), (len(labels), 1)) for task, labels in answers.items()]
    )
    return Shares(of_sum=each[:, 0], of_context=each[:, 1])
