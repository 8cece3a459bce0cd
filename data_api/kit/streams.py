"""Answers with what is made while it is sent."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from functools import partial
from typing import Protocol

import anyio.to_thread
from anyio import CapacityLimiter
from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from service_kit.errors import LodgeError, answer_error
from service_kit.pace import LeastPace

BYTES_AT_ONCE = 64 * 1024
# In a minute: 35 kB a second, which a phone reads at the edge of its network.
LEAST_BYTES = 2 * 1024 * 1024


class Making(Protocol):
    """What is being made. `pieces` blocks."""

    @property
    def headers(self) -> Mapping[str, str]: ...

    @property
    def media_type(self) -> str: ...

    def pieces(self) -> Iterator[bytes]: ...


class Streamed(Response):
    """Begins when it is sent: the request has given its connection to the database back by then. What fails before the
    first byte is answered as an error. What fails afterwards breaks the connection off, so that no client takes a part
    for the whole. `longest_seconds`: after this it is broken off too, and so it is when the client reads too slowly."""

    def __init__(
        self,
        request: Request,
        opened: Callable[[], AbstractAsyncContextManager[Making]],
        threads: CapacityLimiter,
        *,
        longest_seconds: float,
    ) -> None:
        super().__init__()
        self._request, self._opened = request, opened
        self._threads, self._longest = threads, longest_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(asyncio.timeout(self._longest))
            try:
                making = await stack.enter_async_context(self._opened())
            except LodgeError as error:
                await answer_error(self._request, error)(scope, receive, send)
                return
            headers = {**making.headers, "Cache-Control": "no-store"}
            pieces = self._in_threads(making.pieces())
            answer = StreamingResponse(pieces, headers=headers, media_type=making.media_type)
            await answer(scope, receive, partial(LeastPace(LEAST_BYTES).send, send))

    async def _in_threads(self, pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
        while piece := await anyio.to_thread.run_sync(partial(next, pieces, b""), limiter=self._threads):
            for start in range(0, len(piece), BYTES_AT_ONCE):
                yield piece[start : start + BYTES_AT_ONCE]
