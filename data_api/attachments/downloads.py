"""Answers with a file's content: always to be saved, never to be shown as a page."""

import re
from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import NamedTuple

import anyio.to_thread
import structlog
from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from data_api.files.errors import FileMissing
from data_api.files.uploads import Uploads
from service_kit.errors import LodgeError, answer_error

log = structlog.get_logger()

RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
# Of the file itself a browser runs and loads nothing, even if it is made to show it.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    # Kept by the browser of whoever may read it, and asked for again each time: the permission may end.
    "Cache-Control": "private, no-cache",
    "Accept-Ranges": "bytes",
}


class Part(NamedTuple):
    start: int
    length: int


class FileAnswer(Response):
    """The content, one range of it, or 304 if the client has it; an error if the content cannot be reached. It looks
    for the content only when it is sent: the request has given its connection to the database back by then, and does
    not hold it while a bucket is slow."""

    def __init__(self, request: Request, uploads: Uploads, name: str, media_type: str, disposition: str) -> None:
        super().__init__()
        self._request = request
        self._storage, self._threads = uploads.storage, uploads.reading
        self._name, self._type = name, media_type
        self._headers = HEADERS | {"Content-Disposition": disposition, "ETag": f'"{name}"'}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer: Response
        try:
            answer = await anyio.to_thread.run_sync(self._answer, limiter=self._threads)
        except LodgeError as error:
            if isinstance(error, FileMissing):
                log.error("a file is missing", name=self._name)
            answer = answer_error(self._request, error)
        await answer(scope, receive, send)

    def _answer(self) -> Response:
        if f'"{self._name}"' in self._request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=self._headers)
        size = self._storage.size(self._name)
        part = _part(self._request, self._name, size)
        if part is None:
            return Response(status_code=416, headers=self._headers | {"Content-Range": f"bytes */{size}"})
        headers = self._headers | {"Content-Length": str(part.length)}
        status = 200
        if part.length < size:
            status = 206
            headers["Content-Range"] = f"bytes {part.start}-{part.start + part.length - 1}/{size}"
        pieces = self._storage.read(self._name, *part)
        return StreamingResponse(self._in_threads(pieces), status, headers, self._type)

    async def _in_threads(self, pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
        while piece := await anyio.to_thread.run_sync(partial(next, pieces, b""), limiter=self._threads):
            yield piece


def _part(request: Request, name: str, size: int) -> Part | None:
    """Returns the part that is asked for; None for one that the file does not have. A range of several parts, or of an
    older content, is answered with the whole file."""
    whole = Part(0, size)
    asked = RANGE.fullmatch(request.headers.get("range", ""))
    if asked is None or request.headers.get("if-range", f'"{name}"') != f'"{name}"':
        return whole
    first, last = asked.groups()
    if not first and not last:
        return whole
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last), size - 1) if first and last else size - 1
    return Part(start, end - start + 1) if start <= end else None
