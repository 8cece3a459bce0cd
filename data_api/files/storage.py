"""Where the content of files is kept: in a folder of LODGE_HOME, or in a bucket.

A file's name is the SHA-256 of its content, so the same content is kept once, and a file is never changed. All methods
block and may be called from several threads and processes.
"""

import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO, Protocol

import obstore
import structlog
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import S3Store

from data_api.files.errors import FileMissing, FilesUnavailable
from service_kit.disk import MEGABYTE
from service_kit.settings import Settings

log = structlog.get_logger()

FOLDER, INCOMING = "files", "incoming"
PIECE = 256 * 1024
PIECES_OF_A_BUCKET = 5 * MEGABYTE  # the smallest part that S3 takes
AT_ONCE = 1_000
# A file that exists is uploaded again, and so made young again, when it is older than this: it must not be swept
# between its upload and the moment when a row refers to it.
YOUNG_SECONDS = 3600.0


# The library ends the process's work with a panic when it is given a name that it does not expect.
CREDENTIALS = {
    *("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_ENDPOINT"),
    "AWS_VIRTUAL_HOSTED_STYLE_REQUEST",
}


class Storage(Protocol):
    def put(self, name: str, path: Path) -> None:
        """Keeps the content of the file at `path`. When this returns, it survives a crash, and it is young."""

    def has(self, name: str) -> bool: ...

    def size(self, name: str) -> int:
        """Returns the size in bytes. Raises FileMissing."""

    def read(self, name: str, start: int, length: int) -> Iterator[bytes]:
        """Yields a part of the content. Raises FileMissing before the first piece."""

    def remove(self, name: str) -> None: ...

    def older_than(self, seconds: float) -> Iterator[list[str]]:
        """Yields the names of files that were put longer ago than this, at most AT_ONCE at a time."""

    def is_older(self, name: str, seconds: float) -> bool:
        """Whether the file exists and was put longer ago than this."""


def files_folder(settings: Settings) -> Path:
    return settings.home.expanduser() / FOLDER


def incoming_folder(settings: Settings) -> Path:
    """Returns the folder for what is being uploaded. It is on the same disk as the files that are kept."""
    return files_folder(settings) / INCOMING


def kept_aside_list(settings: Settings) -> Path:
    """Returns the list of the contents of a desk that `lodge restore` has put aside, one in each line."""
    return files_folder(settings) / "kept-aside"


def make_storage(settings: Settings) -> Storage:
    if settings.files_url is None:
        return FolderStorage(files_folder(settings))
    return BucketStorage(settings.files_url, credentials_of(settings.files_credentials))


def credentials_of(file: Path | None) -> dict[str, str]:
    """Returns the settings in this file: lines such as `AWS_ACCESS_KEY_ID=…`, of which only those in CREDENTIALS count.
    Without a file, those of the environment count. Raises RuntimeError if it cannot be read."""
    if file is None:
        return {}
    try:
        lines = [line.strip() for line in file.expanduser().read_text("utf-8").splitlines()]
    except (OSError, UnicodeError) as error:
        raise RuntimeError(f"LODGE_FILES_CREDENTIALS cannot be read: {type(error).__name__}") from None
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    found = {name.strip().upper(): value.strip() for name, _, value in pairs}
    if unknown := sorted(found.keys() - CREDENTIALS):
        log.warning("LODGE_FILES_CREDENTIALS has lines that are not known", names=unknown)
    return {name.lower(): value for name, value in found.items() if name in CREDENTIALS}


