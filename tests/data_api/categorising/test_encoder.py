"""One encoder for all threads of the process; who has many texts takes batches."""

import numpy as np
import pytest

from data_api.texts.encoder import BATCH_CHARACTERS, BATCH_TEXTS, DIMENSIONS, LONGEST, _batches, get_encoder

SHORT, LONG = "The lift is stuck again.", "x" * LONGEST


@pytest.mark.parametrize("texts", [[SHORT], [SHORT] * 30, [LONG] * 3, [SHORT, LONG, SHORT, SHORT, LONG]])
def test_a_batch_is_short(texts: list[str]) -> None:
    batches = list(_batches(texts))
    assert [text for batch in batches for text in batch] == texts
    assert all(0 < len(batch) <= BATCH_TEXTS and sum(map(len, batch)) <= BATCH_CHARACTERS for batch in batches)


def test_many_texts_have_the_vectors_that_each_has_alone() -> None:
    texts = [f"{SHORT} Hall {number}." for number in range(2 * BATCH_TEXTS + 1)]
    together = get_encoder().encode(texts)
    assert together.shape == (len(texts), DIMENSIONS)
    alone = np.concatenate([get_encoder().encode([text]) for text in texts])
    assert np.allclose(together, alone, atol=1e-5)
