"""One encoder for all threads of the process; who has many texts takes turns."""

import numpy as np
import pytest

from data_api.texts.encoder import A_TURN, DIMENSIONS, LETTERS_OF_A_TURN, LONGEST, _turns, get_encoder

SHORT, LONG = "The lift is stuck again.", "x" * LONGEST


@pytest.mark.parametrize("texts", [[SHORT], [SHORT] * 30, [LONG] * 3, [SHORT, LONG, SHORT, SHORT, LONG]])
def test_a_turn_is_short(texts: list[str]) -> None:
    turns = list(_turns(texts))
    assert [text for turn in turns for text in turn] == texts
    assert all(0 < len(turn) <= A_TURN and sum(map(len, turn)) <= LETTERS_OF_A_TURN for turn in turns)


def test_many_texts_have_the_vectors_that_each_has_alone() -> None:
    texts = [f"{SHORT} Hall {number}." for number in range(2 * A_TURN + 1)]
    together = get_encoder().encode(texts)
    assert together.shape == (len(texts), DIMENSIONS)
    alone = np.concatenate([get_encoder().encode([text]) for text in texts])
    assert np.allclose(together, alone, atol=1e-5)