class FolderStorage:
    """Files in a folder, in 256 folders by the first two digits of their names."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, name: str, path: Path) -> None:
        target = self._path(name)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = target.with_name(f"{name}.{os.getpid()}-{time.monotonic_ns()}.new")
        try:
            # A second name for the same content; a file system without hard links gets a copy.
            try:
                os.link(path, new)
            except OSError:
                shutil.copyfile(path, new)
            with new.open("rb") as file:
                os.fsync(file.fileno())
            os.utime(new)
            new.replace(target)  # also in place of the same content, which is young from now on
        finally:
            new.unlink(missing_ok=True)
        _settle(target.parent)
        _settle(self._folder)

    def has(self, name: str) -> bool:
        return self._path(name).is_file()

    def size(self, name: str) -> int:
        try:
            return self._path(name).stat().st_size
        except FileNotFoundError:
            raise FileMissing from None

    def read(self, name: str, start: int, length: int) -> Iterator[bytes]:
        try:
            file = self._path(name).open("rb")
        except FileNotFoundError:
            raise FileMissing from None
        return _pieces(file, start, length)

    def remove(self, name: str) -> None:
        self._path(name).unlink(missing_ok=True)

    def older_than(self, seconds: float) -> Iterator[list[str]]:
        for number in range(256):
            folder = self._folder / f"{number:02x}"
            names = [entry.name for entry in _entries(folder) if _age(entry) > seconds]
            for start in range(0, len(names), AT_ONCE):
                yield names[start : start + AT_ONCE]

    def is_older(self, name: str, seconds: float) -> bool:
        try:
            return time.time() - self._path(name).stat().st_mtime > seconds
        except FileNotFoundError:
            return False

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / name


def _pieces(file: BinaryIO, start: int, length: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        while length and (piece := file.read(min(PIECE, length))):
            length -= len(piece)
            yield piece


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return list(found)
    except FileNotFoundError:
        return []


def _age(entry: os.DirEntry[str]) -> float:
    try:
        return time.time() - entry.stat(follow_symlinks=False).st_mtime
    except FileNotFoundError:
        return 0.0


def _settle(folder: Path) -> None:
    """Fsyncs a folder, so that a new name in it survives a crash."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class BucketStorage:
    """Files in an S3 bucket, or one of another service that is asked in the same way."""

    def __init__(self, url: str, credentials: dict[str, str]) -> None:
        self._url = url
        self._credentials = credentials
        self._is_plain_http = _endpoint(credentials).startswith("http://")
        self._made: S3Store | None = None

    @property
    def _store(self) -> S3Store:
        # Made at its first use, because a wrong setting must not keep the desk from starting.
        if self._made is None:
            with _reachable():
                self._made = S3Store.from_url(
                    self._url,
                    config=self._credentials,  # type: ignore[arg-type]
                    client_options={"timeout": "30s", "connect_timeout": "5s", "allow_http": self._is_plain_http},
                    retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=30)},
                )
        return self._made

    def put(self, name: str, path: Path) -> None:
        if self.has(name) and not self.is_older(name, YOUNG_SECONDS):
            return
        with _reachable():
            obstore.put(self._store, _key(name), path, chunk_size=PIECES_OF_A_BUCKET, max_concurrency=1)

    def has(self, name: str) -> bool:
        with suppress(FileMissing):
            self.size(name)
            return True
        return False

    def size(self, name: str) -> int:
        with _reachable():
            return int(obstore.head(self._store, _key(name))["size"])

    def read(self, name: str, start: int, length: int) -> Iterator[bytes]:
        if not length:
            return iter(())
        with _reachable():
            answer = obstore.get(self._store, _key(name), options={"range": (start, start + length)})
        return (bytes(piece) for piece in answer.stream(min_chunk_size=PIECE))

    def remove(self, name: str) -> None:
        with suppress(FileMissing), _reachable():
            obstore.delete(self._store, _key(name))

    def older_than(self, seconds: float) -> Iterator[list[str]]:
        with _reachable():
            for some in obstore.list(self._store, chunk_size=AT_ONCE):
                old = [one for one in some if time.time() - one["last_modified"].timestamp() > seconds]
                yield [one["path"].rpartition("/")[2] for one in old]

    def is_older(self, name: str, seconds: float) -> bool:
        try:
            with _reachable():
                found = obstore.head(self._store, _key(name))
        except FileMissing:
            return False
        return time.time() - found["last_modified"].timestamp() > seconds


def _endpoint(credentials: dict[str, str]) -> str:
    names = ("AWS_ENDPOINT", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3")
    of_environment = next((value for name in names if (value := os.environ.get(name))), "")
    return credentials.get("aws_endpoint", of_environment)


def _key(name: str) -> str:
    return f"{name[:2]}/{name}"


@contextmanager
def _reachable() -> Iterator[None]:
    """Turns the library's errors into those of this package. Their texts are not logged: they may hold the bucket's
    address and what identifies the client there."""
    try:
        yield
    except (NotFoundError, FileNotFoundError):
        raise FileMissing from None
    except BaseError as error:
        log.warning("the bucket of files cannot be used", error=type(error).__name__)
        raise FilesUnavailable from None


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
