"""The same question about the same data is computed once, however many ask it at once."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

T = TypeVar("T")

MOST_KEPT = 256


class OnceEach(Generic[T]):
    """What is kept belongs to questions that may be asked again: a `question` includes what it was asked about."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[object, Future[T]] = {}

    def answer(self, question: object, compute: Callable[[], T]) -> T:
        """Raises what `compute` raises, to all who waited for it; the next one tries again."""
        with self._lock:
            known = self._kept.get(question)
            future = known or Future[T]()
            if known is None:
                self._kept[question] = future
                if len(self._kept) > MOST_KEPT:
                    del self._kept[next(iter(self._kept))]
        if known is not None:
            return known.result()
        try:
            future.set_result(compute())
        except BaseException as error:
            future.set_exception(error)
            with self._lock:
                self._kept.pop(question, None)
        return future.result()
