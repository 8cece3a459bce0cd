"""The archive: a plain tar file whose last member, the seal, is the SHA-256 of everything before it.

The first member is the manifest, followed by the members that it lists, in its order. The seal reveals damage anywhere,
also in headers and padding. No member is ever unpacked to the path in its name: the restore reads members by names that
it knows.
"""

import hashlib
import os
import stat
import tarfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from lodge.backup.errors import BackupRefused
from lodge.backup.manifest import MAX_BYTES, Manifest, Member, read_manifest

BLOCK = tarfile.BLOCKSIZE
PIECE = 1024 * 1024
MANIFEST, SEAL = "manifest.json", "seal.sha256"
SEALED = 2 * BLOCK + 2 * BLOCK  # the seal's header and content, and the two empty blocks that end a tar file
Told = Callable[[int], object]  # called with the number of bytes read since the last call
DAMAGED = "This backup is damaged or cut short: {}. Nothing was touched. Take another copy of it, or an older backup."


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_archive(path: Path, manifest: Manifest, files: Sequence[Path | Iterable[bytes]]) -> None:
    """Writes a new archive with mode 0600 and fsyncs it. `files` are the manifest's members, in its order: each a file,
    or the pieces of its content."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file:
        os.fchmod(handle, 0o600)
        digest = hashlib.sha256()

        def write(data: bytes) -> None:
            digest.update(data)
            file.write(data)

        text = manifest.as_json()
        write(_header(MANIFEST, len(text)) + text + _padding(len(text)))
        for member, source in zip(manifest.members, files, strict=True):
            write(_header(member.name, member.size))
            for piece in _pieces_of(source):
                write(piece)
            write(_padding(member.size))
        file.write(_end(digest.hexdigest()))
        file.flush()
        os.fsync(handle)


def _pieces_of(source: Path | Iterable[bytes]) -> Iterator[bytes]:
    if not isinstance(source, Path):
        yield from source
        return
    with source.open("rb") as content:
        while piece := content.read(PIECE):
            yield piece


def _header(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info.tobuf(tarfile.GNU_FORMAT)


def _padding(size: int) -> bytes:
    return bytes(-size % BLOCK)


def _end(digest: str) -> bytes:
    seal = digest.encode()
    return _header(SEAL, len(seal)) + seal + _padding(len(seal)) + bytes(2 * BLOCK)


@dataclass(frozen=True)
class Archive:
    """An open archive whose seal is correct and whose members are those of its manifest.

    `places` holds the offset of each member's content in the file.
    """

    file: BinaryIO
    manifest: Manifest
    places: dict[str, int]

    def member(self, name: str) -> Member | None:
        return next((member for member in self.manifest.members if member.name == name), None)

    def pieces(self, member: Member) -> Iterator[bytes]:
        """Yields the member's content. Raises BackupRefused at the end when it differs from the manifest's checksum."""
        self.file.seek(self.places[member.name])
        digest, left = hashlib.sha256(), member.size
        while left and (piece := self.file.read(min(PIECE, left))):
            left -= len(piece)
            digest.update(piece)
            yield piece
        if left or digest.hexdigest() != member.sha256:
            raise BackupRefused(DAMAGED.format(f"{member.name} is not what was saved"))


@contextmanager
def opened_archive(path: Path, told: Told = lambda _: None) -> Iterator[Archive]:
    """Opens and checks an archive. Raises BackupRefused when it is damaged or its format is not known.

    `told` is called with the number of bytes read, while the seal is checked.
    """
    try:
        if path.is_dir():
            raise BackupRefused(f"{path} is a folder. Name the file that `lodge backup` wrote.")
        file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")
    except OSError as error:
        raise BackupRefused(f"{path} cannot be read: {error.strerror}.") from error
    with file:
        try:
            archive = _read_archive(file, told)
        except OSError as error:
            raise BackupRefused(f"{path} cannot be read: {error.strerror}.") from error
        yield archive


def _read_archive(file: BinaryIO, told: Told) -> Archive:
    state = os.fstat(file.fileno())
    first = _read_header(file, 0) if stat.S_ISREG(state.st_mode) else None
    if first is None or first.name != MANIFEST or not 0 < first.size <= MAX_BYTES:
        raise BackupRefused("This is not a backup of Lodge, or it is damaged at its very beginning.")
    _check_seal(file, state.st_size, told)
    file.seek(BLOCK)
    manifest = read_manifest(file.read(first.size))
    return Archive(file, manifest, _places(file, manifest, BLOCK + _filled(first.size), state.st_size - SEALED))


def _check_seal(file: BinaryIO, size: int, told: Told) -> None:
    file.seek(0)
    digest, left = hashlib.sha256(), size - SEALED
    while left > 0 and (piece := file.read(min(PIECE, left))):
        left -= len(piece)
        digest.update(piece)
        told(len(piece))
    if left or file.read() != _end(digest.hexdigest()):
        raise BackupRefused(DAMAGED.format("its checksum does not fit"))


def _places(file: BinaryIO, manifest: Manifest, start: int, end: int) -> dict[str, int]:
    """Returns the offset of each member's content. Raises BackupRefused unless the members are plain files, each once,
    exactly as the manifest lists them."""
    places: dict[str, int] = {}
    for member in manifest.members:
        header = _read_header(file, start) if start < end else None
        if header is None or (header.name, header.size) != (member.name, member.size) or member.name in places:
            raise BackupRefused("This is not a backup of Lodge: its files are not those that its manifest lists.")
        places[member.name] = start + BLOCK
        start += BLOCK + _filled(member.size)
    if start != end:
        raise BackupRefused("This is not a backup of Lodge: it holds more than its manifest lists.")
    return places


def _read_header(file: BinaryIO, place: int) -> tarfile.TarInfo | None:
    file.seek(place)
    try:
        header = tarfile.TarInfo.frombuf(file.read(BLOCK), "utf-8", "strict")
    except (tarfile.HeaderError, ValueError):
        return None
    return header if header.type == tarfile.REGTYPE else None


def _filled(size: int) -> int:
    return size + -size % BLOCK
