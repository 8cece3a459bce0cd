"""The processes of statements, as the system tells them."""

import os
from pathlib import Path


def statements_processes() -> list[int]:
    """Returns the processes that were forked from this process's warm one."""
    children = _children(os.getpid())
    return [statement for child in children if _is_warm(child) for statement in _children(child)]


def _children(process: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{process}/task").iterdir():
        try:
            found += [int(number) for number in (task / "children").read_text().split()]
        except OSError:  # the thread has ended
            continue
    return found


def _is_warm(process: int) -> bool:
    try:
        return b"warehouse.lab.processes" in Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return False
