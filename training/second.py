"""The second look as the model carries it: the encoder taught all we have, and what it tells of voices it never heard."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from muhatap.reading.context import Encoder
from muhatap.reading.words import Words
from training import context, encoder, fit, graph, likeness
from training.context import Lessons, Vocabulary
from training.encoder import Lent
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
    all_cuts = [*cuts, *likeness.beside()]
    near = likeness.of_texts(lent, all_cuts)
    say(f"second look: what {len(all_cuts)} texts are like")
    told = {task: np.zeros((len(ours), len(labels))) for task, labels in TASKS.items()}
    fold = np.array(folds)
    for n in sorted(set(folds)):
        seen, aside = np.flatnonzero(fold != n), np.flatnonzero(fold == n)
        shown = [*seen, *range(len(ours), len(all_cuts))]
        lessons = Lessons([ours[k] for k in seen], [all_cuts[k] for k in shown], near.of(shown))
        opened = Encoder(_packed(lent, words, context.arrays(context.taught(lent, words, lessons, seed=n))))
        for task, each in logits(opened, [cuts[k] for k in aside]).items():
            told[task][aside] = each
    arrays = context.arrays(context.taught(lent, words, Lessons(ours, all_cuts, near), seed=len(set(folds))))
    opened = Encoder(_packed(lent, words, arrays))
    rows = np.stack([opened.look(one.words).likeness for one in cuts])
    return Taught(_packed(lent, words, likeness.of_any_language(arrays, rows, [one.language for one in ours])), told)


def logits(opened: Encoder, cuts: Sequence[Cut]) -> dict[str, fit.Doubles]:
    """What the reader would see in these texts, in the numbers it has."""
    looks = [opened.look(one.words) for one in cuts]
    all_of_them = np.stack([one.start + one.words.sum(axis=0) for one in looks]).astype(np.float64)
    told, first = {}, 0
    for task, labels in TASKS.items():
        told[task] = all_of_them[:, first : first + len(labels)]
        first += len(labels)
    return told


def _packed(lent: Lent, words: Vocabulary, arrays: Mapping[str, encoder.Floats]) -> bytes:
    """The encoder as the reader opens it."""
    names, scores = [lent.names[n] for n in words.lent_as], lent.scores[list(words.lent_as)].tolist()
    return graph.packed(arrays, names, scores, lent.heads)
