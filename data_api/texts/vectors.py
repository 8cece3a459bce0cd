"""The vectors by which reports are compared with each other."""

from functools import cache

import numpy as np

from data_api.texts.encoder import VERSION, Vectors, get_encoder
from data_api.texts.starting_texts import digest, starting_texts

# How many directions are removed: a hundredth of the dimensions, as the authors advise.
STRONGEST = 5
TYPICAL = ("examples", "check_texts")
# Changes whenever the vectors of texts do: those of before cannot be compared with those of now.
MADE_BY = f"encoder {VERSION}, texts {digest(*TYPICAL)}"


@cache
def _in_common() -> tuple[Vectors, Vectors]:
    """Returns what all reports have in common: the mean vector of the texts that come with Lodge, (512,), and the
    directions in which these texts differ most, (5, 512). The directions have to do with language and tone rather than
    with the problem."""
    texts = [row["text"] for name in TYPICAL for row in starting_texts(name)]
    vectors = get_encoder().encode(texts)
    centre: Vectors = vectors.mean(axis=0)
    directions: Vectors = np.linalg.svd(vectors - centre, full_matrices=False)[2][:STRONGEST]
    return centre, directions


def centred(vectors: Vectors) -> Vectors:
    """Returns an array (n, 512) of vectors of length 1, from which everything that all reports have in common is
    removed ("all-but-the-top", Mu and Viswanath 2018)."""
    centre, directions = _in_common()
    moved = vectors - centre
    moved = moved - (moved @ directions.T) @ directions
    result: Vectors = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    return result
