"""Themes: what many people write about lately, found without labels, named by their own words, and whether one grows.

Texts become vectors of stems (the first letters, folded, as in hashing) weighted by TF-IDF, with the axes on which they
differ most (latent semantic analysis: Deerwester et al. 1990; randomised: Halko, Martinsson, Tropp 2011). They are joined by
average linkage (Sokal, Michener 1958) along chains of nearest neighbours (Murtagh 1983), which needs no number of clusters
and finds small ones. Words name a theme by c-TF-IDF, tf(t, c) · log(1 + A / f(t)) (Grootendorst 2022).

A week is compared with the weeks before by the exact conditional test of two Poisson rates (Przyborowski, Wilenski 1940):
given x people now and y before, x is binomial with the share of this week in all. Over all themes of a week false alarms are
bounded by the step-up procedure of Benjamini and Hochberg (1995).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from math import exp, lgamma, log

import numpy as np
from numpy.typing import NDArray

from muhatap.reading.hashing import STEM
from muhatap.reading.stopping import STOPPED
from muhatap.reading.words import cleaned, cut
from muhatap.shared.text import lower_tr

AT_ONCE = 3_000  # texts that are joined; the rest is laid to what was found
LEAST_PEOPLE = 4  # who write about it, or it is no theme
NAMED_BY = 3  # people who used a word, before it may name a theme: nobody's name or number does
AXES = 100
ALIKE = 0.50  # mean likeness at which two groups are still one
NEAR = 0.55  # likeness to a theme's centre at which a text belongs to it
FALSE_ALARMS = 0.05  # share of false ones among those told
LEAST_NOW, LEAST_RISE = 5, 2.0  # people this week, and how many times the usual
OVERLAP = 0.5  # of the smaller one, at which a theme is one we know
_TERMS, _COMMON, _LEAST_COMMON = 5_000, 0.25, 60.0
Vectors = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Text:
    """One message: its number, who wrote it, and its language."""

    key: int
    text: str
    person: int
    language: str = "tr"


@dataclass(frozen=True, kw_only=True)
class Found:
    """A theme: the words that name it, best first, and its texts with how near they are to its centre, nearest first."""

    words: tuple[str, ...]
    members: tuple[tuple[int, float], ...]

    @property
    def keys(self) -> frozenset[int]:
        return frozenset(key for key, _near in self.members)


@dataclass(frozen=True, kw_only=True)
class Week:
    """People who wrote of a theme this week and in the weeks before, of how many who wrote at all."""

    now: int
    before: int
    all_now: int
    all_before: int


@dataclass(frozen=True, kw_only=True)
class Rise:
    """How many were to be expected, how likely so many are by chance, and whether that is worth an alarm."""

    expected: float
    chance: float
    is_jump: bool


def find(texts: Sequence[Text], *, newest: Set[int] = frozenset(), seed: int = 0) -> list[Found]:
    """The themes of these texts, largest first; the same texts and seed give the same themes. `newest` are kept when there
    are more than can be joined at once."""
    read = [(text, stems) for text in texts if (stems := _stems(text))]
    if len(read) < LEAST_PEOPLE:
        return []
    order = _chosen([text.key for text, _stems in read], newest, seed)
    matrix = _weighed([stems for _text, stems in read])
    vectors = _turned(matrix, order, seed)
    people = np.array([text.person for text, _stems in read])
    groups = [group for group in _joined(vectors[order]) if _n_people(people[order[group]]) >= LEAST_PEOPLE]
    if not groups:
        return []
    laid = _laid(vectors, np.stack([_unit(vectors[order[group]].sum(axis=0)) for group in groups]))
    return _told(read, laid, people, len(groups))


def rises(weeks: Sequence[Week], *, false_alarms: float = FALSE_ALARMS) -> list[Rise]:
    """Which of these themes of one week grew more than chance explains, with few false alarms among all that are told."""
    found = [_chance(week) for week in weeks]
    known = sorted(chance for _expected, chance in found)
    limit = max(
        (chance for rank, chance in enumerate(known, 1) if chance <= false_alarms * rank / len(known)), default=-1.0
    )
    return [
        Rise(expected=expected, chance=chance, is_jump=chance <= limit and _is_much(week.now, expected))
        for week, (expected, chance) in zip(weeks, found, strict=True)
    ]


def matched(found: Sequence[Set[int]], known: Mapping[int, Set[int]]) -> list[int | None]:
    """For each found set of texts the known one it goes on with: the largest overlap first, each known one once."""
    holder: dict[int, list[int]] = defaultdict(list)
    for name in known:
        for key in known[name]:
            holder[key].append(name)
    pairs = []
    for nth, keys in enumerate(found):
        shared = Counter(name for key in keys for name in holder.get(key, ()))
        pairs += [(n / min(len(keys), len(known[name])), n, -name, nth) for name, n in shared.items()]
    answer: list[int | None] = [None] * len(found)
    for overlap, _n, negative, nth in sorted(pairs, reverse=True):
        if overlap >= OVERLAP and answer[nth] is None and -negative not in answer:
            answer[nth] = -negative
    return answer


def _is_much(now: int, expected: float) -> bool:
    return now >= LEAST_NOW and now >= LEAST_RISE * expected


def _chance(week: Week) -> tuple[float, float]:
    """How many to expect, and P(X ≥ now) for X binomial of now + before with this week's share of all who wrote."""
    if not week.all_now or not week.all_before:
        return float(week.now), 1.0  # nothing to compare with
    n, share = week.now + week.before, week.all_now / (week.all_now + week.all_before)
    tail = sum(exp(_log_choose(n, k) + k * log(share) + (n - k) * log(1 - share)) for k in range(week.now, n + 1))
    return week.before / week.all_before * week.all_now, min(1.0, tail)


