"""How good answers are: the figures the bench tells too."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def macro_f1(said: Sequence[str], told: Sequence[str]) -> float:
    """The mean over the answers that are right for any text."""
    return float(np.mean([f1(said, told, label) for label in sorted(set(said))]))


def f1(said: Sequence[str], told: Sequence[str], label: str) -> float:
    both = sum(one == other == label for one, other in zip(said, told, strict=True))
    return 2 * both / max(sum(one == label for one in said) + sum(one == label for one in told), 1)


def calibration_error(confidence: Sequence[float], right: Sequence[bool], n_bins: int = 10) -> float:
    """Expected calibration error over bins of equal width."""
    sure, true = np.asarray(confidence), np.asarray(right, dtype=np.float64)
    place: NDArray[np.int64] = np.minimum((sure * n_bins).astype(np.int64), n_bins - 1)
    return float(
        sum(
            abs(sure[place == n].mean() - true[place == n].mean()) * (place == n).mean()
            for n in range(n_bins)
            if (place == n).any()
        )
    )
