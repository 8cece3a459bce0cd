"""Softmax regression on unit vectors, by accelerated gradient descent.

The method is Nesterov's (1983), with the step 1/L for the logistic loss (Böhning 1992: its curvature is at most half of
the squared length). A library would take 90 MB of memory for what thirty lines over three matrices do (ADR 16).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_api.texts.encoder import Vectors

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

PENALTY = 0.003  # chosen by cross-validation over the examples that come with Lodge
MOST_STEPS = 2_000
FLAT = 1e-5  # converged when no component of the gradient is larger


def softmax(scores: Floats) -> Floats:
    """Returns the softmax of each row."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    result: Floats = powers / powers.sum(axis=1, keepdims=True)
    return result


def _with_constant(vectors: Vectors) -> Floats:
    return np.column_stack([vectors, np.ones(len(vectors))]).astype(np.float64)


@dataclass(frozen=True)
class Regression:
    """`weights` has the shape (513, classes); the last row belongs to the constant."""

    weights: Floats

    def probabilities(self, vectors: Vectors) -> Floats:
        """Returns an array (n, classes)."""
        return softmax(_with_constant(vectors) @ self.weights)


def fit(vectors: Vectors, classes: Integers, importance: Floats, count: int) -> Regression:
    """Trains a regression. `classes` is the class of each vector, 0 to `count` - 1; `importance` is how much each
    vector counts, relative to the others."""
    inputs = _with_constant(vectors)
    wanted = np.eye(count)[classes]
    share = (importance / importance.sum())[:, None]
    # The constant is not penalised: how frequent a class is says nothing about its words.
    penalty = np.full((inputs.shape[1], 1), PENALTY)
    penalty[-1] = 0
    step = 1 / (0.5 * 2 + PENALTY)  # a unit vector and the constant have the squared length 2
    weights = ahead = np.zeros((inputs.shape[1], count))
    momentum = 1.0
    for _ in range(MOST_STEPS):
        slope = inputs.T @ ((softmax(inputs @ ahead) - wanted) * share) + penalty * ahead
        if np.abs(slope).max() < FLAT:
            break
        before, weights = weights, ahead - step * slope
        next_momentum = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        ahead = weights + (momentum - 1) / next_momentum * (weights - before)
        momentum = next_momentum
    return Regression(weights)
