"""Limits the size of request bodies, and reads each body completely before anything else. The framework's own limit is
not used, because it answers in plain text instead of the envelope."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service_kit.errors import HTTP_NAMES, envelope

NO_LARGER_BODIES: Mapping[str, int] = MappingProxyType({})


def nothing_is_streamed(_method: str, _path: str) -> bool:
    return False


def _too_large(most: int) -> str:
    return f"The request is larger than the {most // 1024} KiB that this desk accepts."


class BoundedBodies:
    """Middleware: answers 413 if a body is larger than the limit; before reading it if Content-Length gives its size,
    otherwise while reading it.

    The application starts only when the whole body has arrived: a body that arrives slowly must not hold a connection
    to the database. `larger`: the limits in bytes of single paths that take more. `is_streamed`: whether the route of
    this method and path reads its body itself while it arrives, and limits it.
    """

    def __init__(
        self,
        app: ASGIApp,
        max_bytes: int,
        larger: Mapping[str, int] = NO_LARGER_BODIES,
        is_streamed: Callable[[str, str], bool] = nothing_is_streamed,
    ) -> None:
        self.app = app
        self.max_bytes = max_bytes
        self.larger = larger
        self.is_streamed = is_streamed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self.is_streamed(scope.get("method", ""), scope.get("path", "")):
            await self.app(scope, receive, send)
            return
        most = self.larger.get(scope.get("path", ""), self.max_bytes)
        length = Headers(scope=scope).get("content-length", "")
        is_too_large = length.isdecimal() and int(length) > most
        body, has_more = bytearray(), not is_too_large
        while has_more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            is_too_large = len(body) > most
            has_more = message.get("more_body", False) and not is_too_large
        if is_too_large:
            await envelope(Request(scope), 413, HTTP_NAMES[413], _too_large(most))(scope, receive, send)
            return
        whole: list[Message] = [{"type": "http.request", "body": bytes(body), "more_body": False}]

        async def receive_whole() -> Message:
            return whole.pop() if whole else await receive()

        await self.app(scope, receive_whole, send)
