"""What the timer and a ticket's block "Time" ask for, and change. The browser sends it by itself, without Streamlit, as
the board does (ADR 56): no page waits for it, and a timer can be stopped while a page is being drawn.

Everything is passed on to the data API, which decides who may do what.
"""

from typing import Any, Literal

import httpx
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from contracts.base import Id
from contracts.errors import ErrorEnvelope
from contracts.time_tracking import TimeEntryCreate, TimeEntryUpdate, TimerChange
from streamlit_app.client.errors import DeskAway
from streamlit_app.client.service_client import headers_for
from streamlit_app.server.json_requests import TOO_LONG, Refused, id_in_path, read_body, token_of, visitor_of
from streamlit_app.server.live_updates import http_client, subscription_of

MOST_BODY_BYTES = 8_000
PATIENCE_SECONDS = 10.0
NO_STORE = {"Cache-Control": "no-store"}
GONE = "There is no such ticket."


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class TimerWish(Strict):
    """`key` is an idempotency key: a stop that is sent again makes no second entry."""

    ticket: Id
    change: TimerChange
    key: str = Field(pattern="^[0-9a-f]{32}$")


class EntryWish(Strict):
    """Exactly one of `add`, which needs `ticket`, and `correct` or `delete`, which need `entry`."""

    key: str = Field(pattern="^[0-9a-f]{32}$")
    ticket: Id | None = None
    entry: Id | None = None
    add: TimeEntryCreate | None = None
    correct: TimeEntryUpdate | None = None
    delete: Literal[True] | None = None

    def request(self) -> tuple[str, str, BaseModel | None]:
        """Returns method, path and body for the data API. Raises Refused."""
        match self:
            case EntryWish(ticket=int(), add=TimeEntryCreate(), entry=None, correct=None, delete=None):
                return "POST", f"/tickets/{self.ticket}/time", self.add
            case EntryWish(entry=int(), correct=TimeEntryUpdate(), ticket=None, add=None, delete=None):
                return "PATCH", f"/time/{self.entry}", self.correct
            case EntryWish(entry=int(), delete=True, ticket=None, add=None, correct=None):
                return "DELETE", f"/time/{self.entry}", None
        raise Refused(422, "This says nothing to do.")


async def my_timers(request: Request) -> Response:
    """GET: answers as GET /me/timer of the data API does."""
    return await _read(request, "/me/timer")


async def time_of_ticket(request: Request) -> Response:
    """GET: answers as GET /tickets/{id}/time does."""
    return await _read_of_ticket(request, "time")


async def changes_of_ticket(request: Request) -> Response:
    """GET: answers as GET /tickets/{id}/time/changes does."""
    return await _read_of_ticket(request, "time/changes")


async def change_timer(request: Request) -> Response:
    """POST: answers as POST /tickets/{id}/timer does."""
    try:
        wish = await read_body(request, TimerWish, MOST_BODY_BYTES, f"{MOST_BODY_BYTES:,} bytes", "change of a timer")
        return await _change(request, "POST", f"/tickets/{wish.ticket}/timer", wish.change, wish.key)
    except Refused as refused:
        return _refusal(refused)


async def change_entry(request: Request) -> Response:
    """POST: adds, corrects or deletes an entry, and answers as the data API does."""
    try:
        wish = await read_body(request, EntryWish, MOST_BODY_BYTES, f"{MOST_BODY_BYTES:,} bytes", "change of an entry")
        return await _change(request, *wish.request(), wish.key)
    except Refused as refused:
        return _refusal(refused)


async def _read_of_ticket(request: Request, what: str) -> Response:
    try:
        ticket = id_in_path(request, "ticket", GONE)
    except Refused as refused:
        return _refusal(refused)
    return await _read(request, f"/tickets/{ticket}/{what}")


async def _read(request: Request, path: str) -> Response:
    try:
        token = token_of(request)
        params = {name: given for name in ("cursor", "limit") if (given := request.query_params.get(name))}
        return _passed_on(await _asked(request, token, "GET", path, params=params))
    except Refused as refused:
        return _refusal(refused)


async def _change(request: Request, method: str, path: str, body: BaseModel | None, key: str) -> Response:
    token = token_of(request)
    sent = {"json": body.model_dump(mode="json", exclude_unset=True)} if body else {}
    keyed = {"Idempotency-Key": key} if method == "POST" else {}
    answer = await _asked(request, token, method, path, keyed, **sent)
    if found := subscription_of(token):
        found.answers.forget()
    return _passed_on(answer)


async def _asked(
    request: Request, token: str, method: str, path: str, headers: dict[str, str] | None = None, **what: Any
) -> httpx.Response:
    headers = headers_for(token, visitor_of(request)) | (headers or {})
    try:
        return await http_client().request(method, path, headers=headers, timeout=PATIENCE_SECONDS, **what)
    except httpx.InvalidURL:
        raise Refused(414, TOO_LONG) from None
    except httpx.TransportError:
        raise Refused(503, DeskAway.words) from None


def _passed_on(answer: httpx.Response) -> Response:
    """Returns the answer. Of an error, `detail` is the sentence for people, and `stale` says whether somebody else
    changed the entry meanwhile."""
    if answer.status_code == httpx.codes.NO_CONTENT:
        return Response(status_code=204)
    if answer.is_success:
        return Response(answer.content, answer.status_code, NO_STORE, media_type="application/json")
    try:
        envelope = ErrorEnvelope.model_validate_json(answer.content)
    except ValueError:
        return JSONResponse({"detail": DeskAway.words}, answer.status_code, NO_STORE)
    told = {"detail": envelope.detail, "stale": envelope.error == "StaleVersion"}
    return JSONResponse(told, answer.status_code, NO_STORE)


def _refusal(refused: Refused) -> Response:
    return JSONResponse({"detail": refused.detail}, refused.status, NO_STORE)


routes = [
    Route("/time/timer", my_timers, methods=["GET"]),
    Route("/time/timer", change_timer, methods=["POST"]),
    Route("/time/tickets/{ticket}", time_of_ticket, methods=["GET"]),
    Route("/time/tickets/{ticket}/changes", changes_of_ticket, methods=["GET"]),
    Route("/time/entries", change_entry, methods=["POST"]),
]
