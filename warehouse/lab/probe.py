"""Tries the ways out of a confined process, to show that each is closed on this machine."""

import ctypes
import json
import mmap
import os
import resource
import signal
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path

from service_kit.confine import Bounds, CannotConfine, confine
from warehouse.lab.frames import Kind

READABLE_EVERYWHERE = Path("/etc/passwd")
BOUNDS = Bounds(memory_bytes=1024**3, processor_seconds=5)


def find_ways_out(send: Callable[[Kind, bytes], None]) -> None:
    """Confines the process and sends what it can still do that it must not, as JSON: a list of sentences' ends."""
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        folder = tempfile.gettempdir()
        ways = _ways(libc, folder)
        confine(BOUNDS)
        found = [name for name, attempt in ways.items() if _succeeds(attempt)]
    except CannotConfine as error:
        found = [str(error)]
    send(Kind.DONE, json.dumps(found).encode())


def _ways(libc: ctypes.CDLL, folder: str) -> dict[str, Callable[[], object]]:
    mode = Path(folder).stat().st_mode & 0o7777
    parent = os.getppid()
    priority = os.getpriority(os.PRIO_PROCESS, parent)

    def fork() -> None:
        if os.fork() == 0:
            os._exit(0)

    def start_program() -> None:
        os.execv("/bin/true", ["true"])  # noqa: S606

    def raise_address_space() -> None:
        mmap.mmap(-1, 2 * BOUNDS.memory_bytes)

    def become_somebody_else() -> None:
        if libc.setuid(65534) != 0 or os.getuid() != 65534:
            raise PermissionError

    return {
        "it reads files": READABLE_EVERYWHERE.read_bytes,
        "it reads its parent's environment": Path(f"/proc/{parent}/environ").read_bytes,
        "it lists folders": lambda: list(Path("/").iterdir()),
        "it writes files": lambda: Path(folder, f"lodge-probe-{os.getpid()}").write_bytes(b""),
        "it changes files' permissions": lambda: Path(folder).chmod(mode),
        "it opens network sockets": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
        "it opens local sockets": lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM),
        "it starts processes": fork,
        "it changes other processes' priority": lambda: os.setpriority(os.PRIO_PROCESS, parent, priority),
        "it changes other processes' limits": lambda: resource.prlimit(parent, resource.RLIMIT_CORE),
        "it signals other processes": lambda: os.kill(parent, signal.SIGCONT),
        "it takes more memory than it may": raise_address_space,
        **({"it changes its user": become_somebody_else} if os.getuid() == 0 else {}),
        "it starts programs": start_program,  # the last one, because it would not come back
    }


def _succeeds(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except (OSError, MemoryError):
        return False
    return True
