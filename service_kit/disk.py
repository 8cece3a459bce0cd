"""The disk that holds LODGE_HOME: whether it still has room, and which errors mean that it is full."""

import errno
import shutil
from pathlib import Path

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
POSTGRES_DISK_FULL = "53100"
MEGABYTE = 1024 * 1024
# Files end when so many times that room is left: a single file takes as much as thousands of reports, and people must
# still be able to report when there is no room for files any more.
ROOM_BESIDE_FILES = 4


class Disk:
    """The disk on which `folder` lies.

    With less than `keep_free_mb` free, the desk accepts no changes. The database server stops when it cannot write its
    log (WAL), and then nothing can be read either; so changes end before the last room is gone. 0 means no such limit.
    """

    def __init__(self, folder: Path, keep_free_mb: int) -> None:
        self._folder = folder
        self._keep_free_mb = keep_free_mb

    @property
    def has_room(self) -> bool:
        return not self._keep_free_mb or self._free_mb() >= self._keep_free_mb

    @property
    def has_room_for_files(self) -> bool:
        return not self._keep_free_mb or self._free_mb() >= self._keep_free_mb * ROOM_BESIDE_FILES

    @property
    def health(self) -> str:
        """Returns "ok", or a sentence for an administrator."""
        free = self._free_mb()
        if free >= max(self._keep_free_mb, 1):
            return "ok"
        refused = f", and nothing can be changed with less than {self._keep_free_mb} MB (LODGE_KEEP_FREE_MB)"
        return f"full: {free} MB are free{refused if self._keep_free_mb else ''}. Make room"

    def _free_mb(self) -> int:
        try:
            return shutil.disk_usage(self._folder).free // MEGABYTE
        except OSError:  # the folder is missing: a fault of another kind, which shows itself elsewhere
            return max(self._keep_free_mb, 1)


def means_full_disk(error: BaseException) -> bool:
    """Whether this error of the operating system or of Postgres, which SQLAlchemy may have wrapped, says that a disk is
    full."""
    cause = getattr(error, "orig", None) or error
    if isinstance(cause, OSError):
        return cause.errno in NO_ROOM
    return getattr(cause, "sqlstate", None) == POSTGRES_DISK_FULL
