"""Middleware of the APIs: which names they answer to, and from whose pages they take something."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from service_kit.errors import envelope
from service_kit.origins import CHANGE_NOTHING, came_through_proxy, host_name


class KnownHosts:
    """Where people enter without a password: 400 for a Host that is not ours, 403 for what came through a proxy."""

    def __init__(self, app: ASGIApp, names: frozenset[str]) -> None:
        self.app = app
        self.names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif host_name(Headers(scope=scope).getlist("host")) not in self.names:
            sentence = "This desk does not answer to that name; an administrator can add it to LODGE_ALLOWED_HOSTS."
            await envelope(Request(scope), 400, "UnknownHost", sentence)(scope, receive, send)
        elif came_through_proxy(scope["http_version"], (name for name, _ in scope["headers"])):
            sentence = (
                "This desk has no passwords, so it refuses requests that come through a proxy. "
                "LODGE_CHOICE_ANYWHERE=yes allows them."
            )
            await envelope(Request(scope), 403, "ThroughProxy", sentence)(scope, receive, send)
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
