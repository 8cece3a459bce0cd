"""Reads and writes files in folders that somebody else may have made, or may write into.

Another user who may write into a folder can put a symbolic link there, and our write would then change a file of ours
elsewhere. So Lodge uses a LODGE_HOME only when nobody else may write to it or to a folder above it. When Lodge runs as
root, the database's folder belongs to the server's unprivileged account. There Lodge never looks a path up twice,
because the account could exchange the file between the two look-ups.
"""

import errno
import grp
import os
import pwd
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from lodge.errors import LodgeError

PROJECT = Path(__file__).resolve().parent.parent
_NO_FOLDER = "{} is a link or a file. Lodge works in a real folder only; move it away."
MOST_BYTES = 65_536
MOST_LINKS = 40  # as many as Linux follows in one path
UNFOLLOWED = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # O_NONBLOCK: opening a pipe must not block


def real_path(path: Path) -> Path:
    """Returns the path without links, `..` and `~`; parts that do not exist yet are kept as written.

    Raises LodgeError when another user could replace a folder or link on the way.
    """
    waiting = list(reversed(path.expanduser().absolute().parts[1:]))
    reached, links = Path("/"), 0
    _check_folder_above(reached, path)
    while waiting:
        part = waiting.pop()
        if part == "..":
            reached = reached.parent
            continue
        entry = reached / part
        try:
            found = entry.lstat()
        except FileNotFoundError:
            reached = entry
            continue
        if stat.S_ISLNK(found.st_mode):
            links += 1
            if links > MOST_LINKS or found.st_uid not in _trusted():
                raise LodgeError(f"{entry}, on the way to {path}, is a link of {name_of(found.st_uid)}. Remove it.")
            target = Path(os.readlink(entry))  # noqa: PTH115
            if target.is_absolute():
                reached = Path("/")
            waiting += reversed(target.parts[1:] if target.is_absolute() else target.parts)
            continue
        reached = entry
        if waiting:
            _check_folder_above(reached, path)
    return reached


def _check_folder_above(folder: Path, path: Path) -> None:
    found = folder.stat()
    if not stat.S_ISDIR(found.st_mode):
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
    if found.st_uid not in _trusted():
        raise LodgeError(
            f"{folder}, on the way to {path}, belongs to {name_of(found.st_uid)}, who could put another folder in its "
            "place. Choose a folder that only you and root can move."
        )
    # In a folder with the sticky bit, such as /tmp, users can rename or delete only their own files.
    if found.st_mode & stat.S_IWOTH and not found.st_mode & stat.S_ISVTX:
        raise LodgeError(
            f"Everybody may write to {folder}, on the way to {path}, and put another folder in its place. "
            f"Close it (chmod o-w {folder}), or choose another folder."
        )
    if found.st_mode & stat.S_IWGRP and not found.st_mode & stat.S_ISVTX and found.st_gid not in _trusted_groups():
        raise LodgeError(
            f"The group {group_name(found.st_gid)} may write to {folder}, on the way to {path}, and put another folder "
            f"in its place. Close it (chmod g-w {folder}), or choose another folder."
        )


def _trusted() -> set[int]:
    """Returns the users whose folders may lie on the way: root, ourselves, the owner of the program's files and the
    user who called sudo. The last two decide what we do anyway."""
    found = {0, os.geteuid(), PROJECT.stat().st_uid}
    if os.geteuid() == 0 and os.environ.get("SUDO_UID", "").isdecimal():
        found.add(int(os.environ["SUDO_UID"]))
    return found


def _trusted_groups() -> set[int]:
    """Returns the groups whose members may write on the way: root's, our own, and each trusted user's primary group.

    On most systems a primary group has no other members, and the folders that its user makes are writable for it.
    """
    found = {0, os.getgid()}
    for uid in _trusted():
        with suppress(KeyError):
            found.add(pwd.getpwuid(uid).pw_gid)
    return found


def check_is_trusted(file: Path) -> None:
    """Raises LodgeError when somebody else may have written this file; a missing file is accepted.

    It is for files whose content Lodge obeys, such as a `.env` in the folder where it is started.
    """
    with suppress(FileNotFoundError):
        for found in (file.lstat(), file.stat()):
            is_open = found.st_mode & stat.S_IWOTH or (
                found.st_mode & stat.S_IWGRP and found.st_gid not in _trusted_groups()
            )
            if not stat.S_ISLNK(found.st_mode) and is_open:
                raise LodgeError(f"Others may write to {file.absolute()}. Look what is in it: chmod go-w {file.name}")
            if found.st_uid not in _trusted():
                raise LodgeError(
                    f"{file.absolute()} belongs to {name_of(found.st_uid)}, and decides where Lodge keeps its data. "
                    "Start Lodge in another folder, or remove it."
                )


