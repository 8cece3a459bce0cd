"""Gives every request an id, which is the same in the answer, in the log and in the change feed."""

import re
import time
from collections.abc import Callable
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUEST_ID_HEADER = "X-Request-ID"
ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{1,64}")
QUIET_PATHS = {"/health"}

log = structlog.get_logger()


def request_id_of(scope: Scope) -> str:
    """Returns the id of this request, and assigns one if it has none yet."""
    state = scope.setdefault("state", {})
    if "request_id" not in state:
        sent = Headers(scope=scope).get(REQUEST_ID_HEADER, "")
        state["request_id"] = sent if ACCEPTABLE.fullmatch(sent) else uuid4().hex
    return str(state["request_id"])


class RequestIds:
    """Middleware: uses the `X-Request-ID` of the request if it is well-formed, else a new id; writes one log line per
    request."""

    def __init__(self, app: ASGIApp, clock: Callable[[], float] = time.perf_counter) -> None:
        self.app = app
        self.clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = request_id_of(scope)
        began = self.clock()
        status = 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers[REQUEST_ID_HEADER] = request_id
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        try:
            await self.app(scope, receive, send_with_id)
        finally:
            if scope["path"] not in QUIET_PATHS:
                log.info(
                    "request",
                    method=scope["method"],
                    path=scope["path"],
                    status=status,
                    ms=round((self.clock() - began) * 1000, 1),
                    request_id=request_id,
                    person_id=scope["state"].get("person_id"),
                )
