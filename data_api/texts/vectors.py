"""Vectors by which reports are compared."""

from functools import cache

import numpy as np

from data_api.texts.encoder import Vectors, get_encoder
from data_api.texts.starting_texts import starting_texts

# How many directions: a hundredth of the dimensions, as the authors advise.
STRONGEST = 5


@cache
def _in_common() -> tuple[Vectors, Vectors]:
    """What all reports have in common: the mean vector of the texts that Lodge brings, (512,), and the directions in
    which those differ most, (5, 512), which have to do with language and tone rather than with the problem."""
    texts = [row["text"] for name in ("examples", "check_texts") for row in starting_texts(name)]
    vectors = get_encoder().encode(texts)
    centre: Vectors = vectors.mean(axis=0)
    directions: Vectors = np.linalg.svd(vectors - centre, full_matrices=False)[2][:STRONGEST]
    return centre, directions


def centred(vectors: Vectors) -> Vectors:
    """(n, 512), each of length 1, without what all reports have in common ("all-but-the-top", Mu and Viswanath
    2018)."""
    centre, directions = _in_common()
    moved = vectors - centre
    moved = moved - (moved @ directions.T) @ directions
    result: Vectors = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    return result
