"""What an answer is worth, so that the question worth most is asked first.

    worth = (H(p) + sure) · log2(1 + touched) · log2(1 + depend) / (k · √j)

H(p) = −p·log2 p − (1−p)·log2(1−p) is the doubt an answer takes away, in bits, with p the chance that it is one person as the
weights say it (uncertainty sampling; Lewis and Gale 1994, Settles 2009). `touched` counts what stands on the answer: source
records, and open conversations four times, of both contacts. `depend` are the contacts that hang together by open questions:
an answer inside a large group settles others with it (Whang, Lofgren and Garcia-Molina, "Question selection for crowd entity
resolution", VLDB 2013). `sure` keeps those nearly sure from coming last for ever: they are quickly answered.

It is the k-th best question of its group and the j-th best in which the same was found: the first answer in a group decides
most of the rest, and the tenth about a pattern teaches less than the first about another (diversity in batches; Settles 2009,
section 6.2). benchmarks/review.py measures what this order gives.
"""

import math
from collections import Counter
from collections.abc import Hashable, Sequence

SURE = 0.05


def of(weight: float | None, *, touched: int, depend: int) -> float:
    """The formula above, of a question alone."""
    return round((doubt(chance(weight)) + SURE) * math.log2(1 + touched) * math.log2(1 + depend), 4)


def among(questions: Sequence[tuple[float, Hashable, Hashable]]) -> list[float]:
    """Of questions with their worth alone, their group and what was found, the worth of each beside the others."""
    of_group: Counter[Hashable] = Counter()
    of_pattern: Counter[Hashable] = Counter()
    found = [0.0] * len(questions)
    for n in sorted(range(len(questions)), key=lambda n: (-questions[n][0], n)):
        alone, group, pattern = questions[n]
        of_group[group] += 1
        of_pattern[pattern] += 1
        found[n] = round(alone / (of_group[group] * math.sqrt(of_pattern[pattern])), 4)
    return found


def chance(weight: float | None) -> float:
    """Of bits the chance that it is one person; of a hint without bits it is open."""
    return 1 / (1 + 2 ** -min(max(weight, -60.0), 60.0)) if weight is not None else 0.5


def doubt(p: float) -> float:
    """Entropy in bits."""
    return 0.0 if p in (0.0, 1.0) else -p * math.log2(p) - (1 - p) * math.log2(1 - p)
