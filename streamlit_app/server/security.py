"""Protects the pages' server: security headers, checks of host names and origins, and blocked routes."""

import html
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import streamlit
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service_kit.origins import CHANGE_NOTHING, came_through_proxy, refused_way
from service_kit.security_headers import HEADERS, inline_script_hashes, only_over_tls
from streamlit_app.client.environment import answered_names, is_closed_to_proxies, public_url

# The pages need only these routes of Streamlit, and /media for downloads. The others would accept files from strangers
# (upload_file), publish figures (metrics), run pages without a browser (agent), bypass our sign-in (auth), or serve
# what no page of ours has.
NEEDED_PATHS = frozenset({"/_stcore/health", "/_stcore/host-config", "/_stcore/stream"})
# The files that a page offers for download, under names that cannot be guessed.
DOWNLOADS = "/media/"
STREAMLITS_PATHS = ("/_stcore/", "/component/", "/auth/", "/oauth2callback")

USUAL_PORTS = {"http": 80, "https": 443}
ELSEWHERE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Helpdesk</title>
<p>Open the desk at <a href="{url}">{url}</a>; this is another address.</p></html>
"""


@cache
def content_security_policy() -> str:
    """Allows only the server's own files. The one inline script allowed, by its hash, is that of the installed
    Streamlit."""
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text("utf-8")
    return (
        f"default-src 'self'; script-src 'self' blob: {inline_script_hashes(page)}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
        "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    )


def refusal(scope: Scope) -> tuple[int, str] | None:
    """Returns status and sentence for a request that must be refused; None for any other.

    Browsers send the page's origin with every WebSocket and with every request that changes something, so there it must
    be ours: requests from a page on another port of this machine carry the visitor's cookie too. Foreign origins must
    not reach Streamlit for one more reason: it then asks an external host for this machine's address, and serves nobody
    meanwhile.
    """
    if refused := refused_way(scope, answered_names(), is_closed_to_proxies()):
        status, _, sentence = refused
        return status, sentence
    headers = Headers(scope=scope)
    if scope["path"].startswith(STREAMLITS_PATHS) and scope["path"] not in NEEDED_PATHS:
        return 404, "Not found."
    changes = scope["type"] == "websocket" or scope["method"] not in CHANGE_NOTHING
    ours = public_url() or _own_origin(scope, headers["host"])
    if changes and headers.getlist("origin") != [ours]:
        return 403, f"Open the desk at {ours}; this came from another address."
    return None


def _own_origin(scope: Scope, host: str) -> str:
    return f"{scope['scheme'].replace('ws', 'http', 1)}://{host}"


def opened_elsewhere(scope: Scope) -> str | None:
    """Returns the public address if a browser opens a page at another address, bypassing the proxy; otherwise None. At
    the other address the page's WebSocket would be refused, and the page would stay empty."""
    headers, url = Headers(scope=scope), public_url()
    if url is None or scope["type"] != "http" or not is_for_a_window(headers):
        return None
    public = urlsplit(url)
    names = {public.netloc, public.hostname, f"{public.hostname}:{public.port or USUAL_PORTS[public.scheme]}"}
    is_there = headers.get("host", "").lower() in names
    is_there |= came_through_proxy(scope)
    return None if is_there else url


def is_for_a_window(headers: Headers) -> bool:
    """Whether the browser wants a page to show. Sec-Fetch-Dest says so, but browsers send it only to https and to this
    machine; elsewhere Accept must do."""
    wanted = headers.get("sec-fetch-dest")
    return wanted == "document" if wanted else "text/html" in headers.get("accept", "")


def as_published(scope: Scope) -> Scope:
    """Returns the scope with the public address, for everything behind this middleware: cookies become Secure, and for
    Streamlit Host and Origin agree, whatever the proxy sent."""
    if (url := public_url()) is None:
        return scope
    scheme, _, host = url.partition("://")
    headers = [(name, value) for name, value in scope["headers"] if name != b"host"]
    seen = scheme if scope["type"] == "http" else scheme.replace("http", "ws", 1)
    return {**scope, "scheme": seen, "headers": [(b"host", host.encode()), *headers]}


class SecurityHeaders:
    """Middleware: adds the same security headers to every response."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                # An uploaded file brings a policy of its own, which forbids everything.
                headers.setdefault("Content-Security-Policy", content_security_policy())
                headers["Referrer-Policy"] = "same-origin"
                headers.update(HEADERS | only_over_tls(public_url()))
                if scope["path"].startswith(DOWNLOADS):
                    headers["Cache-Control"] = "no-store"
                if (public_url() or "").startswith("https:"):
                    # Streamlit sends its own cookies without Secure.
                    message["headers"] = [_secure(name, value) for name, value in message["headers"]]
            await send(message)

        await self.app(scope, receive, send_with_headers)


def _secure(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    is_open = name.lower() == b"set-cookie" and b"; secure" not in value.lower()
    return name, value + b"; Secure" if is_open else value


class Gate:
    """Middleware: passes on only requests that are not refused."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
        elif refused := refusal(scope):
            await _refuse(scope, receive, send, *refused)
        elif url := opened_elsewhere(scope):
            await HTMLResponse(ELSEWHERE.format(url=html.escape(url)), 403)(scope, receive, send)
        else:
            await self.app(as_published(scope), receive, send)


async def _refuse(scope: Scope, receive: Receive, send: Send, status: int, why: str) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": why})
    else:
        await JSONResponse({"detail": why}, status)(scope, receive, send)
