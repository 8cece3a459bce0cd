"""Ends a request that takes long when its person may no longer do what it does."""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from analytics_api.errors import DataApiAway
from service_kit.errors import LodgeError, answer_error

# With the time for which an answer about a person is remembered, less than a second.
ASKS_EVERY_SECONDS = 0.25
CHECK = "check_access"

# Raises NotSignedIn or NotPermitted when the person may no longer do what the request does.
CheckAccess = Callable[[], Awaitable[object]]


class EndsWithAccess:
    """Middleware: a statement, a file or a stream ends within a second when its person was deactivated, signed out or
    lost the permission. Nothing is asked for a request that is answered sooner.

    The request is answered with 401 or 403; an answer that has begun is cut off. While the data API is away, it goes
    on.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        has_begun, error = False, None

        async def send_while_permitted(message: Message) -> None:
            nonlocal has_begun
            if error is None:
                has_begun = True
                await send(message)

        answering = asyncio.ensure_future(self.app(scope, receive, send_while_permitted))
        try:
            while error is None and not (await asyncio.wait({answering}, timeout=ASKS_EVERY_SECONDS))[0]:
                error = await _lost_access(scope)
        finally:
            answering.cancel()
            await asyncio.gather(answering, return_exceptions=True)
        if error is None:
            answering.result()
        elif not has_begun:
            await answer_error(Request(scope), error)(scope, receive, send)


async def _lost_access(scope: Scope) -> LodgeError | None:
    """Returns why the request must end; None if it may go on."""
    check: CheckAccess | None = scope["state"].get(CHECK)
    try:
        if check is not None:
            await check()
    except DataApiAway:
        return None
    except LodgeError as error:
        return error
    return None
