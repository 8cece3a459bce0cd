"""Middleware of the APIs: checks the host name and the origin of requests, and adds the security headers to answers."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service_kit.errors import envelope
from service_kit.origins import CHANGE_NOTHING, refused_way
from service_kit.security_headers import FOR_DATA, policy_of_documentation


class KnownHosts:
    """Answers 400 if the Host header is not one of `names`, and with `refuses_proxies` 403 if the request came through
    a proxy."""

    def __init__(self, app: ASGIApp, names: frozenset[str], *, refuses_proxies: bool) -> None:
        self.app = app
        self.names = names
        self.refuses_proxies = refuses_proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (refused := refused_way(scope, self.names, self.refuses_proxies)):
            await envelope(Request(scope), *refused)(scope, receive, send)
        else:
            await self.app(scope, receive, send)


class SecurityHeaders:
    """Adds the security headers to every answer. `more` are headers of this installation. `documentation` is the path
    of the service's only page, whose inline script gets a policy of its own."""

    def __init__(self, app: ASGIApp, more: dict[str, str], documentation: str) -> None:
        self.app = app
        self.documentation = documentation
        self.headers = [(name.lower().encode(), value.encode()) for name, value in (FOR_DATA | more).items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        held: list[Message] = []

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self.headers]
                if scope["path"] == self.documentation:
                    held.append(message)  # until its page is known
                    return
            elif held:
                start = held.pop()
                page = message.get("body", b"").decode()
                MutableHeaders(scope=start)["Content-Security-Policy"] = policy_of_documentation(page)
                await send(start)
            await send(message)

        await self.app(scope, receive, send_with_headers)


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
