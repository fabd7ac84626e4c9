"""What texts are like before the encoder is taught anything: it was lent as one that knows, and shall not forget it over our answers."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch

from muhatap.reading.context import LIKENESS
from muhatap.reading.pieces import Pieces
from muhatap.reading.words import Words
from training import encoder, texts
from training.context import THREADS, Likeness, Net, Vocabulary, padded
from training.encoder import Floats, Lent
from training.matrix import Cut, bare_cut

BESIDE = ("clinc150_en", "bitext_support_en", "xed_emotion_en", "tr_reviews_negative", "atis_tr", "xed_emotion_tr")
MOST = 3_000  # texts of each set
_ASKED = ("query", ":")  # stands before every text this encoder compares
_AT_ONCE = 64
_OF_LIKENESS = ("likeness.weights", "likeness.start")


def beside() -> list[Cut]:
    """Texts that have no labels of ours, from all over each set; none that says what a message held out says."""
    held = {texts.said(one.text) for one in [*texts.labelled()[1], *texts.heldback()]}
    told = []
    for name in BESIDE:
        rows = [text for _, text in texts.lent(name) if texts.said(text) not in held]
        told += [bare_cut(text) for text in rows[:: max(1, len(rows) // MOST)][:MOST]]
    return told


def of_texts(lent: Lent, cuts: Sequence[Cut]) -> Likeness:
    """Of what the encoder says of them, less what it says of all, the axes in which they differ most."""
    told = _means(lent, cuts)
    centre = told.mean(axis=0)
    told = told - centre
    _, axes = np.linalg.eigh(told.T @ told)
    most = axes[:, ::-1][:, :LIKENESS]
    near = told @ most
    rows = near / np.linalg.norm(near, axis=1, keepdims=True)
    return Likeness(rows.astype(np.float32), most.T.astype(np.float32), (-centre @ most).astype(np.float32))


def of_any_language(arrays: Mapping[str, Floats], rows: Floats, languages: Sequence[str]) -> dict[str, Floats]:
    """The encoder's arrays without the direction in which Turkish and English texts lie apart, so that texts of one meaning lie together;
    `rows` are what texts in these languages are like by it.
    """
    spoken = np.array(languages)
    apart = rows[spoken == "tr"].mean(axis=0) - rows[spoken == "en"].mean(axis=0)
    apart /= np.linalg.norm(apart)
    told = {name: arrays[name] - np.tensordot(apart, apart @ arrays[name], axes=0) for name in _OF_LIKENESS}
    return {**arrays, **told}


def _means(lent: Lent, cuts: Sequence[Cut]) -> Floats:
    torch.set_num_threads(THREADS)
    first = encoder.UNKNOWN + 1
    pieces = Pieces(lent.names[first:], lent.scores[first:].tolist())
    net = Net(lent, Vocabulary(tuple(range(first, len(lent.names))), pieces)).eval()
    found = [pieces.of(_as_query(one.words))[0] for one in cuts]
    told = np.zeros((len(cuts), lent.width), np.float32)
    order = sorted(range(len(cuts)), key=lambda n: len(found[n]))
    with torch.no_grad():
        for start in range(0, len(order), _AT_ONCE):
            some = order[start : start + _AT_ONCE]
            told[some] = net.mean(*padded([found[n] for n in some])).numpy()
    return told


def _as_query(words: Words) -> Words:
    return Words((*_ASKED, *words.written), (*_ASKED, *words.bare))
