"""Signing in and out: the routes that set and delete the session cookie.

A Streamlit page cannot set an HttpOnly cookie, so the browser posts here, and then reloads its page. Where people sign
in with a password, the page does so for them and gets a code, and the browser fetches its token here with it. The code
is bound to the browser by a mark, a random cookie: otherwise somebody could sign others in as themselves.

With an identity provider, the browser goes there and comes back here (OpenID Connect). The data API makes the address
to go to, and checks what the provider says; this server only passes it on.
"""

import html
import secrets
import ssl
from functools import cache
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contracts.base import Name, Secret
from contracts.oidc import LocalAddress, OidcBegin, OidcBegun, OidcEnded, OidcFinish, OidcFinished
from contracts.people import Role
from contracts.sessions import HandOffRedeem, SessionCreate, SessionRead
from streamlit_app.client.environment import data_api_url, is_provider_used
from streamlit_app.client.service_client import headers_for
from streamlit_app.server.cookies import cookie_name, drop_token, fingerprint, keep_mark, keep_token, mark_name
from streamlit_app.server.json_requests import visitor_of
from streamlit_app.server.security import is_for_a_window

MAX_BODY_BYTES = 10_000
NO_COOKIES = "This browser keeps no cookies for this page. Allow them, and sign in again."
NO_WAY_BACK = "The page that you wanted has an address that is not one of this desk. Sign in on its first page."
AWAY = "The desk cannot be reached. Please try again in a moment."
STILL_INSIDE = "The desk cannot be reached, so you are still inside. Please try again in a moment."
STILL_AS_BEFORE = "The desk could not end your former sign-in, so you are still inside as before. Please try again."
NOT_UNDERSTOOD = "The desk gave an answer that cannot be read, so nobody is signed in. Please try again in a moment."
NOT_FINISHED = "You did not finish signing in with the campus's sign-in service, so nobody is signed in."
# Streamlit draws pages; this one stands alone, because the address that the browser is at must not stay.
PROBLEM = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Signing in did not work</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>:root {{ color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }}
main {{ max-width: 36rem; margin: 4rem auto; padding: 0 1rem }} h1 {{ font-size: 1.5rem; line-height: 1.25 }}</style>
<main><h1>Signing in did not work</h1><p>{sentence}</p><p><a href="/">Back to the sign-in page</a></p></main></html>
"""


class Choice(BaseModel):
    """What the cards of the entry page send."""

    model_config = ConfigDict(extra="forbid")

    role: Role
    name: Name | None = None


class Code(BaseModel):
    """What the browser sends after a page has signed somebody in."""

    model_config = ConfigDict(extra="forbid")

    code: Secret


class Wanted(BaseModel):
    """The page that somebody wanted who is sent to the identity provider."""

    model_config = ConfigDict(extra="forbid")

    to: LocalAddress = "/"


class Refusal(JSONResponse):
    def __init__(self, status: int, detail: str, retry_after: str | None = None) -> None:
        self.detail = detail
        super().__init__({"detail": detail}, status, {"Retry-After": retry_after} if retry_after else None)


class NotRevoked(Exception):
    """The data API refused to end a sign-in, so its token still works."""


Wish = TypeVar("Wish", bound=BaseModel)


async def enter(request: Request) -> Response:
    """POST `{"role", "name"?}`: signs in. Answers 204 with the cookie, or the data API's refusal."""
    if (choice := await _wish(request, Choice)) is None:
        return Refusal(422, "Choose a role, and a name of up to 100 characters if you like.")
    return await _sign_in(request, "/sessions", SessionCreate(role=choice.role, name=choice.name))


async def redeem(request: Request) -> Response:
    """POST `{"code"}`: fetches the token for which the page got this code. Answers as `enter` does."""
    wish, mark = await _wish(request, Code), request.cookies.get(mark_name(_host(request)))
    if wish is None or mark is None:
        return Refusal(422, NO_COOKIES)
    return await _sign_in(request, "/sessions/redeem", HandOffRedeem(code=wish.code, browser=fingerprint(mark)))


async def begin_oidc(request: Request) -> Response:
    """POST `{"to"?}`: begins to sign in with the identity provider. Answers `{"url"}`, where the browser goes."""
    wanted, mark = await _wish(request, Wanted), request.cookies.get(mark_name(_host(request)))
    if wanted is None:
        return Refusal(422, NO_WAY_BACK)
    if mark is None:
        return Refusal(422, NO_COOKIES)
    try:
        begin = OidcBegin(browser=fingerprint(mark), origin=_origin(request), return_to=wanted.to)
    except ValidationError:
        return Refusal(422, "Nobody can come back to this address of the desk. Open it at its usual one.")
    answer = await _ask(request, "/sessions/oidc/begin", begin, signs_in=False)
    begun = _read(answer, OidcBegun)
    return begun if isinstance(begun, Refusal) else JSONResponse({"url": begun.url})


