"""Tabs of one person that ask the same at the same moment share one request and its answer."""

import time
from collections.abc import Callable

from service_kit.single_flight import SingleFlight

HOLDS_SECONDS = 1.0
MOST_KEPT = 32


class SharedAnswers(SingleFlight):
    """Holds each answer, also a refusal, until `forget`, which is called when something changed, and for a second at
    most: long enough for the tabs that all redraw after one change."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(MOST_KEPT, seconds=HOLDS_SECONDS, keeps_failures=True, clock=clock)
