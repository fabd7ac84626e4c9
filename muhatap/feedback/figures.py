"""What scores come to, each with the interval in which the truth lies 95 times of 100. Pure arithmetic.

- Shares: Wilson, E. B. (1927), "Probable inference, the law of succession, and statistical inference", JASA 22.
- NPS: the adjusted Wald interval for a difference of shares of one sample, with three answers added (3/4 promoters, 3/2 passives,
  3/4 detractors): Rocks, B. (2016), "Interval Estimation for the 'Net Promoter Score'", The American Statistician 70(4), 365-372.
- Means: Student's t.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import sqrt

from muhatap.feedback.models import RANGES, Survey

Z = 1.959964
PROMOTERS, DETRACTORS, SATISFIED = 9, 6, 4  # from, up to, from
# The 97.5 % points of Student's t for 1 to 30 degrees of freedom; beyond, the normal's with its first correction.
T = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
    2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip
Counts = Mapping[int, int]  # how often each score was given


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A value with its interval and the number of answers behind it; None where there is none. NPS runs from -100 to 100."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int = 0


def of(kind: str, counts: Counts) -> Figure:
    """The figure of a kind of survey: NPS, the share of the satisfied, the mean ease; of own questions only how many."""
    if kind == Survey.Kind.NPS:
        return nps(counts)
    if kind == Survey.Kind.CSAT:
        return share(sum(n for score, n in counts.items() if score >= SATISFIED), sum(counts.values()))
    if kind == Survey.Kind.CES:
        return ease(counts)
    return Figure(n=sum(counts.values()))


def nps(counts: Counts) -> Figure:
    """Promoters (9, 10) less detractors (0 to 6), in points of a hundred."""
    n = sum(counts.values())
    if not n:
        return Figure()
    ups = sum(k for score, k in counts.items() if score >= PROMOTERS)
    downs = sum(k for score, k in counts.items() if score <= DETRACTORS)
    up, down, m = (ups + 0.75) / (n + 3), (downs + 0.75) / (n + 3), n + 3
    middle, half = up - down, Z * sqrt(max(up + down - (up - down) ** 2, 0.0) / m)
    return Figure(
        value=100 * (ups - downs) / n, low=100 * max(middle - half, -1.0), high=100 * min(middle + half, 1.0), n=n
    )


def share(k: int, n: int) -> Figure:
    """k of n, from 0 to 1, with Wilson's interval."""
    if not n:
        return Figure()
    p, z2 = k / n, Z * Z
    middle, half = (p + z2 / (2 * n)) / (1 + z2 / n), Z * sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return Figure(value=p, low=max(middle - half, 0.0), high=min(middle + half, 1.0), n=n)


def ease(counts: Counts) -> Figure:
    """The mean of scores from 1 to 7; its interval ends where the scale does."""
    found, (lowest, highest) = mean(counts), RANGES["ces"]
    if found.low is None or found.high is None:
        return found
    return replace(found, low=max(found.low, lowest), high=min(found.high, highest))


def mean(counts: Counts) -> Figure:
    """The mean score; its interval from two answers on."""
    n = sum(counts.values())
    if not n:
        return Figure()
    value = sum(score * k for score, k in counts.items()) / n
    if n == 1:
        return Figure(value=value, n=1)
    spread = sqrt(sum(k * (score - value) ** 2 for score, k in counts.items()) / (n - 1))
    half = (T[n - 2] if n - 1 <= len(T) else Z + (Z**3 + Z) / (4 * (n - 1))) * spread / sqrt(n)
    return Figure(value=value, low=value - half, high=value + half, n=n)


def z_of_shares(k1: int, n1: int, k2: int, n2: int) -> float:
    """How many standard errors two shares lie apart (pooled); 0 where there is nothing to compare."""
    if not n1 or not n2:
        return 0.0
    pooled = (k1 + k2) / (n1 + n2)
    error = sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    return (k1 / n1 - k2 / n2) / error if error else 0.0
