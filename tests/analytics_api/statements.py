"""The processes of statements, as the system tells them."""

import os
from contextlib import suppress
from pathlib import Path


def statements_processes(above: int | None = None) -> list[int]:
    """Returns the processes that were forked from the warm ones below the process `above`, or else this one."""
    return [statement for warm in warm_processes(above) for statement in _children(warm)]


def warm_processes(above: int | None = None) -> list[int]:
    children = _children(above or os.getpid())
    return [found for child in children for found in ([child] if _is_warm(child) else warm_processes(child))]


def _children(process: int) -> list[int]:
    found: list[int] = []
    with suppress(OSError):  # the process has ended
        for task in Path(f"/proc/{process}/task").iterdir():
            with suppress(OSError):  # the thread has ended
                found += [int(number) for number in (task / "children").read_text().split()]
    return found


def _is_warm(process: int) -> bool:
    try:
        return b"warehouse.lab.processes" in Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return False
