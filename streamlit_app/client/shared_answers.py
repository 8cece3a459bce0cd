"""Lets the tabs of one person that send the same request at the same moment share one request and its response."""

import time
from collections.abc import Callable

from service_kit.single_flight import SingleFlight

HOLDS_SECONDS = 1.0
MOST_KEPT = 32


class SharedAnswers(SingleFlight):
    """Keeps each response, also a refusal, for one second or until `forget` is called after a change. One second is
    long enough for all tabs that redraw after the same change."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(MOST_KEPT, seconds=HOLDS_SECONDS, keeps_failures=True, clock=clock)
