"""How sure a share or a score is: the span in which the true one lies 95 times of a hundred."""

from dataclasses import dataclass
from math import sqrt

Z = 1.959964


@dataclass(frozen=True, kw_only=True)
class Span:
    """A figure, of how many, and its interval; without any, nothing is known."""

    value: float | None
    n: int = 0
    low: float | None = None
    high: float | None = None


def share(part: int, n: int) -> Span:
    """The interval of a share (Wilson 1927): honest for few and for shares near none and all."""
    if n <= 0:
        return Span(value=None)
    found = part / n
    middle = (found + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * sqrt(found * (1 - found) / n + Z**2 / (4 * n**2))
    return Span(value=found, n=n, low=max(0.0, middle - half), high=min(1.0, middle + half))


def promoters(*, promoting: int, passive: int, detracting: int) -> Span:
    """NPS, from -100 to 100: promoters' share less detractors'; its interval is the adjusted Wald one (Rocks 2016),
    which adds three answers of which three quarters each are for and against."""
    n = promoting + passive + detracting
    if n <= 0:
        return Span(value=None)
    more = n + 3
    up, down = (promoting + 0.75) / more, (detracting + 0.75) / more
    half = Z * sqrt(max(0.0, up + down - (up - down) ** 2) / more)
    return Span(
        value=100 * (promoting - detracting) / n,
        n=n,
        low=max(-100.0, 100 * (up - down - half)),
        high=min(100.0, 100 * (up - down + half)),
    )
