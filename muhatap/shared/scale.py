"""The scale on which lengths of time are kept, so that medians need no list of all values.

Steps grow by a tenth. Whatever length is read back from its step is at most 5% away from the true one
(relative error (g - 1) / (g + 1) for growth g, as in DDSketch, Masson et al. 2019).
"""

from collections.abc import Mapping
from math import ceil

GROWTH = 1.1
ERROR = (GROWTH - 1) / (GROWTH + 1)


def length(step: int) -> float:
    """The seconds a step stands for."""
    return 0.0 if step <= 0 else 2 * GROWTH**step / (GROWTH + 1)


def quantile(counts: Mapping[int, int], share: float) -> float | None:
    """The length that `share` of all lengths do not exceed; None when there are none."""
    n = sum(counts.values())
    if n <= 0:
        return None
    rank, passed = max(1, ceil(share * n)), 0
    for step in sorted(counts):
        passed += counts[step]
        if passed >= rank:
            return length(step)
    return length(max(counts))
