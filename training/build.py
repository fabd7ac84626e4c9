"""Makes the reading model: python -m training.build [--out FOLDER] (`make model`). The same texts give the same bytes on the same kind of processor."""

import argparse
import json
import random
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from muhatap.reading import model as reading
from muhatap.reading.context import Encoder
from muhatap.reading.second import SecondLook
from muhatap.reading.second import shares as shares_of
from training import fit, judge, lent, matrix, meaning, second, speech, texts
from training.telling import say
from training.texts import TASKS, Text

OF_TABLE, OF_SIGNS, OF_MEANING = 1.0, 0.3, 1.0
STRENGTH = {"kind": 4.0, "urgency": 2.0, "sentiment": 2.0, "topic": 4.0}
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
LOOKS_BELOW = 0.77  # likely: as many as five hundred messages a second allow
N_TYPICAL = 512


Places = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Learned:
    """The weights of one task, and what it tells of voices it never heard."""

    head: fit.Head
    of_strangers: fit.Doubles


@dataclass(frozen=True)
class Trust:
    """Of one task: what the sum is divided by, the shares of sum and context in a second look, and where we are sure."""

    temperature: float
    shares: tuple[float, float]
    sure_from: float
    urgent_from: float


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, default=reading.FOLDER)
    arguments = parser.parse_args()
    made = build()
    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / reading.SUM).write_bytes(made.arrays)
    (arguments.out / reading.SECOND).write_bytes(made.second)
    (arguments.out / reading.NOTE).write_text(json.dumps(made.note, indent=1) + "\n", "utf-8")
    say(f"{len(made.arrays) / 1e6:.1f} and {len(made.second) / 1e6:.1f} MB, {made.note['sha256'][:12]}")
    return 0


def build() -> reading.Packed:
    ours, _ = texts.labelled()
    cuts = [matrix.cut(one.text) for one in ours]
    rng = random.Random(3)
    all_texts = [*ours, *ours, *lent.texts()]
    all_cuts = [*cuts, *(matrix.thinned(one, rng) for one in cuts), *(matrix.cut(one.text) for one in lent.texts())]
    say(f"{len(ours)} messages of our own to learn from, {len(all_texts) - 2 * len(ours)} texts lent")
    rare = matrix.rarity([*cuts, *all_cuts[2 * len(ours) :]])
    spoken_of = [matrix.bare_cut(text) for name in VOCABULARIES for _, text in texts.lent(name)]
    meant = meaning.of_words([*all_cuts, *spoken_of])
    say(f"{len(meant)} words have a meaning")
    parts = [
        matrix.of_table(all_cuts, rare) * OF_TABLE,
        matrix.of_signs(all_cuts) * OF_SIGNS,
        matrix.of_meaning(all_cuts, meant, meaning.WIDTH) * OF_MEANING,
    ]
    rows = sparse.hstack([sparse.csr_matrix(part) for part in parts]).tocsr()
    learned, spoken = learn(rows, all_texts, len(ours))
    seen = second.taught(ours, cuts, [one.words for one in spoken_of], folds(ours))
    typical = random.Random(7).sample(cuts, N_TYPICAL)
    return packed(learned, trusts(learned, seen, ours), spoken, rare, meant, seen.packed, typical)


def learn(rows: sparse.csr_matrix, all_texts: Sequence[Text], n_ours: int) -> tuple[dict[str, Learned], speech.Speech]:
    """Each task and the language by itself, each in a process of its own: what comes out is the same."""
    with ProcessPoolExecutor(len(TASKS) + 1, get_context("fork")) as pool:
        one_by_one = {task: pool.submit(learn_one, task, rows, all_texts, n_ours) for task in TASKS}
        spoken = pool.submit(speech.learned, random.Random(6)).result()
        say(f"{len(spoken.languages)} languages")
        return {task: one.result() for task, one in one_by_one.items()}, spoken


def learn_one(task: str, rows: sparse.csr_matrix, all_texts: Sequence[Text], n_ours: int) -> Learned:
    """The weights of a task; and, of each of our messages, what weights tell that never saw anything its writers wrote."""
    fold = np.array([*folds(all_texts[: 2 * n_ours]), *[-1] * (len(all_texts) - 2 * n_ours)])
    of_strangers = np.zeros((n_ours, len(TASKS[task])))
    for n in range(FOLDS):
        seen, aside = np.flatnonzero(fold != n), np.flatnonzero(fold[:n_ours] == n)
        head = fit.head(
            task, rows[seen], [all_texts[k] for k in seen], strength=STRENGTH[task], balance=fit.BALANCE[task]
        )
        of_strangers[aside] = head.logits(rows[aside])
    head = fit.head(task, rows, all_texts, strength=STRENGTH[task], balance=fit.BALANCE[task])
    say(f"the sum has learned {task}")
    return Learned(head, of_strangers)


