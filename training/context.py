"""The second look: an encoder that reads each word in its context, taught our answers from where it was lent (training/encoder.py).

Mean of the last states, and a straight line from there to the answers: what a word added can be told, as of the sum (ADR 63). Another straight line
keeps what it knew of likeness when it was lent (training/likeness.py): what it has to keep it does not have to learn again, and our answers come out better.
"""

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from muhatap.reading import pieces as cutting
from muhatap.reading.context import LIKENESS
from muhatap.reading.pieces import Pieces
from muhatap.reading.words import Words
from muhatap.shared.text import fold
from training import encoder, fit
from training.encoder import Lent
from training.matrix import Cut
from training.telling import say
from training.texts import TASKS, Text

THREADS = 2  # always: other threads add in another order, and other bytes come out
EPOCHS = 4
BATCH, POOL = 44, 20  # texts in a step; steps whose texts are put together by length
BESIDE = 3 / 8  # so many texts without labels of ours for each message, others each time
PACE, PACE_OF_ANSWERS, WARM = 1.2e-4, 1e-3, 0.1
DROPPED, SMOOTHED, DECAY, LONGEST_STEP = 0.1, 0.05, 0.01, 1.0
COUNTS = {"kind": 1.0, "urgency": 0.5, "sentiment": 0.5, "topic": 0.5}
OF_LIKENESS = 1.0
# Shares of messages: typed without Turkish letters, with words left out; and of the words of these.
BARE, THINNED, LEFT_OUT = 0.2, 0.3, 0.12
_MOST_PLACES = cutting.HEAD + cutting.TAIL + 2  # of a message


@dataclass(frozen=True)
class Vocabulary:
    """The pieces that are kept: their numbers where they were lent, and the cutter that knows only them."""

    lent_as: tuple[int, ...]
    pieces: Pieces


def vocabulary(lent: Lent, texts: Sequence[Words]) -> Vocabulary:
    """The pieces that these texts need, also where they are typed without Turkish letters."""
    known = Pieces(lent.names[encoder.UNKNOWN + 1 :], lent.scores[encoder.UNKNOWN + 1 :].tolist())
    n_met: Counter[int] = Counter()
    for words in texts:
        for written in (words, _bare(words)):
            n_met.update(known.of(written)[0][1:-1])
    shift = encoder.UNKNOWN + 1 - cutting.FIRST
    kept = encoder.pieces(lent, {piece + shift: n for piece, n in n_met.items()})
    return Vocabulary(tuple(kept), Pieces([lent.names[n] for n in kept], lent.scores[kept].tolist()))


@dataclass(frozen=True)
class Likeness:
    """What texts are like, a row of length one each, and the straight line that leads there from the mean of the states as they were lent and asked
    (training/likeness.py); texts of ours are not asked so, which the line has to learn.
    """

    rows: encoder.Floats
    weights: encoder.Floats
    start: encoder.Floats

    def of(self, those: Sequence[int]) -> "Likeness":
        return Likeness(self.rows[those], self.weights, self.start)


@dataclass(frozen=True)
class Lessons:
    """What the encoder is taught by: messages with our labels first, then texts without; of each its words, and its likeness to others."""

    texts: Sequence[Text]
    cuts: Sequence[Cut]
    likeness: Likeness


