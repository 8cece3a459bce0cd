"""What a person sees while they wait."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

# One entry of a dump is done: read by pg_dump, made by pg_restore itself or by one of its jobs.
_DUMPED = re.compile(r"dumping contents of table")
_LOADED = re.compile(r"(processing|finished) item \d+")


class Steps:
    """The steps of a long work, one bar each."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    @contextmanager
    def step(self, name: str, total: float | None = None) -> Iterator[Callable[[float], None]]:
        """Hands out what is to be told of how much more is done; `total` None: it is not known how long it takes."""
        task = self._progress.add_task(name, total=total)
        yield lambda done: self._progress.advance(task, done)
        self._progress.update(task, total=total or 1, completed=total or 1)


@contextmanager
def steps(console: Console) -> Iterator[Steps]:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        yield Steps(progress)


def entries(advance: Callable[[float], None]) -> Callable[[str], None]:
    """For the reports of pg_dump and pg_restore: one more for each entry."""

    def tell(line: str) -> None:
        if _DUMPED.search(line) or _LOADED.search(line):
            advance(1)

    return tell
