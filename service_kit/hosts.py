"""Middleware of the APIs: which names they answer to, and from whose pages they take something."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from service_kit.errors import envelope
from service_kit.origins import CHANGE_NOTHING, refused_way


class KnownHosts:
    """Where people enter without a password: 400 for a Host that is not ours, 403 for what came through a proxy."""

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
    """403 for what a page of another origin sends, before anything of it is counted. It could read no answer, but use
    up what the visitor's address may do. Programs name no origin; the services' own documentation names theirs."""

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
    """The scheme is not compared: a proxy may have ended TLS."""
    try:
        return all(urlsplit(origin).netloc == headers.get("host") for origin in headers.getlist("origin"))
    except ValueError:
        return False
