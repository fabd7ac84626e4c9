"""A small encoder that reads each word in its context, run by ONNX Runtime; what each word adds to the answers comes out.

Multilingual-e5-small (Wang et al. 2024, MIT), taught our answers by `make model` (training/graph.py lays it out). The mean of the last states goes
straight to the answers, so that every word's share in them is known. A message at a time: what it is multiplied in has eight bits chosen by its
largest number, and another message beside it would choose others.
"""

from dataclasses import dataclass

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from muhatap.reading.pieces import Pieces
from muhatap.reading.words import Words

PIECES, ADDED, START = "of a message", "added", "start"  # what goes in, and what comes out
LIKENESS = 256  # the last of its numbers say what a text is like
NAMES, SCORES = "names", "scores"  # what is told beside the graph
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class InContext:
    """What each word of a message added to every answer (words x answers), and what was there before any (answers); what the message is like,
    as a row of length one (LIKENESS numbers), and each word's part of it (words x LIKENESS).
    """

    words: Floats
    start: Floats
    likeness: Floats
    likeness_of_words: Floats


class Encoder:
    """Opens what training/graph.py packed. Raises ValueError where these bytes are something else."""

    def __init__(self, packed: bytes) -> None:
        self._session = _session(packed)
        told = self._session.get_modelmeta().custom_metadata_map
        if not {NAMES, SCORES} <= told.keys():
            raise ValueError("no pieces")
        self.pieces = Pieces(told[NAMES].split("\n"), [float(score) for score in told[SCORES].split(" ")])

    def look(self, words: Words) -> InContext:
        """The mean over the pieces as a sum over the words; what stands for no word belongs to the start."""
        pieces, places = self.pieces.of(words)
        added, start = self._session.run([ADDED, START], {PIECES: np.array([pieces])})
        of_words = np.zeros((len(words.bare) + 1, len(start)), np.float32)
        np.add.at(of_words, places, added[0] / np.float32(len(pieces)))
        alike, start = of_words[:-1, -LIKENESS:], of_words[-1] + start
        likeness = alike.sum(axis=0) + start[-LIKENESS:]
        length = np.linalg.norm(likeness)
        return InContext(of_words[:-1, :-LIKENESS], start[:-LIKENESS], likeness / length, alike / length)


def _session(packed: bytes) -> onnxruntime.InferenceSession:
    how = onnxruntime.SessionOptions()
    how.intra_op_num_threads = how.inter_op_num_threads = 1  # more of them wait for each other on a busy machine
    how.log_severity_level = 3  # errors; it warns of what processors lack
    try:
        return onnxruntime.InferenceSession(packed, how, providers=["CPUExecutionProvider"])
    except Exception as error:  # of its own kinds, which have no root but this
        raise ValueError(str(error)) from error
