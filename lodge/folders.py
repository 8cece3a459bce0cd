"""Working in a folder that somebody else may write into.

As root, the database's folder belongs to the unprivileged account that the server runs as. A link that this account
put there must not lead root anywhere, so nothing in it is reached by a name that is looked up twice.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from lodge.errors import LodgeError


@contextmanager
def opened_folder(folder: Path) -> Iterator[int]:
    """A handle, for `dir_fd`. Raises LodgeError for a link or a file in its place."""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        if folder.is_symlink() or folder.is_file():
            raise LodgeError(
                f"{folder} is a link or a file. Lodge works in a real folder only; move it away."
            ) from error
        raise
    try:
        yield handle
    finally:
        os.close(handle)


def write_whole(path: Path, content: str | bytes, mode: int = 0o600) -> None:
    """A file that only its owner may read, unless the mode says more: the old or the new one, never half of it."""
    new = path.name + ".new"
    with opened_folder(path.parent) as folder:
        with suppress(FileNotFoundError):
            os.unlink(new, dir_fd=folder)
        handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600, dir_fd=folder)
        with os.fdopen(handle, "wb") as file:
            os.fchmod(handle, mode)
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, path.name, src_dir_fd=folder, dst_dir_fd=folder)


def read_start(path: Path, size: int) -> bytes:
    """The first bytes of a file. OSError where there is none, or a link; a pipe holds nothing and nobody up."""
    with opened_folder(path.parent) as folder:
        handle = os.open(path.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
        try:
            return os.read(handle, size)
        finally:
            os.close(handle)


def remove(path: Path) -> None:
    """The file, or the link itself, if it is there."""
    with suppress(FileNotFoundError), opened_folder(path.parent) as folder:
        os.unlink(path.name, dir_fd=folder)
