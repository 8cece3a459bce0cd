"""Bodies are bounded. The framework counts the bytes as they come; what announces too much is refused here, so that
the answer has the envelope."""

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from service_kit.errors import HTTP_NAMES, HTTP_SENTENCES, envelope


class BoundedBodies:
    """Middleware: 413 for a Content-Length above the limit."""

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self.app = app
        self.max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        length = Headers(scope=scope).get("content-length", "") if scope["type"] == "http" else ""
        if length.isdecimal() and int(length) > self.max_bytes:
            answer = envelope(Request(scope), 413, HTTP_NAMES[413], HTTP_SENTENCES[413])
            await answer(scope, receive, send)
            return
        await self.app(scope, receive, send)
