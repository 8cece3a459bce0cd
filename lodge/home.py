"""LODGE_HOME: the one folder that holds the state of an installation (a desk)."""

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from lodge.errors import HomeTaken, LodgeError
from lodge.folders import check_is_ours, opened_file, opened_folder, real_path
from service_kit.settings import Settings

PASS_THROUGH = 0o711
CLOSED = 0o700


class Home:
    """Knows the paths inside LODGE_HOME and makes the folders, with the right modes whatever the umask is."""

    def __init__(self, path: Path) -> None:
        self._given = path.expanduser().absolute()
        # Resolved, because it is compared with the working folders of running servers.
        self.path = Path(os.path.realpath(self._given))  # Path.resolve raises an error for a circular link
        self.run = self.path / "run"
        self.logs = self.path / "logs"
        self.secrets = self.path / "secrets"
        self.postgres = self.path / "postgres"
        self.warehouse = self.path / "warehouse"
        self.files = self.path / "files"
        self._lock_file = self.run / "lodge.lock"

    def make(self) -> None:
        """Makes the folders of this home, where they are missing, and sets their modes.

        Raises LodgeError for a home that cannot be used, or that somebody else has made or may write to.
        """
        try:
            real_path(self._given)
            self._make_open_parents()
            for folder in (self.run, self.logs, self.secrets, self.postgres, self.warehouse, self.files):
                if not os.path.lexists(folder):
                    folder.mkdir(CLOSED)
                if folder != self.postgres or os.geteuid() != 0:  # under root it belongs to the server's account
                    check_is_ours(folder)
                with opened_folder(folder) as handle:
                    os.fchmod(handle, CLOSED)
            real_path(self._given)  # again: it now covers the new folders, and what others made in the meantime
        except OSError as error:
            raise LodgeError(
                f"LODGE_HOME {self.path} cannot be used: {error.strerror} ({error.filename}). "
                "Set LODGE_HOME to a folder you may write."
            ) from error

    def _make_open_parents(self) -> None:
        """Makes LODGE_HOME and its parents. When Lodge is root, Postgres runs as another account, which has to pass
        through these folders."""
        wanted = PASS_THROUGH if os.geteuid() == 0 else CLOSED
        for folder in [*reversed(self.path.parents), self.path]:
            if not folder.exists():
                folder.mkdir(CLOSED)
                folder.chmod(wanted)
        check_is_ours(self.path)
        mode = stat.S_IMODE(self.path.stat().st_mode)
        if mode & wanted != wanted:
            self.path.chmod(mode | wanted)

    @contextmanager
    def lock(self, holder: str) -> Iterator[None]:
        """Holds this home's lock while the block runs. A process needs it to start the home's Postgres.

        The system releases the lock when the process dies. Raises HomeTaken when another process holds it.
        """
        self.make()
        with opened_file(self._lock_file, os.O_RDWR | os.O_CREAT) as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise self._taken(os.pread(handle, 200, 0).decode(errors="replace")) from None
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"{holder} {os.getpid()}".encode(), 0)
            yield

    def lock_holder(self) -> tuple[str, psutil.Process] | None:
        """Returns the command that holds the lock and its process, or None when nobody holds it.

        The number in the file may belong to another process by now, so the process has to have the file open. Raises
        LodgeError when this account may not look.
        """
        try:
            with opened_file(self._lock_file, os.O_RDONLY) as handle:
                holder, _, pid = os.pread(handle, 200, 0).decode(errors="replace").partition(" ")
            process = psutil.Process(int(pid))
            has_ended = process.status() == psutil.STATUS_ZOMBIE  # whose files cannot be listed
            is_open = not has_ended and _has_open(process, self._lock_file)
        except (FileNotFoundError, NotADirectoryError, ProcessLookupError, ValueError, psutil.NoSuchProcess):
            return None
        except (PermissionError, psutil.AccessDenied) as error:
            raise LodgeError(f"Only the account that Lodge runs as in {self.path} may do this.") from error
        return (holder, process) if is_open else None

    def _taken(self, text: str) -> HomeTaken:
        holder, _, pid = text.partition(" ")
        if holder == "up":
            message = (
                f"Lodge is already running in {self.path} (process {pid}). "
                "For a second desk set another LODGE_HOME and other ports."
            )
        else:
            message = f"`lodge {holder}` (process {pid}) is at work in {self.path}. Try again when it has finished."
        return HomeTaken(holder, message)


def _has_open(process: psutil.Process, file: Path) -> bool:
    """Returns whether the process has the file open. Raises PermissionError, psutil.Error."""
    links = Path(f"/proc/{process.pid}/fd")
    if not links.is_dir():
        return str(file) in {opened.path for opened in process.open_files()}
    # psutil looks at each open file, and fails when one lies in a folder that this account may not enter, as when a
    # command's output goes to a file of root.
    for link in links.iterdir():
        with suppress(FileNotFoundError):  # it was closed meanwhile
            if link.readlink() == file:
                return True
    return False


def named_desk(settings: Settings) -> str:
    """Returns which desk it is that these settings lead to, as the subject of a sentence."""
    return f'The desk "{settings.desk_name}" in {Home(settings.home).path}'
