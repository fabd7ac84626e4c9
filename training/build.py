"""Makes the reading model: python -m training.build [--out FOLDER] (`make model`). The same texts give the same bytes."""

import argparse
import json
import random
import sys
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from scipy import sparse

from muhatap.reading import model as reading
from training import fit, judge, lent, matrix, meaning, speech, texts
from training.texts import TASKS, Text

OF_TABLE, OF_SIGNS, OF_MEANING = 1.0, 0.3, 1.0
STRENGTH = {"kind": 2.0, "urgency": 2.0, "sentiment": 2.0, "topic": 4.0}
BALANCE = {"kind": 0.5, "urgency": 0.7, "sentiment": 0.5, "topic": 0.5}
FOLDS = 3  # of voices: each leaves a few files out, with all their writers wrote
VOCABULARIES = (
    "tr_reviews_negative",
    "xed_emotion_tr",
    "atis_tr",
    "xed_emotion_en",
    "clinc150_en",
    "banking77_en",
    "bitext_support_en",
)
MOST_FLAGGED = 0.18  # of normal messages called urgent, by voices never heard; 0.20 is all we may
LEAST_RIGHT = 0.85  # of answers we are sure of
BEGUN = time.monotonic()


@dataclass(frozen=True)
class Learned:
    """The rows' three parts with their weights, and what the folds taught about trust."""

    heads: Mapping[str, fit.Head]
    temperature: Mapping[str, float]
    sure_from: Mapping[str, float]
    urgent_from: float


@dataclass(frozen=True)
class LearnedOne:
    """The same of one task."""

    head: fit.Head
    temperature: float
    sure_from: float
    urgent_from: float


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, default=reading.FOLDER)
    parser.add_argument("--version", default="1")
    arguments = parser.parse_args()
    made = build(arguments.version)
    packed, note = reading.pack(made)
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "reading.npz").write_bytes(packed)
    (arguments.out / "reading.json").write_text(json.dumps(note, indent=1) + "\n", "utf-8")
    say(f"{len(packed) / 1e6:.1f} MB, {note['sha256'][:12]}")
    return 0


def build(version: str) -> reading.Model:
    ours, _ = texts.labelled()
    all_texts = [*ours, *lent.texts()]
    cuts = [matrix.cut(one.text) for one in all_texts]
    say(f"{len(ours)} messages of our own to learn from, {len(cuts) - len(ours)} texts lent")
    rare = matrix.rarity(cuts)
    spoken_of = [matrix.bare_cut(text) for name in VOCABULARIES for _, text in texts.lent(name)]
    meant = meaning.of_words([*cuts, *spoken_of])
    say(f"{len(meant)} words have a meaning")
    parts = [
        matrix.of_table(cuts, rare) * OF_TABLE,
        matrix.of_signs(cuts) * OF_SIGNS,
        matrix.of_meaning(cuts, meant, meaning.WIDTH) * OF_MEANING,
    ]
    rows = sparse.hstack([sparse.csr_matrix(part) for part in parts]).tocsr()
    learned, spoken = learn(rows, all_texts, len(ours))
    return packed(version, learned, spoken, rare, meant)


def learn(rows: sparse.csr_matrix, all_texts: Sequence[Text], n_ours: int) -> tuple[Learned, speech.Speech]:
    """Each task and the language by itself, each in a process of its own: what comes out is the same."""
    with ProcessPoolExecutor(len(TASKS) + 1, get_context("fork")) as pool:
        one_by_one = {task: pool.submit(learn_one, task, rows, all_texts, n_ours) for task in TASKS}
        spoken = pool.submit(speech.learned, random.Random(6)).result()
        say(f"{len(spoken.languages)} languages")
        found = {task: one.result() for task, one in one_by_one.items()}
    learned = Learned(
        heads={task: found[task].head for task in TASKS},
        temperature={task: found[task].temperature for task in TASKS},
        sure_from={task: found[task].sure_from for task in TASKS},
        urgent_from=min(found["urgency"].urgent_from, 0.5),
    )
    return learned, spoken


