"""Starts, ends and recognises the processes of one desk."""

import contextlib
import ctypes
import json
import os
import resource
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from signal import Signals

import psutil

from lodge.account import Account
from lodge.errors import LodgeError
from lodge.folders import opened_file, read_start, remove, write_whole

LOG_BYTES = 10_000_000
NOTE_BYTES = 1_000
KILL_SECONDS = 5.0
_POLL_SECONDS = 0.02
_SAME_START_SECONDS = 2.0  # a process's start time shifts a little when the system clock is corrected
_PR_SET_PDEATHSIG = 1


def _load_prctl() -> Callable[..., int] | None:
    return ctypes.CDLL(None).prctl if sys.platform == "linux" else None


_prctl = _load_prctl()


@dataclass(frozen=True)
class Program:
    """What to start. `stop` lists the signals that end it, each with the seconds to wait before the next signal.
    `files` are the open file descriptors that it inherits. `output` is one that takes its standard output instead of
    the log."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    folder: Path
    log: Path
    account: Account | None = None
    stop: tuple[tuple[Signals, float], ...] = ((signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0))
    when_parent_dies: Signals = field(default=signal.SIGKILL)
    files: tuple[int, ...] = ()
    output: int | None = None


def allow_many_files() -> None:
    """Raises the limit of open files to the permitted maximum, for this process and its children.

    Each connection takes a file descriptor, and the default limit is low.
    """
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):  # such as an "unlimited" hard limit that the system does not accept
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def spawn(program: Program) -> subprocess.Popen[bytes]:
    """Starts the program in its own session, so that Ctrl-C reaches only Lodge, and sends its output to its log.

    The calling thread has to live as long as the process: for Linux's parent-death signal the thread is the parent.
    """
    _part_from_other_name(program.log)
    keep_log_small(program.log)
    with opened_file(program.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT) as log:
        return subprocess.Popen(  # noqa: S603
            program.command,
            env=dict(program.environment),
            cwd=program.folder,
            stdin=subprocess.DEVNULL,
            stdout=log if program.output is None else program.output,
            stderr=log,
            start_new_session=True,
            umask=0o077,
            pass_fds=program.files,
            preexec_fn=_die_with(os.getpid(), program.when_parent_dies),
            **(program.account.popen_arguments() if program.account else {}),
        )


def _die_with(parent: int, sig: Signals) -> Callable[[], None] | None:
    """Returns a function, to run in the child, after which Linux sends it `sig` when Lodge dies.

    Returns None on other systems, where the next start of Lodge ends the child.
    """
    if _prctl is None:
        return None
    prctl = _prctl

    def tie() -> None:
        prctl(_PR_SET_PDEATHSIG, int(sig), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return tie


def end(process: subprocess.Popen[bytes], program: Program, hurry: threading.Event) -> None:
    """Sends the signals of `program.stop` in order until the process ends, then kills its process group.

    When `hurry` is set, the wait after the first signal is cut short. The process is reaped last, because the system
    may reuse its pid and group id once it is reaped. Until then use `has_ended`, which does not reap it.
    """
    if process.returncode is not None:
        return
    for rung, (sig, seconds) in enumerate(program.stop):
        if has_ended(process):
            break
        os.kill(process.pid, sig)
        deadline = time.monotonic() + seconds
        while not has_ended(process) and time.monotonic() < deadline and not (rung == 0 and hurry.is_set()):
            time.sleep(_POLL_SECONDS)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(KILL_SECONDS)


def has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Returns whether the process has ended. Unlike `poll`, it does not reap the process."""
    if process.returncode is not None:
        return True
    try:
        return not is_alive(psutil.Process(process.pid))
    except psutil.NoSuchProcess:
        return True


def _part_from_other_name(log: Path) -> None:
    """Renames a log that has a second hard link, as after `cp -al`, to the older part, so that a new file is begun.

    This keeps our output out of the other link's file. It works only while no process writes to the log.
    """
    with contextlib.suppress(FileNotFoundError):
        found = log.lstat()
        if stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid() and found.st_nlink > 1:
            remove(_older_part(log))  # rename does nothing when the target is a hard link to the same file
            log.rename(_older_part(log))


def _older_part(log: Path) -> Path:
    return log.with_name(log.name + ".1")


def keep_log_small(log: Path) -> None:
    """Moves the content of a log larger than LOG_BYTES to its older part, or drops it when the disk is full.

    The writing process keeps the file open, so the file is truncated, not replaced. Raises LodgeError when the log
    belongs to another user or has a second hard link.
    """
    with contextlib.suppress(FileNotFoundError), opened_file(log, os.O_RDWR) as handle:
        size = os.fstat(handle).st_size
        if size > LOG_BYTES:
            with contextlib.suppress(OSError, LodgeError):
                older = _older_part(log)
                remove(older)  # deleted, not truncated: it may have a second hard link
                with opened_file(older, os.O_WRONLY | os.O_CREAT) as kept:
                    _copy(handle, kept)
            os.ftruncate(handle, 0)


def _copy(source: int, target: int) -> None:
    with open(source, "rb", closefd=False) as old, open(target, "wb", closefd=False) as new:
        shutil.copyfileobj(old, new, 1_000_000)


def last_lines(log: Path, count: int = 15) -> str:
    with opened_file(log, os.O_RDONLY) as handle:
        end = os.pread(handle, 20_000, max(0, os.fstat(handle).st_size - 20_000))
    return "\n".join(end.decode(errors="replace").splitlines()[-count:])


def remember(folder: Path, name: str, pid: int) -> None:
    """Writes a child's pid and start time to a file. The pid alone may later belong to another process."""
    with contextlib.suppress(psutil.NoSuchProcess):
        write_whole(folder / f"{name}.pid", json.dumps({"pid": pid, "started": psutil.Process(pid).create_time()}))


def is_running_as(folder: Path, name: str) -> bool:
    """Returns whether the child that was remembered under this name is still running."""
    process = _remembered(folder / f"{name}.pid")
    return process is not None and is_alive(process)


def end_remembered(folder: Path) -> None:
    """Kills the children that an earlier, killed Lodge of this home left running."""
    for note in folder.glob("*.pid"):
        process = _remembered(note)
        if process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            kill_all([process])
        remove(note)


def kill_all(processes: list[psutil.Process]) -> None:
    """Kills the processes and waits up to KILL_SECONDS until they have ended. A zombie counts as ended."""
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    deadline = time.monotonic() + KILL_SECONDS
    while any(is_alive(process) for process in processes) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)


def is_alive(process: psutil.Process) -> bool:
    """Returns whether the process is running. A process whose main thread has ended looks like a zombie, but lives and
    holds its ports until its other threads have ended too."""
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return process.num_threads() > 1
        return process.is_running()
    except psutil.NoSuchProcess:
        return False


def _remembered(note: Path) -> psutil.Process | None:
    try:
        written = json.loads(read_start(note, NOTE_BYTES))
        process = psutil.Process(written["pid"])
        is_same = abs(process.create_time() - written["started"]) < _SAME_START_SECONDS
    except (OSError, ValueError, KeyError, TypeError, RecursionError, psutil.NoSuchProcess):
        return None
    return process if is_same else None
