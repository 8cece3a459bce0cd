"""Vectors that tell reports apart."""

from functools import cache

import numpy as np

from data_api.texts.encoder import Vectors, get_encoder
from data_api.texts.starting_texts import starting_texts

# A hundredth of the dimensions, as the authors advise.
STRONGEST = 5


@cache
def _in_common() -> tuple[Vectors, Vectors]:
    """What all reports have in common: the mean of those that come with Lodge, (512,), and the directions in which they
    differ most, (5, 512), which tell the language and the tone rather than the problem."""
    texts = [row["text"] for name in ("examples", "golden") for row in starting_texts(name)]
    vectors = get_encoder().encode(texts)
    centre: Vectors = vectors.mean(axis=0)
    directions: Vectors = np.linalg.svd(vectors - centre, full_matrices=False)[2][:STRONGEST]
    return centre, directions


def centred(vectors: Vectors) -> Vectors:
    """(n, 512), each of length 1: without what reports have in common, as all-but-the-top (Mu and Viswanath 2018)."""
    centre, directions = _in_common()
    moved = vectors - centre
    moved = moved - (moved @ directions.T) @ directions
    result: Vectors = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    return result