class Layer(nn.Module):
    """Every piece looks at every other, then thinks by itself (Vaswani et al., "Attention Is All You Need", 2017)."""

    def __init__(self, width: int, inner: int, n_heads: int) -> None:
        super().__init__()
        self.n_heads = n_heads
        self.asks, self.takes = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.widens, self.narrows = nn.Linear(width, inner), nn.Linear(inner, width)
        self.after_looking, self.after_thinking = nn.LayerNorm(width, eps=1e-12), nn.LayerNorm(width, eps=1e-12)
        self.drop = nn.Dropout(DROPPED)

    def forward(self, states: Tensor, is_there: Tensor) -> Tensor:
        n, length, width = states.shape
        asked = self.asks(states).view(n, length, 3, self.n_heads, width // self.n_heads).permute(2, 0, 3, 1, 4)
        seen = functional.scaled_dot_product_attention(*asked, attn_mask=is_there[:, None, None, :])
        seen = self.takes(seen.transpose(1, 2).reshape(n, length, width))
        states = self.after_looking(states + self.drop(seen))
        thought = self.narrows(functional.gelu(self.widens(states), approximate="tanh"))
        told: Tensor = self.after_thinking(states + self.drop(thought))
        return told


class Net(nn.Module):
    """The encoder with our answers on top, and likeness beside them."""

    def __init__(self, lent: Lent, words: Vocabulary) -> None:
        super().__init__()
        width = lent.width
        rows = [encoder.BEGIN, encoder.END, encoder.UNKNOWN, *words.lent_as]
        self.pieces = nn.Embedding.from_pretrained(_tensor(lent.array("emb.word", -1, width)[rows]), freeze=False)
        of_place = lent.array("emb.pos", -1, width)[:_MOST_PLACES] + lent.array("emb.type", -1, width)[0]
        self.places = nn.Parameter(_tensor(of_place))
        self.start = nn.LayerNorm(width, eps=1e-12)
        self.layers = nn.ModuleList(Layer(width, lent.inner, lent.heads) for _ in range(lent.layers))
        self.drop = nn.Dropout(DROPPED)
        self.answers = nn.ModuleDict({task: nn.Linear(width, len(labels)) for task, labels in TASKS.items()})
        self.likeness = nn.Linear(width, LIKENESS)
        self._borrow(lent)

    def forward(self, pieces: Tensor, is_there: Tensor) -> tuple[dict[str, Tensor], Tensor]:
        """The answers of each task, and likeness."""
        mean = self.drop(self.mean(pieces, is_there))
        return {task: self.answers[task](mean) for task in TASKS}, self.likeness(mean)

    def mean(self, pieces: Tensor, is_there: Tensor) -> Tensor:
        """Of the last states; while it learns in sixteen bits, in half the time."""
        with torch.autocast("cpu", torch.bfloat16, enabled=self.training):
            states = self.drop(self.start(self.pieces(pieces) + self.places[: pieces.shape[1]]))
            for layer in self.layers:
                states = layer(states, is_there)
        there = is_there[..., None].float()
        mean: Tensor = (states.float() * there).sum(dim=1) / there.sum(dim=1)
        return mean

    def _borrow(self, lent: Lent) -> None:
        width, inner = lent.width, lent.inner
        _fill(self.start, lent.array("emb.ln.w", width), lent.array("emb.ln.b", width))
        for n, layer in enumerate(self.layers):
            assert isinstance(layer, Layer)
            asks = [(lent.array(f"l{n}.{one}.w", width, width), lent.array(f"l{n}.{one}.b", width)) for one in "qkv"]
            _fill(
                layer.asks, np.concatenate([weight for weight, _ in asks]), np.concatenate([start for _, start in asks])
            )
            _fill(layer.takes, lent.array(f"l{n}.ao.w", width, width), lent.array(f"l{n}.ao.b", width))
            _fill(layer.widens, lent.array(f"l{n}.fi.w", inner, width), lent.array(f"l{n}.fi.b", inner))
            _fill(layer.narrows, lent.array(f"l{n}.fo.w", width, inner), lent.array(f"l{n}.fo.b", width))
            _fill(layer.after_looking, lent.array(f"l{n}.aln.w", width), lent.array(f"l{n}.aln.b", width))
            _fill(layer.after_thinking, lent.array(f"l{n}.oln.w", width), lent.array(f"l{n}.oln.b", width))


def taught(lent: Lent, words: Vocabulary, lessons: Lessons, *, seed: int) -> Net:
    """The encoder after it was shown these messages a few times. Tells how far it is on standard error."""
    torch.manual_seed(seed)
    torch.set_num_threads(THREADS)
    rng = random.Random(seed)
    net = Net(lent, words)
    _fill(net.likeness, lessons.likeness.weights, lessons.likeness.start)
    weight = _class_weights(lessons.texts)
    own = list(net.answers.parameters())
    ids = {id(one) for one in own}
    lent_ones = [one for one in net.parameters() if id(one) not in ids]
    steps = torch.optim.AdamW([{"params": own}, {"params": lent_ones}], weight_decay=DECAY, fused=True)
    n_steps, done = EPOCHS * -(-_n_shown(lessons) // BATCH), 0
    for _ in range(EPOCHS):
        for batch in _batches(words, lessons, rng):
            pace = min(1.0, done / (WARM * n_steps)) * (1 - done / n_steps)
            for group, full in zip(steps.param_groups, (PACE_OF_ANSWERS, PACE), strict=True):
                group["lr"] = full * pace
            loss = _loss(net(*padded([pieces for _, pieces in batch])), [n for n, _ in batch], lessons, weight)
            steps.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), LONGEST_STEP)
            steps.step()
            done += 1
            if done % 100 == 0:
                say(f"second look: {done} of {n_steps} steps, loss {loss.item():.2f}")
    return net.eval()


def _loss(
    told: tuple[Mapping[str, Tensor], Tensor],
    shown: Sequence[int],
    lessons: Lessons,
    weight: Mapping[str, Mapping[str, float]],
) -> Tensor:
    answers, likeness = told
    of_answers = _loss_of_answers(answers, shown, lessons.texts, weight)
    near = functional.cosine_similarity(likeness, _tensor(lessons.likeness.rows[list(shown)]))
    return of_answers + OF_LIKENESS * (1 - near).mean()


