"""Signing in and out: the routes that set and delete the session cookie.

A Streamlit page cannot set an HttpOnly cookie, so the browser posts here, and then reloads its page. Where people sign
in with a password, the page does so for them and gets a code, and the browser fetches its token here with it. The code
is bound to the browser by a mark, a random cookie: otherwise somebody could sign others in as themselves.
"""

import secrets
import ssl
from functools import cache
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contracts.base import Name, Secret
from contracts.people import Role
from contracts.sessions import HandOffRedeem, SessionCreate, SessionRead
from streamlit_app.client.environment import data_api_url
from streamlit_app.client.service_client import headers_for
from streamlit_app.server.cookies import cookie_name, drop_token, fingerprint, keep_mark, keep_token, mark_name
from streamlit_app.server.security import is_for_a_window

MAX_BODY_BYTES = 10_000


class Choice(BaseModel):
    """What the cards of the entry page send."""

    model_config = ConfigDict(extra="forbid")

    role: Role
    name: Name | None = None


class Code(BaseModel):
    """What the browser sends after a page has signed somebody in."""

    model_config = ConfigDict(extra="forbid")

    code: Secret


Wish = TypeVar("Wish", bound=BaseModel)


async def enter(request: Request) -> Response:
    """POST `{"role", "name"?}`: signs in. Answers 204 with the cookie, or the data API's refusal."""
    if (choice := await _wish(request, Choice)) is None:
        return _refusal(422, "Choose a role, and a name of up to 100 characters if you like.")
    return await _sign_in(request, "/sessions", SessionCreate(role=choice.role, name=choice.name))


async def redeem(request: Request) -> Response:
    """POST `{"code"}`: fetches the token for which the page got this code. Answers as `enter` does."""
    wish, mark = await _wish(request, Code), request.cookies.get(mark_name(_host(request)))
    if wish is None or mark is None:
        return _refusal(422, "This browser keeps no cookies for this page. Allow them, and sign in again.")
    return await _sign_in(request, "/sessions/redeem", HandOffRedeem(code=wish.code, browser=fingerprint(mark)))


async def _sign_in(request: Request, path: str, wish: BaseModel) -> Response:
    visitor = headers_for(None, request.client.host if request.client else None)
    async with _client() as client:
        try:
            answer = await client.post(
                path,
                json=wish.model_dump(mode="json", exclude_none=True),
                headers={**visitor, "User-Agent": request.headers.get("user-agent", "")[:500]},
            )
            if answer.status_code != 201:
                return _refusal(answer.status_code, _reason(answer), answer.headers.get("Retry-After"))
            await _revoke(client, request)
        except httpx.TransportError:
            return _refusal(503, "The desk cannot be reached. Please try again in a moment.")
    entered = SessionRead.model_validate_json(answer.content)
    response = Response(status_code=204)
    keep_token(response, _host(request), entered.token, entered.expires_at, secure=request.url.scheme == "https")
    return response


async def leave(request: Request) -> Response:
    """POST: revokes the token in the data API, so that a copy of the cookie is worthless, and then deletes the
    cookie."""
    async with _client() as client:
        try:
            await _revoke(client, request)
        except httpx.TransportError:
            return _refusal(503, "The desk cannot be reached, so you are still inside. Please try again in a moment.")
    response = Response(status_code=204)
    drop_token(response, _host(request), secure=request.url.scheme == "https")
    return response


def _client() -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=data_api_url(), timeout=10, trust_env=False, verify=_tls())


@cache
def _tls() -> ssl.SSLContext:
    """One context for all clients: creating one takes a tenth of a second, and blocks the event loop for everybody."""
    return ssl.create_default_context()


async def _wish(request: Request, kind: type[Wish]) -> Wish | None:
    """Returns the request's body; None if it is not valid. Accepts only JSON, which a form on another site cannot send
    without a CORS preflight."""
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        return None
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY_BYTES:
                return None
        return kind.model_validate_json(body)
    except (ValidationError, ClientDisconnect):
        return None


async def _revoke(client: httpx.AsyncClient, request: Request) -> None:
    if token := request.cookies.get(cookie_name(_host(request))):
        await client.delete("/sessions/current", headers={"Authorization": f"Bearer {token}"})


def _reason(answer: httpx.Response) -> str:
    try:
        body: dict[str, Any] = answer.json()
    except ValueError:
        return "The desk did not understand that."
    return str(body.get("detail", "The desk refused that."))


def _host(request: Request) -> str:
    return request.headers.get("host", "")


def _refusal(status: int, detail: str, retry_after: str | None = None) -> JSONResponse:
    return JSONResponse({"detail": detail}, status, {"Retry-After": retry_after} if retry_after else None)


class BrowserMarks:
    """Middleware: gives a browser that opens a page its mark, unless it has one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope) if scope["type"] == "http" else None
        if request is None or not is_for_a_window(request.headers) or mark_name(_host(request)) in request.cookies:
            await self._app(scope, receive, send)
            return
        marked = Response()
        keep_mark(marked, _host(request), secrets.token_urlsafe(16), secure=request.url.scheme == "https")

        async def send_with_mark(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("set-cookie", marked.headers["set-cookie"])
            await send(message)

        await self._app(scope, receive, send_with_mark)


routes = [
    Route("/enter", enter, methods=["POST"]),
    Route("/redeem", redeem, methods=["POST"]),
    Route("/leave", leave, methods=["POST"]),
]
