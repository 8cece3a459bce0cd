"""Signing in and out: the two routes that set and delete the session cookie.

A Streamlit page cannot set an HttpOnly cookie, so the browser posts here, and then reloads its page.
"""

import ssl
from functools import cache
from typing import Any

import httpx
from pydantic import ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from contracts.sessions import SessionCreate, SessionRead
from streamlit_app.client.environment import data_api_url
from streamlit_app.client.service_client import headers_for
from streamlit_app.server.cookies import cookie_name, drop_token, keep_token

MAX_BODY_BYTES = 10_000


async def enter(request: Request) -> Response:
    """POST `{"role", "name"?}`: signs in. Answers 204 with the cookie, or the data API's refusal."""
    if (wish := await _wish(request)) is None:
        return _refusal(422, "Choose a role, and a name of up to 100 characters if you like.")
    async with _client() as client:
        try:
            answer = await client.post(
                "/sessions",
                json=wish.model_dump(mode="json", exclude_none=True),
                headers=headers_for(None, request.client.host if request.client else None),
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


async def _wish(request: Request) -> SessionCreate | None:
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
        return SessionCreate.model_validate_json(body)
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


routes = [Route("/enter", enter, methods=["POST"]), Route("/leave", leave, methods=["POST"])]