async def finish_oidc(request: Request) -> Response:
    """GET `?state=…&code=…`: the identity provider sends the browser here. Leads to the page that was wanted, with the
    cookie, or says what is wrong on a page."""
    mark = request.cookies.get(mark_name(_host(request)))
    try:
        wish = OidcFinish(
            state=request.query_params["state"], code=request.query_params["code"], browser=fingerprint(mark or "")
        )
    except (KeyError, ValidationError):
        return _problem(400, NOT_FINISHED)
    if mark is None:
        return _problem(400, NO_COOKIES)
    finished = _read(await _ask(request, "/sessions/oidc/finish", wish), OidcFinished)
    if isinstance(finished, Refusal):
        return _problem(finished.status_code, finished.detail)
    response = RedirectResponse(finished.return_to, 303, {"Cache-Control": "no-store"})
    keep_token(response, _host(request), finished.token, finished.expires_at, secure=request.url.scheme == "https")
    return response


async def _sign_in(request: Request, path: str, wish: BaseModel) -> Response:
    entered = _read(await _ask(request, path, wish), SessionRead)
    if isinstance(entered, Refusal):
        return entered
    response = Response(status_code=204)
    keep_token(response, _host(request), entered.token, entered.expires_at, secure=request.url.scheme == "https")
    return response


async def leave(request: Request) -> Response:
    """POST: revokes the token in the data API, so that a copy of the cookie is worthless, and then deletes the cookie.
    Answers 204, or `{"url"}` where the browser signs out of the identity provider too."""
    async with _client() as client:
        try:
            url = await _revoke(client, request)
        except (httpx.TransportError, NotRevoked):
            return Refusal(503, STILL_INSIDE)
    response = JSONResponse({"url": url}) if url else Response(status_code=204)
    drop_token(response, _host(request), secure=request.url.scheme == "https")
    return response


async def _ask(request: Request, path: str, wish: BaseModel, *, signs_in: bool = True) -> httpx.Response | Refusal:
    """Posts to the data API for this visitor. If that `signs_in`, it ends the sign-in that they had."""
    visitor = headers_for(None, visitor_of(request))
    async with _client() as client:
        try:
            answer = await client.post(
                path,
                json=wish.model_dump(mode="json", exclude_none=True),
                headers={**visitor, "User-Agent": request.headers.get("user-agent", "")[:500]},
            )
            if answer.status_code != 201:
                return Refusal(answer.status_code, _reason(answer), answer.headers.get("Retry-After"))
            if signs_in:
                await _revoke(client, request)
        except httpx.TransportError:
            return Refusal(503, AWAY)
        except NotRevoked:
            return Refusal(503, STILL_AS_BEFORE)
    return answer


def _read(answer: httpx.Response | Refusal, kind: type[Wish]) -> Wish | Refusal:
    if isinstance(answer, Refusal):
        return answer
    try:
        return kind.model_validate_json(answer.content)
    except ValidationError:
        return Refusal(502, NOT_UNDERSTOOD)


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


async def _revoke(client: httpx.AsyncClient, request: Request) -> str | None:
    """Revokes the token in the cookie. Returns where the browser signs out of the identity provider, if anywhere.
    Raises NotRevoked if the data API refuses."""
    if (token := request.cookies.get(cookie_name(_host(request)))) is None:
        return None
    headers = headers_for(token)
    if is_provider_used():
        answer = await client.post("/sessions/oidc/end", json={"origin": _origin(request)}, headers=headers)
        if answer.status_code == 200:
            ended = _read(answer, OidcEnded)
            return None if isinstance(ended, Refusal) else ended.url
    # Also where the provider's part is refused, as for an address of the pages that cannot be one of a browser.
    answer = await client.delete("/sessions/current", headers=headers)
    if answer.status_code not in (204, 401):
        raise NotRevoked
    return None


def _reason(answer: httpx.Response) -> str:
    try:
        body: dict[str, Any] = answer.json()
    except ValueError:
        return "The desk did not understand that."
    return str(body.get("detail", "The desk refused that."))


def _host(request: Request) -> str:
    return request.headers.get("host", "")


def _origin(request: Request) -> str:
    return f"{request.url.scheme}://{_host(request).lower()}"


def _problem(status: int, sentence: str) -> HTMLResponse:
    return HTMLResponse(PROBLEM.format(sentence=html.escape(sentence)), status, {"Cache-Control": "no-store"})


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
    Route("/oidc/begin", begin_oidc, methods=["POST"]),
    Route("/oidc/callback", finish_oidc, methods=["GET"]),
]