def check_is_readable(file: Path) -> None:
    """Raises LodgeError when this account may not read the file; a missing file is accepted."""
    if file.exists() and not os.access(file, os.R_OK):
        raise LodgeError(
            f"{file.absolute()} cannot be read by {name_of(os.geteuid())}. Use the account that Lodge runs as."
        )


def check_is_ours(folder: Path) -> None:
    """Raises LodgeError when the folder belongs to another account, or when others may write to it."""
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode):
        raise LodgeError(_NO_FOLDER.format(folder))
    if found.st_uid != os.geteuid():
        raise LodgeError(
            f"{folder} belongs to {name_of(found.st_uid)}, and Lodge runs as {name_of(os.geteuid())}. Run Lodge as "
            f"{name_of(found.st_uid)}, set LODGE_HOME to another folder, or, if you know what is in it, make it yours: "
            f"chown -R {name_of(os.geteuid())} {folder}"
        )
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise LodgeError(
            f"Others may write to {folder}, and may have put anything there. Look what is in it, then close it: "
            f"chmod go-w {folder}"
        )


def name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def group_name(gid: int) -> str:
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return str(gid)


@contextmanager
def opened_folder(folder: Path) -> Iterator[int]:
    """Gives an open handle of the folder, for `dir_fd`. Raises LodgeError when the path is a link or a file."""
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        if os.path.lexists(folder) and (folder.is_symlink() or not folder.is_dir()):
            raise LodgeError(_NO_FOLDER.format(folder)) from error
        raise
    try:
        yield handle
    finally:
        os.close(handle)


@contextmanager
def opened_file(path: Path, flags: int) -> Iterator[int]:
    """Gives an open handle of a file of ours and sets its mode to 0600; the flags may ask to create it.

    Raises LodgeError for a link, for anything but a plain file, for a file of another user, and for a file with a
    second hard link, because a write would change the file under its other name too.
    """
    with opened_folder(path.parent) as folder:
        try:
            handle = os.open(path.name, flags | UNFOLLOWED, 0o600, dir_fd=folder)
        except FileNotFoundError:
            raise
        except OSError as error:
            if stat.S_ISREG(os.stat(path.name, dir_fd=folder, follow_symlinks=False).st_mode):
                raise
            raise LodgeError(f"{path} is no plain file. Lodge does not follow it; move it away.") from error
    try:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise LodgeError(f"{path} is no plain file. Lodge does not use it; move it away.")
        if found.st_uid != os.geteuid():
            owner = name_of(found.st_uid)
            raise LodgeError(
                f"{path} belongs to {owner}, and this command runs as {name_of(os.geteuid())}. Run it as {owner}; "
                f"if {owner} has nothing to do with this desk, move it away."
            )
        if found.st_nlink > 1:
            raise LodgeError(f"{path} is a file that has another name too. Lodge does not use it; move it away.")
        os.fchmod(handle, 0o600)
        yield handle
    finally:
        os.close(handle)


def write_whole(path: Path, content: str | bytes, mode: int = 0o600) -> None:
    """Replaces the file atomically: a reader sees the old or the new content. The default mode is 0600."""
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
    """Returns the first bytes of a file, without blocking on a pipe. Raises OSError when it is missing or a link."""
    with opened_folder(path.parent) as folder:
        handle = os.open(path.name, os.O_RDONLY | UNFOLLOWED, dir_fd=folder)
        try:
            return os.read(handle, size)
        finally:
            os.close(handle)


def read_word(path: Path) -> str:
    """Returns the content of a small file of ours, such as a password. Raises OSError when it is missing or a link."""
    try:
        return read_start(path, MOST_BYTES).decode(errors="replace").strip()
    except OSError as error:
        error.filename = str(path)
        raise


def remove(path: Path) -> None:
    """Deletes the file if it exists; of a link, the link itself."""
    with suppress(FileNotFoundError), opened_folder(path.parent) as folder:
        os.unlink(path.name, dir_fd=folder)
