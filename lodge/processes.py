"""Starts, ends and recognises the processes of one desk."""

import contextlib
import ctypes
import json
import os
import resource
import signal
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
from lodge.folders import opened_file, read_start, remove, write_whole
from lodge.logs import LogPipe
from service_kit.settings import LogFormat

NOTE_BYTES = 1_000
KILL_SECONDS = 5.0
DRAIN_SECONDS = 1.0
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
    log_format: LogFormat = "plain"
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


class Running(subprocess.Popen[bytes]):
    """A process whose output goes to its log."""

    log_pipe: LogPipe

    def drain_log(self) -> None:
        """Waits until the log has what an ended process has printed."""
        self.log_pipe.drain(DRAIN_SECONDS)


def spawn(program: Program) -> Running:
    """Starts the program in its own session, so that Ctrl-C reaches only Lodge, and sends its output to its log.

    The calling thread has to live as long as the process: for Linux's parent-death signal the thread is the parent.
    """
    pipe = LogPipe(program.name, program.log, program.log_format)
    try:
        process = Running(
            program.command,
            env=dict(program.environment),
            cwd=program.folder,
            stdin=subprocess.DEVNULL,
            stdout=pipe.write_end if program.output is None else program.output,
            stderr=pipe.write_end,
            start_new_session=True,
            umask=0o077,
            pass_fds=program.files,
            preexec_fn=_die_with(os.getpid(), program.when_parent_dies),
            **(program.account.popen_arguments() if program.account else {}),
        )
    except BaseException:
        pipe.close()
        raise
    process.log_pipe = pipe
    pipe.start()
    return process


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


def end(process: Running, program: Program, hurry: threading.Event) -> None:
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
    process.drain_log()


def has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Returns whether the process has ended. Unlike `poll`, it does not reap the process."""
    if process.returncode is not None:
        return True
    try:
        return not is_alive(psutil.Process(process.pid))
    except psutil.NoSuchProcess:
        return True


def last_lines(log: Path, count: int = 15) -> str:
    with opened_file(log, os.O_RDONLY) as handle:
        end = os.pread(handle, 20_000, max(0, os.fstat(handle).st_size - 20_000))
    return "\n".join(end.decode(errors="replace").splitlines()[-count:])


def remember(folder: Path, name: str, pid: int, restarts: int = 0) -> None:
    """Writes a child's pid and start time to a file, and for the metrics how often it was started again. The pid alone
    may later belong to another process."""
    with contextlib.suppress(psutil.NoSuchProcess):
        note = {"pid": pid, "started": psutil.Process(pid).create_time(), "restarts": restarts}
        write_whole(folder / f"{name}.pid", json.dumps(note))


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
