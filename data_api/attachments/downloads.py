"""Answers with a file's content: always to be saved, never to be shown as a page."""

import re
from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import NamedTuple

import anyio.to_thread
from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from data_api.files.storage import Storage

RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
# Of the file itself a browser runs and loads nothing, even if it is made to show it.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    # Kept by the browser of whoever may read it, and asked for again each time: the permission may end.
    "Cache-Control": "private, no-cache",
    "Accept-Ranges": "bytes",
}


class Part(NamedTuple):
    start: int
    length: int


def content_answer(request: Request, storage: Storage, name: str, media_type: str, disposition: str) -> Response:
    """Answers with the content, one range of it, or 304 if the client has it. Raises FileMissing. Blocks."""
    headers = HEADERS | {"Content-Disposition": disposition, "ETag": f'"{name}"'}
    if f'"{name}"' in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    size = storage.size(name)
    part = _part(request, name, size)
    if part is None:
        return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{size}"})
    status = 200
    if part.length < size:
        status = 206
        headers["Content-Range"] = f"bytes {part.start}-{part.start + part.length - 1}/{size}"
    headers["Content-Length"] = str(part.length)
    pieces = storage.read(name, *part)
    return StreamingResponse(_in_threads(pieces), status_code=status, media_type=media_type, headers=headers)


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


async def _in_threads(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    while (piece := await anyio.to_thread.run_sync(partial(next, pieces, None))) is not None:
        yield piece
