"""Gives one answer to all callers that ask the same question at the same time: it is computed or fetched once."""

import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar, cast

T = TypeVar("T")


class SingleFlight:
    """Keeps at most `most` answers, each for `seconds`, or until `forget`. Without `seconds`, answers are kept as long
    as there is room, so the question must contain everything that its answer depends on. One object serves all threads.

    If an answer fails, all callers that wait for it get the same error. With `keeps_failures`, later callers get it
    too, for as long as an answer is kept; without it, they try again.
    """

    def __init__(
        self,
        most: int,
        *,
        seconds: float = math.inf,
        keeps_failures: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most = most
        self._seconds = seconds
        self._keeps_failures = keeps_failures
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[object, tuple[float, Future[Any]]] = {}

    def get(self, question: object, answer: Callable[[], T]) -> T:
        """Returns the kept answer, or calls `answer` for a new one. Raises what `answer` raises."""
        future, is_first = self._place(question)
        if is_first:
            try:
                future.set_result(answer())
            except BaseException as error:
                future.set_exception(error)
                if not self._keeps_failures:
                    self._drop(question, future)
        return cast("T", future.result())

    def forget(self) -> None:
        """Forgets all answers. Callers from now on get a new answer, even if one is still being computed for earlier
        callers."""
        with self._lock:
            self._kept = {}

    def _place(self, question: object) -> tuple[Future[Any], bool]:
        with self._lock:
            now = self._clock()
            kept = self._kept.get(question)
            if kept is not None and now - kept[0] < self._seconds:
                return kept[1], False
            self._kept.pop(question, None)
            if len(self._kept) >= self._most:
                del self._kept[next(iter(self._kept))]  # the oldest
            future: Future[Any] = Future()
            self._kept[question] = (now, future)
            return future, True

    def _drop(self, question: object, future: Future[Any]) -> None:
        with self._lock:
            if (kept := self._kept.get(question)) is not None and kept[1] is future:
                del self._kept[question]
