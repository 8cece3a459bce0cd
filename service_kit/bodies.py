"""Bodies are bounded. The framework's own limit answers in plain text, outside the envelope, so it is not used."""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service_kit.errors import HTTP_NAMES, envelope


class BoundedBodies:
    """Middleware: 413 for a body above the limit, before it is read where its size is told, else while it is."""

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self.app = app
        self.max_bytes = max_bytes
        self.sentence = f"The request is larger than the {max_bytes // 1024} KiB that this desk accepts."

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        length = Headers(scope=scope).get("content-length", "") if scope["type"] == "http" else ""
        if length.isdecimal() and int(length) > self.max_bytes:
            answer = envelope(Request(scope), 413, HTTP_NAMES[413], self.sentence)
            await answer(scope, receive, send)
            return
        received = 0

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.max_bytes:
                raise HTTPException(413, self.sentence)
            return message

        await self.app(scope, receive_counted, send)
