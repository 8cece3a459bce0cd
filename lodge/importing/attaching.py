"""Takes in the files that rows name, out of one folder and through the checks that every upload passes."""

import os
import stat
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from typing import BinaryIO, NamedTuple

from data_api.access.counts import Counts
from data_api.files.errors import FileRefused, FileTooLarge, VirusFound
from data_api.files.uploads import CHECKING, Kept, Uploads
from lodge.errors import LodgeError
from lodge.importing.refusals import RowRefused
from lodge.terminal import quoted
from service_kit.disk import Disk
from service_kit.errors import LodgeError as ServiceError
from service_kit.settings import Settings

IN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
AT_ONCE = 200  # files that are on their way together


class NamedFile(NamedTuple):
    """A file that a row names: its ticket, the row's line and the name, relative to the folder."""

    ticket_id: int
    line: int
    name: str


Outcomes = list[tuple[str, Kept | RowRefused]]


class FolderOfFiles:
    """Files inside one folder. Neither `..` nor a symbolic link leads out of it, also not one that somebody puts there
    while the import runs: each part of a name is opened in the folder before it."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.folder = folder
        self._uploads = Uploads(settings, Disk(settings.home, settings.keep_free_mb or 0), Counts())

    def take(self, names: Sequence[str]) -> Iterator[Outcomes]:
        """Yields each file as it is kept, or why it is not taken. What no row refers to in the end is deleted by the
        sweep. Raises LodgeError when no file can be taken at this moment."""
        with ThreadPoolExecutor(CHECKING) as pool:
            for start in range(0, len(names), AT_ONCE):
                some = names[start : start + AT_ONCE]
                yield list(zip(some, pool.map(self._take, some), strict=True))

    def _take(self, name: str) -> Kept | RowRefused:
        try:
            with self._open(name) as file:
                return self._uploads.take_copy(file, name)
        except (FileRefused, VirusFound, FileTooLarge) as refused:
            return _refused(name, refused.fields[0].message if refused.fields else refused.detail)
        except ServiceError as error:  # the disk, the bucket or the scanner
            raise LodgeError(f"{error.detail} Nothing was imported.") from None
        except RowRefused as refused:
            return refused

    def _open(self, name: str) -> BinaryIO:
        """Opens a regular file. Raises RowRefused."""
        path = PurePosixPath(name.replace("\\", "/"))
        parts = path.parts
        if not parts or path.is_absolute() or ".." in parts:  # the first part of "//etc/passwd" is "//"
            raise _refused(name, "a name is relative to the folder, and stays inside it")
        try:
            return _opened(self.folder, parts)
        except FileNotFoundError:
            raise _refused(name, "there is no such file in the folder") from None
        except (OSError, ValueError) as error:  # ELOOP or ENOTDIR for a link
            why = getattr(error, "strerror", None) or str(error)
            raise _refused(name, f"it cannot be read, or is a link ({why})") from None


def _opened(folder: Path, parts: Sequence[str]) -> BinaryIO:
    """Opens each part in the folder before it. Raises OSError for a link, and RowRefused for what is no file."""
    inside = os.open(folder, IN_FOLDER)
    try:
        for part in parts[:-1]:
            outer, inside = inside, os.open(part, IN_FOLDER | os.O_NOFOLLOW, dir_fd=inside)
            os.close(outer)
        # Without O_NONBLOCK, opening a pipe waits until somebody writes to it.
        file = os.open(parts[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=inside)
    finally:
        os.close(inside)
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise _refused("/".join(parts), "it is a folder or a device")
    return os.fdopen(file, "rb")


def _refused(name: str, why: str) -> RowRefused:
    return RowRefused(f"attachments: {quoted(name)}: {why}")
