"""Passes files on to the browser as they come, piece by piece. They do not go through the page, which would keep them
in memory, and the person's token stays in the cookie."""

from collections.abc import Sequence

import httpx
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send


class PassedOn(StreamingResponse):
    """What a service answers, with these of its headers. Its connection is closed with the response, also when the
    browser leaves before the first byte; if it breaks off, so does the response."""

    def __init__(self, answer: httpx.Response, names: Sequence[str]) -> None:
        headers = {name: answer.headers[name] for name in names if name in answer.headers}
        super().__init__(answer.aiter_raw(), headers=headers | {"Cache-Control": "no-store"})
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._answer.aclose()
