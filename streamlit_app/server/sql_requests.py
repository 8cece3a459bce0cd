"""What the SQL lab's components ask by themselves, without Streamlit: previews while somebody types, and what a table's
columns hold.

The routes pass the request on to the analytics API with the token from the session cookie; that API decides who may ask
and what a preview may cost. A statement that is wrong, or cannot run now, is no error: nothing is shown then (204).
"""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from functools import cache
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from contracts.sql import SqlAsk
from contracts.sql_parameters import declared_values
from streamlit_app.client.environment import analytics_api_url, are_limits_on
from streamlit_app.client.service_client import headers_for
from streamlit_app.server.json_requests import Refused, read_body, token_of

MOST_BODY_BYTES = 64 * 1024
PATIENCE_SECONDS = 5.0
KEPT_OPEN_SECONDS = 2.0
# Somebody who types causes about three a second, and whoever opens tables as fast as they can five.
MOST_OF_ONE, MOST_OF_ALL = 10, 100

TABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}")
# A statement that is wrong or too slow; that was ended, or finds no free processor; a lab that is off or not ready.
NOTHING_TO_SHOW = {409, 422, 429, 503}
NOT_RUN = "StatementNotAllowed"


class Allowance:
    """How many requests are let through in each second, of one sign-in and of all together."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._second = 0
        self._counts: Counter[str] = Counter()

    def take(self, token: str) -> None:
        """Raises Refused above the limit."""
        if (second := int(self._clock())) != self._second:
            self._second, self._counts = second, Counter()
        if self._counts[token] >= MOST_OF_ONE or self._counts.total() >= MOST_OF_ALL:
            raise Refused(429, "These are too many requests. Please try again in a second.")
        self._counts[token] += 1


allowance = Allowance()


@cache
def http_client() -> httpx.AsyncClient:
    """Returns the shared client. verify=False: the service uses plain HTTP, and loading the certificates takes long."""
    limits = httpx.Limits(keepalive_expiry=KEPT_OPEN_SECONDS)
    return httpx.AsyncClient(
        base_url=analytics_api_url(),
        timeout=PATIENCE_SECONDS,
        limits=limits,
        trust_env=False,
        verify=False,  # noqa: S501
    )


async def preview(request: Request) -> Response:
    """POST `{"sql", "parameters"?}`: answers with the first rows, as POST /sql of the analytics API does. A parameter
    without a value has the default that a comment declares. 204 when there are no rows to show, because the statement
    is not complete, is wrong or takes too long, or no processor is free."""
    try:
        token = _token(request)
        ask = await _statement(request)
        return await _while_connected(request, _first_rows(token, ask))
    except Refused as refused:
        return _refusal(refused)


async def summary(request: Request) -> Response:
    """GET: answers as GET /sql/schema/{table} of the analytics API does."""
    try:
        token, table = _token(request), request.path_params["table"]
        if not TABLE.fullmatch(table):
            raise Refused(404, "There is no table of this name.")
        return _passed_on(await _asked("GET", f"/sql/schema/{table}", token))
    except Refused as refused:
        return _refusal(refused)


def _token(request: Request) -> str:
    """Returns the token from the cookie. Raises Refused without one, and for too many requests with it."""
    token = token_of(request)
    if are_limits_on():
        allowance.take(token)
    return token


async def _statement(request: Request) -> SqlAsk:
    ask = await read_body(request, SqlAsk, MOST_BODY_BYTES, f"{MOST_BODY_BYTES // 1024} KiB", "statement")
    given = {**declared_values(ask.sql), **ask.parameters}
    return ask.model_copy(update={"preview": True, "id": None, "parameters": given})


async def _first_rows(token: str, ask: SqlAsk) -> Response:
    answer = await _asked("POST", "/sql", token, json=ask.model_dump(mode="json", exclude_unset=True))
    if answer.status_code in NOTHING_TO_SHOW or _envelope(answer).get("error") == NOT_RUN:
        return Response(status_code=204)
    return _passed_on(answer)


async def _asked(method: str, path: str, token: str, **what: Any) -> httpx.Response:
    try:
        return await http_client().request(method, path, headers=headers_for(token), **what)
    except httpx.TransportError:
        raise Refused(503, "The SQL lab cannot be reached at the moment.") from None


def _passed_on(answer: httpx.Response) -> Response:
    if not answer.is_success:
        raise Refused(answer.status_code, str(_envelope(answer).get("detail", "The SQL lab refused that.")))
    return Response(answer.content, media_type="application/json", headers={"Cache-Control": "no-store"})


def _envelope(answer: httpx.Response) -> dict[str, Any]:
    """Returns an error's envelope; nothing for an answer that is none."""
    try:
        told = {} if answer.is_success else answer.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


async def _while_connected(request: Request, answering: Coroutine[Any, Any, Response]) -> Response:
    """Returns the answer, or gives up when the browser closes the connection, because somebody types on."""
    answer = asyncio.ensure_future(answering)
    gone = asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait({answer, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():
            raise Refused(400, "The connection was closed.")
        return answer.result()
    finally:
        for task in (answer, gone):
            task.cancel()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _refusal(refused: Refused) -> Response:
    headers = {"Retry-After": "1"} if refused.status == 429 else None
    return JSONResponse({"detail": refused.detail}, refused.status, headers)


routes = [
    Route("/sql/preview", preview, methods=["POST"]),
    Route("/sql/schema/{table}", summary, methods=["GET"]),
]