def learn_one(task: str, rows: sparse.csr_matrix, all_texts: Sequence[Text], n_ours: int) -> LearnedOne:
    logits = held_back(task, rows, all_texts, n_ours)
    known = [n for n in range(n_ours) if task in all_texts[n].labels]
    said = np.array([TASKS[task].index(all_texts[n].labels[task]) for n in known])
    temperature = fit.temperature(logits[known], said)
    told = fit.chances(logits[known], temperature)
    names, sure_from = TASKS[task], surely(told, said)
    score = judge.macro_f1([names[n] for n in said], [names[n] for n in told.argmax(axis=1)])
    say(f"{task}: macro F1 {score:.3f} of voices left out, temperature {temperature:.2f}, sure from {sure_from:.2f}")
    urgent_from = float(np.quantile(told[said == 0, 1], 1 - MOST_FLAGGED)) if task == "urgency" else 0.5
    head = fit.head(task, rows, all_texts, strength=STRENGTH[task], balance=BALANCE[task])
    return LearnedOne(head, temperature, sure_from, urgent_from)


def held_back(task: str, rows: sparse.csr_matrix, all_texts: Sequence[Text], n_ours: int) -> fit.Doubles:
    """What each of our messages is told by weights that never saw anything its writers wrote: as sure as one may be of strangers."""
    aside_in = {name: n % FOLDS for n, name in enumerate(sorted({one.voice for one in all_texts[:n_ours]}))}
    fold = np.array([aside_in.get(one.voice, -1) for one in all_texts])
    logits = np.zeros((n_ours, len(TASKS[task])))
    for n in range(FOLDS):
        seen, aside = np.flatnonzero(fold != n), np.flatnonzero(fold == n)
        head = fit.head(task, rows[seen], [all_texts[k] for k in seen], strength=STRENGTH[task], balance=BALANCE[task])
        logits[aside] = head.logits(rows[aside])
    return logits


def surely(told: fit.Doubles, said: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> float:
    """The least confidence from which answers about it are right often enough."""
    best, right = told.max(axis=1), told.argmax(axis=1) == said
    for bar in np.arange(0.3, 0.95, 0.05):
        near = (best >= bar) & (best < bar + 0.1)
        if near.sum() >= 10 and right[near].mean() >= LEAST_RIGHT - 0.1:
            return float(bar)
    return 0.6


def packed(
    version: str, learned: Learned, spoken: speech.Speech, rare: matrix.Floats, meant: Mapping[str, matrix.Floats]
) -> reading.Model:
    """What is kept: the effect of every place, sign and known word on the answers."""
    weights = np.hstack([learned.heads[task].weights for task in TASKS])
    n_places, n_signs = len(rare), weights.shape[0] - len(rare) - meaning.WIDTH
    words = sorted(meant)
    return reading.Model(
        version=version,
        answers=TASKS,
        table=reading.in_steps(weights[:n_places] * rare[:, None] * OF_TABLE),
        signs=(weights[n_places : n_places + n_signs] * OF_SIGNS).astype(np.float32),
        start=np.concatenate([learned.heads[task].start for task in TASKS]).astype(np.float32),
        meaning=reading.in_steps(
            np.stack([meant[word] for word in words]).astype(np.float64) @ weights[n_places + n_signs :] * OF_MEANING
        ),
        place_of_word={word: n for n, word in enumerate(words)},
        temperature=learned.temperature,
        sure_from=learned.sure_from,
        urgent_from=learned.urgent_from,
        languages=spoken.languages,
        language_table=reading.in_steps(spoken.weights),
        language_start=spoken.start.astype(np.float32),
        language_temperature=spoken.temperature,
    )


def say(line: str) -> None:
    print(f"{time.monotonic() - BEGUN:6.1f} s  {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
