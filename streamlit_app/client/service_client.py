"""How the pages call a service over HTTP: pooled connections, time-outs, typed responses, and one kind of error."""

import re
from collections.abc import Container, Mapping
from functools import cache
from typing import Any, TypeVar
from uuid import uuid4

import httpx
from pydantic import BaseModel, ValidationError

from contracts.errors import ErrorEnvelope
from service_kit.visitors import visitor_header
from streamlit_app.client.environment import home
from streamlit_app.client.errors import ApiError, ServiceAway
from streamlit_app.client.shared_answers import SharedAnswers

Model = TypeVar("Model", bound=BaseModel)
Query = Mapping[str, Any]
Headers = Mapping[str, str]

PATIENCE_SECONDS = 10.0
# What a header can hold of a cookie, in which anything may be. The services know no token with other characters.
TOKEN = re.compile(r"[\x21-\x7e]+")
AWAY_STATUSES = {502, 503, 504}
# Errors with such a status of a service that is there: only what was asked for cannot be had.
NOT_AWAY = {"AnalysisUnavailable"}
# The service closed the connection while it was idle in the pool, or the connection broke during the request.
CONNECTION_LOST = (httpx.NetworkError, httpx.RemoteProtocolError)


@cache
def pool(base_url: str, patience_seconds: float) -> httpx.Client:
    """Returns the connection pool of one service, shared by all sessions of this process."""
    return httpx.Client(
        base_url=base_url,
        timeout=httpx.Timeout(patience_seconds, connect=2, pool=5),
        limits=httpx.Limits(max_connections=100, max_keepalive_connections=50),
        trust_env=False,
    )


def headers_for(token: str | None, visitor: str | None = None) -> dict[str, str]:
    """Returns the headers that say for whom a request is made: the person's token, and their network address
    (`visitor`). With a token that cannot be one, the request is made for nobody."""
    person = {"Authorization": f"Bearer {token}"} if token and TOKEN.fullmatch(token) else {}
    return person | (visitor_header(visitor, home()) if visitor else {})


class ServiceClient:
    """The service at `url`, as one person sees it. Raises ApiError, and `away` when nothing answers.

    With `answers`, tabs that send the same request at the same moment share its response.
    """

    def __init__(
        self,
        url: str,
        away: type[ServiceAway],
        token: str | None,
        answers: SharedAnswers | None = None,
        patience_seconds: float = PATIENCE_SECONDS,
        visitor: str | None = None,
    ) -> None:
        self._pool = pool(url, patience_seconds)
        self._away = away
        self._headers = headers_for(token, visitor)
        self._answers = answers

    def get(self, path: str, model: type[Model], query: Query | None = None, headers: Headers | None = None) -> Model:
        params = {name: value for name, value in (query or {}).items() if value not in (None, "", [], ())}

        def ask() -> Model:
            return model.model_validate_json(self.send("GET", path, params=params, headers=headers).content)

        question = (path, repr(params))
        return self._answers.get(question, ask) if self._answers else ask()

    def post(self, path: str, body: BaseModel, model: type[Model], key: str | None) -> Model:
        headers = {"Idempotency-Key": key or uuid4().hex}
        sent = body.model_dump(mode="json", exclude_unset=True)
        return model.model_validate_json(self.send("POST", path, json=sent, headers=headers).content)

    def patch(self, path: str, change: BaseModel, model: type[Model]) -> Model:
        sent = change.model_dump(mode="json", exclude_unset=True)
        return model.model_validate_json(self.send("PATCH", path, json=sent).content)

    def send(
        self,
        method: str,
        path: str,
        headers: Headers | None = None,
        *,
        changes: bool = True,
        returns: Container[int] = (),
        **what: Any,
    ) -> httpx.Response:
        """Sends a request and returns its response, also one with an error status in `returns`. Clears the shared
        answers afterwards, unless the method is GET or `changes` is False."""
        request = self._pool.build_request(method, path, headers={**self._headers, **(headers or {})}, **what)
        try:
            answer = self._answer(request)
        finally:
            # Also after a failure, because the change may have been made.
            if self._answers and changes and method != "GET":
                self._answers.forget()
        if answer.status_code in returns:
            return answer
        if answer.is_error:
            told = _envelope(answer)
            if answer.status_code in AWAY_STATUSES and (told is None or told.error not in NOT_AWAY):
                raise self._away(told)
            raise ApiError(answer.status_code, told or _not_understood(answer))
        return answer

    def _answer(self, request: httpx.Request) -> httpx.Response:
        """Sends the request, and repeats it once after a lost connection. A PATCH is not repeated, because sending it
        twice could do harm."""
        try:
            return self._pool.send(request)
        except CONNECTION_LOST:
            if request.method == "PATCH":
                raise self._away from None
        except httpx.TransportError:
            raise self._away from None
        try:
            return self._pool.send(request)
        except httpx.TransportError:
            raise self._away from None


def _envelope(answer: httpx.Response) -> ErrorEnvelope | None:
    try:
        return ErrorEnvelope.model_validate_json(answer.content)
    except ValidationError:
        return None


def _not_understood(answer: httpx.Response) -> ErrorEnvelope:
    return ErrorEnvelope(
        error="UnknownAnswer",
        detail=f"The desk answered in a way that this page does not understand ({answer.status_code}).",
        request_id=answer.headers.get("X-Request-ID", ""),
    )
