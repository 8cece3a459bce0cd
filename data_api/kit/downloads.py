"""Answers with a file's content: always to be saved, never to be shown as a page."""

import re
from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import NamedTuple, Protocol

import anyio.to_thread
import structlog
from anyio import CapacityLimiter
from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from service_kit.errors import LodgeError, answer_error

log = structlog.get_logger()

RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
HEADERS = {
    # Beside the policy that every answer has: even a browser that is made to show the file runs nothing of it.
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    # Kept by the browser of whoever may read it, and asked for again each time: the permission may end.
    "Cache-Control": "private, no-cache",
    "Accept-Ranges": "bytes",
}


class PartMissing(LodgeError):
    """The file does not have the part that the header `Range` asks for."""

    status = 416

    def __init__(self, size: int) -> None:
        super().__init__(f"The file has {size:,} bytes.", headers={"Content-Range": f"bytes */{size}"})


class Contents(Protocol):
    """Where contents are, by their names. Both methods block and raise a LodgeError for one that is not there."""

    def size(self, name: str) -> int: ...

    def read(self, name: str, start: int, length: int) -> Iterator[bytes]: ...


class Part(NamedTuple):
    start: int
    length: int


class Download(Response):
    """The content, one range of it, or 304 if the client has it; an error if the content cannot be reached. It looks
    for the content only when it is sent: the request has given its connection to the database back by then, and does
    not hold it while a bucket is slow. `name` names the content and never another one. `threads`: how many contents are
    read at the same moment."""

    def __init__(
        self,
        request: Request,
        contents: Contents,
        name: str,
        *,
        media_type: str,
        disposition: str,
        threads: CapacityLimiter,
    ) -> None:
        super().__init__()
        self._request = request
        self._contents, self._name = contents, name
        self._type, self._threads = media_type, threads
        self._told = HEADERS | {"Content-Disposition": disposition, "ETag": f'"{name}"'}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer: Response
        try:
            answer = await anyio.to_thread.run_sync(self._answer, limiter=self._threads)
        except LodgeError as error:
            log.warning("a content cannot be sent", name=self._name, error=type(error).__name__)
            answer = answer_error(self._request, error)
        await answer(scope, receive, send)

    def _answer(self) -> Response:
        if f'"{self._name}"' in self._request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=self._told)
        size = self._contents.size(self._name)
        part = self._part(size)
        headers = self._told | {"Content-Length": str(part.length)}
        status = 200
        if part.length < size:
            status = 206
            headers["Content-Range"] = f"bytes {part.start}-{part.start + part.length - 1}/{size}"
        pieces = self._contents.read(self._name, *part)
        return StreamingResponse(self._in_threads(pieces), status, headers, self._type)

    def _part(self, size: int) -> Part:
        """Returns the part that is asked for. A range of several parts, or of an older content, is answered with the
        whole file. Raises PartMissing."""
        asked = RANGE.fullmatch(self._request.headers.get("range", ""))
        is_of_this = self._request.headers.get("if-range", f'"{self._name}"') == f'"{self._name}"'
        if asked is None or not is_of_this or asked.groups() == ("", ""):
            return Part(0, size)
        first, last = asked.groups()
        start = int(first) if first else max(0, size - int(last))
        end = min(int(last), size - 1) if first and last else size - 1
        if start > end:
            raise PartMissing(size)
        return Part(start, end - start + 1)

    async def _in_threads(self, pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
        while piece := await anyio.to_thread.run_sync(partial(next, pieces, b""), limiter=self._threads):
            yield piece
