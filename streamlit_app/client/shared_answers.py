"""Tabs of one person that ask the same at the same moment share one request and its answer."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar, cast

T = TypeVar("T")

HOLDS_SECONDS = 1.0
MOST_KEPT = 32


class SharedAnswers:
    """Holds each answer until `forget`, which is called when something changed, and for a second at most: long enough
    for the tabs that all redraw after one change."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[object, tuple[float, Future[Any]]] = {}

    def get(self, question: object, ask: Callable[[], T]) -> T:
        """The answer, or the same refusal for all who wait for it."""
        future, is_first = self._place(question)
        if is_first:
            try:
                future.set_result(ask())
            except BaseException as error:
                future.set_exception(error)
        return cast("T", future.result())

    def forget(self) -> None:
        """Who asks from now on gets a new answer, even if an older question is still on its way."""
        with self._lock:
            self._kept = {}

    def _place(self, question: object) -> tuple[Future[Any], bool]:
        with self._lock:
            now = self._clock()
            if (kept := self._kept.get(question)) is not None and now - kept[0] < HOLDS_SECONDS:
                return kept[1], False
            if len(self._kept) >= MOST_KEPT:
                self._kept = {}
            future: Future[Any] = Future()
            self._kept[question] = (now, future)
            return future, True