def _log_choose(n: int, k: int) -> float:
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def _stems(text: Text) -> dict[str, str]:
    """The stems of a text, each with a word it was written as; what says nothing of a subject is left out."""
    words = cut(cleaned(text.text))
    lower = lower_tr if text.language == "tr" else str.lower
    found: dict[str, str] = {}
    for written, bare in zip(words.written, words.bare, strict=True):
        if len(bare) >= 3 and bare.isalpha() and bare not in STOPPED and bare[:STEM] not in STOPPED:
            found.setdefault(bare[:STEM], lower(written))
    return found


def _chosen(keys: Sequence[int], newest: Set[int], seed: int) -> NDArray[np.int64]:
    """The places of the texts that are joined: at most AT_ONCE, half of them of the newest if there are so many."""
    if len(keys) <= AT_ONCE:
        return np.arange(len(keys))
    drawn = np.random.default_rng(seed).permutation(len(keys))
    new = [int(place) for place in drawn if keys[place] in newest][: AT_ONCE // 2]
    taken = set(new)
    rest = [int(place) for place in drawn if place not in taken][: AT_ONCE - len(new)]
    return np.array(sorted([*new, *rest]), dtype=np.int64)


@dataclass(frozen=True, kw_only=True)
class _Matrix:
    """Rows of few columns: for each number its row and column, in the order of rows."""

    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    values: Vectors
    n_rows: int
    n_columns: int

    def dense(self, chosen: NDArray[np.int64]) -> Vectors:
        place = np.full(self.n_rows, -1, dtype=np.int64)
        place[chosen] = np.arange(len(chosen))
        inside = place[self.rows] >= 0
        whole = np.zeros((len(chosen), self.n_columns), dtype=np.float32)
        whole[place[self.rows[inside]], self.columns[inside]] = self.values[inside]
        return whole

    def times(self, right: Vectors) -> Vectors:
        """This matrix times one that is dense."""
        product = np.zeros((self.n_rows, right.shape[1]), dtype=np.float32)
        step = max(1, 4_000_000 // max(right.shape[1], 1))
        for start in range(0, len(self.rows), step):
            part = slice(start, start + step)
            np.add.at(product, self.rows[part], right[self.columns[part]] * self.values[part, None])
        return product


def _weighed(read: Sequence[Mapping[str, str]]) -> _Matrix:
    """TF-IDF, each text of length one; stems of one text only, and of too many, are left out."""
    frequency = Counter(stem for stems in read for stem in stems)
    most = max(_LEAST_COMMON, _COMMON * len(read))
    kept = sorted((stem for stem, n in frequency.items() if 2 <= n <= most), key=lambda stem: (-frequency[stem], stem))
    column = {stem: nth for nth, stem in enumerate(kept[:_TERMS])}
    cells = [
        (row, column[stem], log(1 + len(read) / frequency[stem]))
        for row, stems in enumerate(read)
        for stem in stems
        if stem in column
    ]
    rows = np.array([cell[0] for cell in cells], dtype=np.int64)
    values = np.array([cell[2] for cell in cells], dtype=np.float32)
    lengths = np.sqrt(np.bincount(rows, weights=values**2, minlength=len(read)))
    return _Matrix(
        rows=rows,
        columns=np.array([cell[1] for cell in cells], dtype=np.int64),
        values=(values / np.maximum(lengths[rows], 1e-9)).astype(np.float32),
        n_rows=len(read),
        n_columns=len(column),
    )


def _turned(matrix: _Matrix, chosen: NDArray[np.int64], seed: int) -> Vectors:
    """Every text on the axes on which the chosen ones differ most."""
    whole = matrix.dense(chosen)
    n_axes = min(AXES, *whole.shape)
    if n_axes < 2:
        return np.zeros((matrix.n_rows, 1), dtype=np.float32)
    start = np.random.default_rng(seed).standard_normal((whole.shape[1], n_axes)).astype(np.float32)
    basis = np.linalg.qr(whole.T @ (whole @ start))[0]
    for _turn in range(3):
        basis = np.linalg.qr(whole.T @ (whole @ basis))[0]
    turned = matrix.times(basis.astype(np.float32))
    lengths = np.linalg.norm(turned, axis=1, keepdims=True)
    return np.where(lengths > 0.2, turned / np.maximum(lengths, 1e-9), 0).astype(
        np.float32
    )  # what the axes do not know is like nothing


def _joined(vectors: Vectors) -> list[NDArray[np.int64]]:
    """Groups of average likeness ALIKE or more, as places in `vectors`; chains of nearest neighbours, so n² and no more."""
    n = len(vectors)
    alike = vectors @ vectors.T
    np.fill_diagonal(alike, -np.inf)
    size = np.ones(n, dtype=np.float32)
    group: list[list[int]] = [[place] for place in range(n)]
    is_open = np.ones(n, dtype=bool)
    done: list[NDArray[np.int64]] = []
    chain: list[int] = []
    left = n
    while left:
        if not chain:
            chain.append(int(np.argmax(is_open)))
        here = chain[-1]
        best = int(np.argmax(alike[here]))
        if len(chain) > 1 and alike[here, chain[-2]] >= alike[here, best]:
            best = chain[-2]
        if alike[here, best] < ALIKE:  # nothing will come nearer: it stands alone
            chain.pop()
            done.append(np.array(group[here], dtype=np.int64))
            _close(alike, is_open, here)
            left -= 1
        elif len(chain) > 1 and best == chain[-2]:
            del chain[-2:]
            _merge(alike, size, here, best)
            group[best] += group[here]
            _close(alike, is_open, here)
            left -= 1
        else:
            chain.append(best)
    return sorted(done, key=lambda places: (-len(places), int(places.min())))


def _merge(alike: Vectors, size: Vectors, gone: int, kept: int) -> None:
    """The likeness of two groups that became one to every other is the mean over their members."""
    row = (alike[gone] * size[gone] + alike[kept] * size[kept]) / (size[gone] + size[kept])
    alike[kept], alike[:, kept] = row, row
    alike[kept, kept] = -np.inf
    size[kept] += size[gone]


def _close(alike: Vectors, is_open: NDArray[np.bool_], place: int) -> None:
    alike[place], alike[:, place] = -np.inf, -np.inf
    is_open[place] = False


def _laid(vectors: Vectors, centres: Vectors) -> list[tuple[int, float]]:
    """For each text the theme it is nearest to and how near; -1 where it is near to none."""
    near = vectors @ centres.T
    best = near.argmax(axis=1)
    value = near[np.arange(len(vectors)), best]
    return [(int(theme) if close >= NEAR else -1, float(close)) for theme, close in zip(best, value, strict=True)]


def _told(
    read: Sequence[tuple[Text, Mapping[str, str]]],
    laid: Sequence[tuple[int, float]],
    people: NDArray[np.int64],
    n_themes: int,
) -> list[Found]:
    members: list[list[tuple[float, int]]] = [[] for _theme in range(n_themes)]
    for place, (theme, near) in enumerate(laid):
        if theme >= 0:
            members[theme].append((near, place))
    everywhere = Counter(stem for _text, stems in read for stem in stems)
    mean = sum(everywhere.values()) / n_themes
    found = []
    for each in members:
        places = [place for _near, place in each]
        if _n_people(people[places]) < LEAST_PEOPLE:
            continue
        words = _names([read[place] for place in places], everywhere, mean)
        nearest = sorted(each, key=lambda one: (-one[0], one[1]))
        if words:
            found.append(Found(words=words, members=tuple((read[place][0].key, round(n, 3)) for n, place in nearest)))
    return sorted(found, key=lambda theme: (-len(theme.members), theme.words))


def _names(
    members: Iterable[tuple[Text, Mapping[str, str]]], everywhere: Mapping[str, int], mean: float
) -> tuple[str, ...]:
    """Up to five words by c-TF-IDF, each as it is written most, and used by several people."""
    used: dict[str, set[int]] = defaultdict(set)
    written: dict[str, Counter[str]] = defaultdict(Counter)
    for text, stems in members:
        for stem, word in stems.items():
            used[stem].add(text.person)
            written[stem][word] += 1
    scores = {stem: len(who) * log(1 + mean / everywhere[stem]) for stem, who in used.items() if len(who) >= NAMED_BY}
    best = sorted(scores, key=lambda stem: (-scores[stem], stem))[:5]
    return tuple(min(written[stem].items(), key=lambda one: (-one[1], one[0]))[0] for stem in best)


def _unit(vector: Vectors) -> Vectors:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), dtype=np.float32)


def _n_people(people: NDArray[np.int64]) -> int:
    return len(np.unique(people)) if len(people) else 0