def _loss_of_answers(
    told: Mapping[str, Tensor], shown: Sequence[int], texts: Sequence[Text], weight: Mapping[str, Mapping[str, float]]
) -> Tensor:
    losses = [torch.zeros(())]
    n_labelled = sum(n < len(texts) for n in shown)
    for task, labels in TASKS.items():
        known = [place for place, n in enumerate(shown) if n < len(texts) and task in texts[n].labels]
        if not known:
            continue
        said = [texts[shown[place]].labels[task] for place in known]
        counts = [weight[task][one] * texts[shown[n]].weighs(task) for n, one in zip(known, said, strict=True)]
        right = torch.tensor([labels.index(one) for one in said])
        each = functional.cross_entropy(told[task][known], right, reduction="none", label_smoothing=SMOOTHED)
        losses.append(COUNTS[task] * (each * torch.tensor(counts)).sum() / n_labelled)
    return torch.stack(losses).sum()


def _class_weights(texts: Sequence[Text]) -> dict[str, dict[str, float]]:
    told = {}
    for task, labels in TASKS.items():
        n_of = Counter(one.labels[task] for one in texts if task in one.labels)
        total = n_of.total()
        told[task] = {label: (total / len(labels) / max(n_of[label], 1)) ** fit.BALANCE[task] for label in labels}
    return told


def _n_shown(lessons: Lessons) -> int:
    """How many texts are shown each time."""
    return round(len(lessons.texts) * (1 + BESIDE))


def _batches(words: Vocabulary, lessons: Lessons, rng: random.Random) -> Iterator[list[tuple[int, list[int]]]]:
    """All messages once and some texts beside them, each as somebody else might have typed it; those of like length together."""
    ours = range(len(lessons.texts))
    beside = rng.sample(range(len(ours), len(lessons.cuts)), _n_shown(lessons) - len(ours))
    shown = [(n, words.pieces.of(_typed(lessons.cuts[n].words, rng))[0]) for n in (*ours, *beside)]
    rng.shuffle(shown)
    batches = []
    for first in range(0, len(shown), BATCH * POOL):
        pool = sorted(shown[first : first + BATCH * POOL], key=lambda one: len(one[1]))
        batches += [pool[n : n + BATCH] for n in range(0, len(pool), BATCH)]
    rng.shuffle(batches)
    yield from batches


def _typed(words: Words, rng: random.Random) -> Words:
    if rng.random() < BARE:
        words = _bare(words)
    if rng.random() < THINNED and (kept := [n for n in range(len(words.bare)) if rng.random() >= LEFT_OUT]):
        words = Words(tuple(words.written[n] for n in kept), tuple(words.bare[n] for n in kept))
    return words


def _bare(words: Words) -> Words:
    return Words(tuple(fold(one) for one in words.written), words.bare)


def padded(found: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Rows of one length, and where there is something."""
    pieces = torch.zeros(len(found), max(map(len, found)), dtype=torch.long)
    is_there = torch.zeros(pieces.shape, dtype=torch.bool)
    for n, one in enumerate(found):
        pieces[n, : len(one)] = torch.tensor(one)
        is_there[n, : len(one)] = True
    return pieces, is_there


def _fill(part: nn.Linear | nn.LayerNorm, weight: encoder.Floats, start: encoder.Floats) -> None:
    part.weight.data, part.bias.data = _tensor(weight), _tensor(start)


def _tensor(numbers: encoder.Floats) -> Tensor:
    return torch.tensor(numbers)


def arrays(net: Net) -> dict[str, encoder.Floats]:
    """Its numbers by the names the reader knows; of a table a row is what comes out."""
    told = {"pieces": _numbers(net.pieces.weight), "places": _numbers(net.places), **_line("begins", net.start)}
    for n, layer in enumerate(net.layers):
        for name in ("asks", "takes", "after_looking", "widens", "narrows", "after_thinking"):
            told |= _line(f"layer {n}.{name}", getattr(layer, name))
    own = [net.answers[task] for task in TASKS]
    weights = torch.cat([_of_answer(one).weight for one in own])
    starts = torch.cat([_of_answer(one).bias for one in own])
    return told | {
        "answers.weights": _numbers(weights),
        "answers.start": _numbers(starts),
        **_line("likeness", net.likeness),
    }


def _of_answer(part: nn.Module) -> nn.Linear:
    assert isinstance(part, nn.Linear)
    return part


def _line(name: str, part: nn.Linear | nn.LayerNorm) -> dict[str, encoder.Floats]:
    return {f"{name}.weights": _numbers(part.weight), f"{name}.start": _numbers(part.bias)}


def _numbers(tensor: Tensor) -> encoder.Floats:
    told: encoder.Floats = tensor.detach().numpy()
    return told
