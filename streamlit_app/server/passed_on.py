"""Passes an answer of a service on to the browser piece by piece, so that this process never holds a whole file."""

from collections.abc import Mapping
from contextlib import AsyncExitStack

import httpx
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send


class PassedOn(StreamingResponse):
    """The body as it comes. Its connection is closed with the response, and with it what `held` has, also when the
    browser leaves before the first byte."""

    def __init__(self, answer: httpx.Response, headers: Mapping[str, str], held: AsyncExitStack | None = None) -> None:
        super().__init__(answer.aiter_raw(), answer.status_code, headers)
        self._answer, self._held = answer, held or AsyncExitStack()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._held:
            try:
                await super().__call__(scope, receive, send)
            finally:
                await self._answer.aclose()
