"""The vote of the nearest examples (Cover and Hart 1967), in which nearer examples count more (Dudani 1976)."""

from dataclasses import dataclass

import numpy as np

from data_api.learning.regression import Floats, Integers
from data_api.texts.encoder import Vectors

NEAREST = 10
# An example whose similarity is higher by this much counts e times as much.
SHARPNESS = 0.07
# Every class gets this many votes in addition, so that no class has the share 0.
PRIOR = 0.3


@dataclass(frozen=True)
class Neighbours:
    """Examples as unit vectors, with the class of each and how much it counts."""

    vectors: Vectors
    classes: Integers
    importance: Floats

    def nearest(self, vectors: Vectors, leave_out: Integers | None = None) -> tuple[Integers, Floats]:
        """Returns, for each vector, the positions of the examples that count most and their similarities, in no
        particular order. `leave_out` holds, for each vector, the position of an example that must not vote, or -1."""
        similar = vectors @ self.vectors.T
        if leave_out is not None:
            rows = np.flatnonzero(leave_out >= 0)
            similar[rows, leave_out[rows]] = -np.inf
        count = min(NEAREST, len(self.vectors) - (leave_out is not None))
        weighed = similar + SHARPNESS * np.log(self.importance).astype(np.float32)
        found = np.argpartition(-weighed, count - 1, axis=1)[:, :count]
        return found, np.take_along_axis(similar, found, axis=1).astype(np.float64)

    def vote(self, found: Integers, similar: Floats, count: int) -> Floats:
        """Returns an array (n, classes): each class's share in the votes of the nearest examples."""
        strength = np.exp((similar - 1) / SHARPNESS) * self.importance[found]
        votes = np.stack([(strength * (self.classes[found] == each)).sum(axis=1) for each in range(count)], axis=1)
        shares = votes / votes.sum(axis=1, keepdims=True)
        cast = found.shape[1]
        result: Floats = (shares * cast + PRIOR) / (cast + PRIOR * count)
        return result
