"""The pages' only client of the analytics API: the catalogue of analyses, answers with their age, and the SQL lab."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

import httpx
from pydantic import ValidationError

from contracts.analyses import AnalysisAnswer, AnalyticsHealth, CatalogueRead
from contracts.pages import Page
from contracts.sql import SqlAnswer, SqlAsk, SqlStatementRead, SqlTableRead
from contracts.sql_files import SqlFileAsk, SqlFileRead
from streamlit_app.client.environment import analytics_api_url
from streamlit_app.client.errors import AnalyticsAway, ApiError
from streamlit_app.client.service_client import ServiceClient
from streamlit_app.client.shared_answers import SharedAnswers

T = TypeVar("T")

# An answer takes milliseconds, plus at most two seconds when the replica must first catch up.
PATIENCE_SECONDS = 4.0
SLOW_SECONDS = 1.5
PAUSE_SECONDS = 10.0
# A statement may run for an hour, after others before it. The service ends it, or the person who waits cancels it.
WHILE_RUNNING = httpx.Timeout(3 * 3600.0, connect=2, pool=5)
AS_OF_NOW = {"Cache-Control": "no-cache"}
Parameters = Mapping[str, int | str]


@dataclass(frozen=True)
class TimedAnswer:
    """An answer, and when it arrived (by the monotonic clock)."""

    answer: AnalysisAnswer
    at: float = field(default_factory=time.monotonic)

    def age_seconds(self) -> float:
        """Returns how many seconds the numbers are behind the data API's database by now."""
        return self.answer.lag_seconds + time.monotonic() - self.at


class CircuitBreaker:
    """Stops requests to a hanging service for PAUSE_SECONDS after a call that was slow and got no answer, because
    otherwise every page would wait for the service in turn."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until = 0.0

    def call(self, ask: Callable[[], T]) -> T:
        """Returns the answer of `ask`. Raises AnalyticsAway; immediately, without asking, during a pause."""
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

    def catalogue(self) -> CatalogueRead:
        return self._asked(lambda: self._service.get("/analyses", CatalogueRead))

    def answer(self, slug: str, parameters: Parameters, *, as_of_now: bool) -> TimedAnswer:
        """Returns the answer to an analysis. With `as_of_now` the replica first takes in everything committed before
        the call, if it can within two seconds."""

        def ask() -> TimedAnswer:
            headers = AS_OF_NOW if as_of_now else None
            path = f"/analyses/{slug}"
            return TimedAnswer(self._asked(lambda: self._service.get(path, AnalysisAnswer, parameters, headers)))

        question = (slug, repr(parameters), as_of_now)
        return self._answers.get(question, ask) if self._answers else ask()

    # The SQL lab

    def sql_lab(self) -> str:
        """Returns `ok`, or why the SQL lab is off."""

        def ask() -> str:
            answer = self._service.send("GET", "/health", returns={503})  # 503: the replica does not follow
            try:
                return AnalyticsHealth.model_validate_json(answer.content).sql_lab
            except ValidationError:
                raise AnalyticsAway from None

        return self._asked(ask)

    def sql_tables(self) -> list[SqlTableRead]:
        return self._asked(lambda: self._service.get("/sql/schema", Page[SqlTableRead]).items)

    def run_statement(self, ask: SqlAsk) -> SqlAnswer:
        """Returns when the statement is over. Past the circuit breaker, because a statement may be slow."""
        with _without_signing_out():
            body = ask.model_dump(mode="json", exclude_unset=True)
            answer = self._service.send("POST", "/sql", json=body, timeout=WHILE_RUNNING)
            return SqlAnswer.model_validate_json(answer.content)

    def write_file(self, ask: SqlFileAsk) -> SqlFileRead:
        """Returns when the file is ready; the browser fetches it by its id."""
        with _without_signing_out():
            body = ask.model_dump(mode="json", exclude_unset=True)
            answer = self._service.send("POST", "/sql/files", json=body, timeout=WHILE_RUNNING)
            return SqlFileRead.model_validate_json(answer.content)

    def statement(self, id_: str) -> SqlStatementRead:
        return self._asked(lambda: self._service.get(f"/sql/{id_}", SqlStatementRead))

    def cancel_statement(self, id_: str) -> None:
        self._asked(lambda: self._service.send("DELETE", f"/sql/{id_}"))

    def _asked(self, ask: Callable[[], T]) -> T:
        with _without_signing_out():
            return breaker.call(ask)


@contextmanager
def _without_signing_out() -> Iterator[None]:
    """Only the data API decides whether a token is still valid. Signing the person out because of this service's 401
    would redraw the page, ask again and never end."""
    try:
        yield
    except ApiError as error:
        if error.status == 401:
            raise AnalyticsAway from None
        raise
