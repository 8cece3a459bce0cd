"""Receives one file of a multipart body into a temporary file while it arrives. However large the file is and however
many arrive at once, each takes no more memory than a piece of it."""

import hashlib
import os
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, TypeVar

import anyio.to_thread
from anyio import CapacityLimiter
from python_multipart import MultipartParser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

from data_api.files.errors import FileTooLarge, NoRoomForFiles, UploadCutShort
from data_api.files.kinds import seems_video
from service_kit.disk import MEGABYTE, Disk
from service_kit.errors import InvalidInput

PIECE = 256 * 1024
HEAD = 16
LONGEST_NAME = 4_096
MOST_BESIDE = MEGABYTE  # of the body besides the file; what comes after its end has none otherwise
FIELD = "file"
Answer = TypeVar("Answer")


class Received(NamedTuple):
    """A file that has arrived: where it lies for now, and the name that its sender gave it."""

    path: Path
    name: str
    size: int
    content_hash: str


class Body(NamedTuple):
    """A request's body: its pieces as they arrive, and what its headers say of it, "" for nothing. The pieces raise
    UploadCutShort when the client has gone."""

    pieces: AsyncIterator[bytes]
    content_type: str
    content_length: str


class Limits(NamedTuple):
    usual_mb: int
    video_mb: int

    @property
    def most_mb(self) -> int:
        return max(self)

    def most_of(self, head: bytes) -> int:
        return self.video_mb if seems_video(head) else self.usual_mb


class _Form:
    """Parses the body and writes its only file. Its methods run in worker threads, one at a time."""

    def __init__(self, boundary: bytes, file: BinaryIO, limits: Limits, disk: Disk) -> None:
        callbacks: MultipartCallbacks = {
            "on_part_begin": self._begin_part,
            "on_header_field": self._add_header_name,
            "on_header_value": self._add_header_value,
            "on_header_end": self._end_header,
            "on_headers_finished": self._begin_content,
            "on_part_data": self._write,
            "on_end": self._end,
        }
        self._parser = MultipartParser(boundary, callbacks)
        self._file = file
        self._limits = limits
        self._disk = disk
        self._header_name, self._header_value, self._disposition = b"", b"", b""
        self._head = b""
        self._digest = hashlib.sha256()
        self.size = self._received = 0
        self.name: str | None = None
        self.is_complete = False

    def feed(self, piece: bytes) -> None:
        try:
            self._parser.write(piece)
        except FormParserError:
            raise InvalidInput.in_field("body", "is not a well-formed multipart form") from None
        self._received += len(piece)
        if self._received - self.size > MOST_BESIDE:
            raise InvalidInput.in_field("body", f"takes one field, {FIELD}, with one file")

    def finish(self) -> str:
        """Returns the hash of the whole content. Raises UploadCutShort, InvalidInput."""
        if not self.is_complete:
            raise UploadCutShort
        if self.name is None:
            raise InvalidInput.in_field(f"body.{FIELD}", "is missing")
        self._file.flush()
        os.fsync(self._file.fileno())
        return self._digest.hexdigest()

    def _begin_part(self) -> None:
        if self.name is not None:
            raise InvalidInput.in_field("body", f"takes one field, {FIELD}, with one file")
        self._disposition = b""

    def _add_header_name(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def _add_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def _end_header(self) -> None:
        if self._header_name.lower() == b"content-disposition":
            self._disposition = self._header_value
        self._header_name = self._header_value = b""

    def _begin_content(self) -> None:
        _, options = parse_options_header(self._disposition)
        if options.get(b"name") != FIELD.encode() or b"filename" not in options:
            raise InvalidInput.in_field("body", f"takes one field, {FIELD}, with one file")
        # Not longer than a header may be; what is kept of it is shorter still.
        self.name = options[b"filename"][:LONGEST_NAME].decode("utf-8", "replace")

    def _write(self, data: bytes, start: int, end: int) -> None:
        content = data[start:end]
        if len(self._head) < HEAD:
            self._head = (self._head + content)[:HEAD]
        if not self._disk.has_room_for_files:
            raise NoRoomForFiles
        self.size += len(content)
        if self.size > (most := self._limits.most_of(self._head)) * MEGABYTE:
            raise FileTooLarge(most)
        self._digest.update(content)
        self._file.write(content)

    def _end(self) -> None:
        self.is_complete = True


@asynccontextmanager
async def received(
    body: Body, folder: Path, limits: Limits, disk: Disk, threads: CapacityLimiter
) -> AsyncIterator[Received]:
    """Gives the file of the body, which is deleted at the end of the block. Raises InvalidInput, FileTooLarge,
    UploadCutShort, NoRoomForFiles."""
    boundary = _boundary_of(body.content_type)
    _check_length(body.content_length, limits)

    async def in_thread(do: Callable[[], Answer]) -> Answer:
        return await anyio.to_thread.run_sync(do, limiter=threads)

    path = await in_thread(partial(temporary_file, folder))
    try:
        with path.open("wb") as file:
            form = _Form(boundary, file, limits, disk)
            async for piece in _joined(body.pieces):
                await in_thread(partial(form.feed, piece))
            content_hash = await in_thread(form.finish)
        yield Received(path, form.name or "", form.size, content_hash)
    finally:
        path.unlink(missing_ok=True)


def copied(source: BinaryIO, name: str, path: Path, limits: Limits, disk: Disk) -> Received:
    """Copies a file that is on this machine already to `path`, at most as much of it as a file may have. Raises
    FileTooLarge, NoRoomForFiles."""
    if not disk.has_room_for_files:
        raise NoRoomForFiles
    head = source.read(HEAD)
    source.seek(0)
    most, size, digest = limits.most_of(head), 0, hashlib.sha256()
    with path.open("wb") as target:
        while piece := source.read(PIECE):
            size += len(piece)
            if size > most * MEGABYTE:
                raise FileTooLarge(most)
            digest.update(piece)
            target.write(piece)
        target.flush()
        os.fsync(target.fileno())
    return Received(path, name, size, digest.hexdigest())


def temporary_file(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder)
    os.close(handle)
    return Path(name)


def _boundary_of(content_type: str) -> bytes:
    type_, options = parse_options_header(content_type)
    boundary = options.get(b"boundary", b"")
    if type_ != b"multipart/form-data" or not 1 <= len(boundary) <= 70:
        raise InvalidInput.in_field("body", f"must be multipart/form-data with one field, {FIELD}")
    return boundary


def _check_length(length: str, limits: Limits) -> None:
    """Refuses a body that says itself that it is too large, before it arrives."""
    if length.isdecimal() and int(length) > (limits.most_mb + 1) * MEGABYTE:
        raise FileTooLarge(limits.most_mb)


async def _joined(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Gives the body in pieces that are worth the way into a thread."""
    piece = bytearray()
    async for some in pieces:
        piece += some
        if len(piece) >= PIECE:
            yield bytes(piece)
            piece.clear()
    if piece:
        yield bytes(piece)