def folds(ours: Sequence[Text]) -> list[int]:
    """With which others each message is left out: all that one voice wrote goes together."""
    place = {name: n for n, name in enumerate(sorted({one.voice for one in ours}))}
    return [place[one.voice] % FOLDS for one in ours]


def trusts(learned: Mapping[str, Learned], seen: second.Taught, ours: Sequence[Text]) -> dict[str, Trust]:
    """As sure as one may be of strangers (ADR 56)."""
    of_kind, said = known("kind", ours)
    logits = learned["kind"].of_strangers
    chances = fit.chances(logits, fit.temperature(logits[of_kind], said))
    is_unsure = chances.max(axis=1) < LOOKS_BELOW
    say(f"a second look at {is_unsure.mean():.0%} of voices left out")
    return {task: trust(task, learned[task].of_strangers, seen.of_strangers[task], is_unsure, ours) for task in TASKS}


def trust(task: str, of_sum: fit.Doubles, of_context: fit.Doubles, is_unsure: Flags, ours: Sequence[Text]) -> Trust:
    rows, said = known(task, ours)
    temperature = fit.temperature(of_sum[rows], said)
    looked = is_unsure[rows]
    shares = fit.shares(of_sum[rows][looked], of_context[rows][looked], said[looked])
    told = fit.chances(of_sum[rows], temperature)
    score = judge.macro_f1(*named(task, said, told))
    told[looked] = fit.chances(shares[0] * of_sum[rows][looked] + shares[1] * of_context[rows][looked])
    say(
        f"{task}: macro F1 {score:.3f} of voices left out, {judge.macro_f1(*named(task, said, told)):.3f} with the second look"
    )
    urgent_from = min(float(np.quantile(told[said == 0, 1], 1 - MOST_FLAGGED)), 0.5) if task == "urgency" else 0.5
    return Trust(temperature, (shares[0] * temperature, shares[1] * temperature), surely(told, said), urgent_from)


def known(task: str, ours: Sequence[Text]) -> tuple[Places, Places]:
    """Which messages have a label for this task, and which."""
    rows = [n for n, one in enumerate(ours) if task in one.labels]
    return np.array(rows), np.array([TASKS[task].index(ours[n].labels[task]) for n in rows])


def named(task: str, said: Places, told: fit.Doubles) -> tuple[list[str], list[str]]:
    names = TASKS[task]
    return [names[n] for n in said], [names[n] for n in told.argmax(axis=1)]


def surely(told: fit.Doubles, said: Places) -> float:
    """The least confidence from which answers about it are right often enough."""
    best, right = told.max(axis=1), told.argmax(axis=1) == said
    for bar in np.arange(0.3, 0.95, 0.05):
        near = (best >= bar) & (best < bar + 0.1)
        if near.sum() >= 10 and right[near].mean() >= LEAST_RIGHT - 0.1:
            return float(bar)
    return 0.6


def packed(
    learned: Mapping[str, Learned],
    trusted: Mapping[str, Trust],
    spoken: speech.Speech,
    rare: matrix.Floats,
    meant: Mapping[str, matrix.Floats],
    seen: bytes,
    typical: Sequence[matrix.Cut],
) -> reading.Packed:
    """What is kept: the effect of every place, sign and known word on the answers, and the encoder."""
    weights = np.hstack([learned[task].head.weights for task in TASKS])
    n_places, n_signs = len(rare), weights.shape[0] - len(rare) - meaning.WIDTH
    words = sorted(meant)
    shares = {task: trusted[task].shares for task in TASKS}
    encoder = Encoder(seen)
    model = reading.Model(
        answers=TASKS,
        table=reading.in_steps(weights[:n_places] * rare[:, None] * OF_TABLE),
        signs=(weights[n_places : n_places + n_signs] * OF_SIGNS).astype(np.float32),
        start=np.concatenate([learned[task].head.start for task in TASKS]).astype(np.float32),
        meaning=reading.in_steps(
            np.stack([meant[word] for word in words]).astype(np.float64) @ weights[n_places + n_signs :] * OF_MEANING
        ),
        place_of_word={word: n for n, word in enumerate(words)},
        temperature={task: trusted[task].temperature for task in TASKS},
        sure_from={task: trusted[task].sure_from for task in TASKS},
        urgent_from=trusted["urgency"].urgent_from,
        languages=spoken.languages,
        language_table=reading.in_steps(spoken.weights),
        language_start=spoken.start.astype(np.float32),
        language_temperature=spoken.temperature,
        second=SecondLook(encoder, shares_of(TASKS, shares), LOOKS_BELOW),
        typical=np.stack([encoder.look(one.words).likeness for one in typical]),
    )
    return reading.pack(model, seen, shares)


if __name__ == "__main__":
    raise SystemExit(main())
