"""The one client of the analytics API: the catalogue of questions, and their answers with their age."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from contracts.analyses import AnalysisAnswer, AnalysisRead
from contracts.pages import Page
from streamlit_app.client.environment import analytics_api_url
from streamlit_app.client.errors import AnalyticsAway, ApiError
from streamlit_app.client.service_client import ServiceClient
from streamlit_app.client.shared_answers import SharedAnswers

T = TypeVar("T")

# An answer takes milliseconds, and at most two seconds more when it must be as of now.
PATIENCE_SECONDS = 4.0
SLOW_SECONDS = 1.5
PAUSE_SECONDS = 10.0
AS_OF_NOW = {"Cache-Control": "no-cache"}
Parameters = Mapping[str, int | str]


@dataclass(frozen=True)
class TimedAnswer:
    """An answer, and when it came (by the monotonic clock)."""

    answer: AnalysisAnswer
    at: float = field(default_factory=time.monotonic)

    def age_seconds(self) -> float:
        """How far behind the desk the numbers are by now."""
        return self.answer.lag_seconds + time.monotonic() - self.at


class CircuitBreaker:
    """A service that hangs would hold up one page after the other: once it was slow and gave no answer, nobody asks it
    for a while."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until = 0.0

    def call(self, ask: Callable[[], T]) -> T:
        """Raises AnalyticsAway, at once while nobody is to ask."""
        began = self._clock()
        if began < self._until:
            raise AnalyticsAway
        try:
            return ask()
        except AnalyticsAway:
            if self._clock() - began > SLOW_SECONDS:
                self._until = self._clock() + PAUSE_SECONDS
            raise

    def reset(self) -> None:
        self._until = 0.0


breaker = CircuitBreaker()


class Analytics:
    """The analytics API as one person sees it. Each method raises ApiError, and AnalyticsAway when nothing answers."""

    def __init__(self, token: str | None, answers: SharedAnswers | None = None) -> None:
        self._service = ServiceClient(analytics_api_url(), AnalyticsAway, token, patience_seconds=PATIENCE_SECONDS)
        self._answers = answers

    def catalogue(self) -> list[AnalysisRead]:
        return self._asked(lambda: self._service.get("/analyses", Page[AnalysisRead]).items)

    def answer(self, slug: str, parameters: Parameters, *, as_of_now: bool) -> TimedAnswer:
        """With `as_of_now` it holds everything that was committed before; without, what the replica has anyway."""

        def ask() -> TimedAnswer:
            headers = AS_OF_NOW if as_of_now else None
            path = f"/analyses/{slug}"
            return TimedAnswer(self._asked(lambda: self._service.get(path, AnalysisAnswer, parameters, headers)))

        question = (slug, repr(parameters), as_of_now)
        return self._answers.get(question, ask) if self._answers else ask()

    def _asked(self, ask: Callable[[], T]) -> T:
        try:
            return breaker.call(ask)
        except ApiError as error:
            # Whether a token is still good is for the data API to say; leaving because of this would lead back here.
            if error.status == 401:
                raise AnalyticsAway from None
            raise
