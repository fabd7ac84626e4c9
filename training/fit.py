"""Logistic regression over the rows, folds to judge it by, and the temperature that makes its probabilities true."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize, minimize_scalar
from sklearn.linear_model import LogisticRegression

from training.texts import TASKS, Text

Doubles = NDArray[np.float64]
BALANCE = {"kind": 0.5, "urgency": 0.7, "sentiment": 0.5, "topic": 0.5}  # 0 counts messages, 1 counts answers


@dataclass(frozen=True)
class Head:
    """The weights of one task: a column an answer."""

    weights: Doubles
    start: Doubles

    def logits(self, rows: sparse.csr_matrix) -> Doubles:
        told: Doubles = rows @ self.weights + self.start
        return told


def head(task: str, rows: sparse.csr_matrix, texts: Sequence[Text], *, strength: float, balance: float) -> Head:
    """Learned from the texts that have a label for this task; `balance` 0 counts rows, 1 counts classes."""
    classes = TASKS[task]
    known = np.array([n for n, one in enumerate(texts) if task in one.labels])
    said = np.array([classes.index(texts[n].labels[task]) for n in known])
    weight = np.array([texts[n].weighs(task) for n in known])
    of_class = np.bincount(said, weights=weight, minlength=len(classes))
    weight = weight * ((of_class.sum() / len(classes) / np.maximum(of_class, 1e-9)) ** balance)[said]
    model = LogisticRegression(C=strength, max_iter=1500, tol=2e-5)
    model.fit(rows[known], said, sample_weight=weight)
    weights, start = model.coef_.T, model.intercept_
    if weights.shape[1] == 1:
        weights, start = np.hstack([-weights / 2, weights / 2]), np.array([-start[0] / 2, start[0] / 2])
    weights = weights - weights.mean(axis=1, keepdims=True)
    return Head(weights, start - start.mean())


def chances(logits: Doubles, temperature: float = 1.0) -> Doubles:
    scaled = logits / temperature
    scaled = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    told: Doubles = scaled / scaled.sum(axis=1, keepdims=True)
    return told


def temperature(logits: Doubles, said: NDArray[np.int64]) -> float:
    """What logits of held-back rows have to be divided by so that their probabilities come true."""

    def loss(log_of_it: float) -> float:
        told = chances(logits, float(np.exp(log_of_it)))
        return float(-np.log(np.maximum(told[np.arange(len(said)), said], 1e-12)).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-3, 3), method="bounded").x))


def shares(of_sum: Doubles, of_context: Doubles, said: NDArray[np.int64]) -> tuple[float, float]:
    """What to multiply both with so that the probabilities of what they make together come true."""

    def loss(both: Doubles) -> float:
        told = chances(both[0] * of_sum + both[1] * of_context)
        return float(-np.log(np.maximum(told[np.arange(len(said)), said], 1e-12)).mean())

    found = minimize(loss, [0.5, 0.5], method="L-BFGS-B", bounds=[(0.0, 5.0)] * 2).x
    return float(found[0]), float(found[1])
