"""Middleware of the APIs that checks the host name and the origin of requests."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from service_kit.errors import envelope
from service_kit.origins import CHANGE_NOTHING, refused_way


class KnownHosts:
    """Used where people sign in without a password. Answers 400 if the Host header is not one of `names`, and 403 if
    the request came through a proxy."""

    def __init__(self, app: ASGIApp, names: frozenset[str]) -> None:
        self.app = app
        self.names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = refused_way(scope, self.names) if scope["type"] == "http" else None
        if refused:
            await envelope(Request(scope), *refused)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


class OwnPages:
    """Answers 403 to a request that may change something and comes from a page of another origin, before any limit
    counts it. Such a page could not read the answer, but it could use up the visitor's rate limits. Programs send no
    Origin header; the API's documentation page sends the service's own origin."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        changes = scope["type"] == "http" and scope["method"] not in CHANGE_NOTHING
        if changes and not _is_own(Headers(scope=scope)):
            sentence = "This came from a page elsewhere; programs leave out the header Origin."
            await envelope(Request(scope), 403, "ForeignPage", sentence)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


def _is_own(headers: Headers) -> bool:
    """Whether every Origin header names the requested host. Schemes are not compared, because a proxy may have ended
    TLS."""
    try:
        return all(urlsplit(origin).netloc == headers.get("host") for origin in headers.getlist("origin"))
    except ValueError:
        return False
