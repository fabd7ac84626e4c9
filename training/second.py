"""The second look as the model carries it: the encoder taught all we have, and what it tells of voices it never heard."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from muhatap.reading import context as kept
from muhatap.reading.words import Words
from training import context, encoder, fit
from training.matrix import Cut
from training.telling import say
from training.texts import TASKS, Text


@dataclass(frozen=True)
class Taught:
    """The encoder as bytes, and the log odds of each of our messages by one that heard nothing its writers wrote."""

    packed: bytes
    of_strangers: Mapping[str, fit.Doubles]


def taught(ours: Sequence[Text], cuts: Sequence[Cut], spoken_of: Sequence[Words], folds: Sequence[int]) -> Taught:
    """`folds` says of each message with which others it is left out; `spoken_of` are texts whose words it should know."""
    lent = encoder.read()
    words = context.vocabulary(lent, [*(one.words for one in cuts), *spoken_of])
    say(f"second look: {len(words.lent_as)} pieces of words")
    told = {task: np.zeros((len(ours), len(labels))) for task, labels in TASKS.items()}
    fold = np.array(folds)
    for n in sorted(set(folds)):
        seen, aside = np.flatnonzero(fold != n), np.flatnonzero(fold == n)
        net = context.taught(lent, words, [ours[k] for k in seen], [cuts[k] for k in seen], seed=n)
        for task, logits in context.logits(net, words, [cuts[k] for k in aside]).items():
            told[task][aside] = logits
    net = context.taught(lent, words, ours, cuts, seed=len(set(folds)))
    names = [lent.names[n] for n in words.lent_as]
    return Taught(kept.pack(names, context.arrays(net) | {"scores": lent.scores[list(words.lent_as)]}), told)
