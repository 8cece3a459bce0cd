"""Progress bars on the terminal."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

# Each match means that one entry of a dump is done: by pg_dump, by pg_restore itself or by one of its jobs.
_DUMPED = re.compile(r"dumping contents of table")
_LOADED = re.compile(r"(processing|finished) item \d+")


class Steps:
    """The steps of a long operation, with one progress bar for each."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    @contextmanager
    def step(self, name: str, total: float | None = None) -> Iterator[Callable[[float], None]]:
        """Gives a function to call with the amount of work done since the last call. With `total` None the bar shows no
        percentage."""
        task = self._progress.add_task(name, total=total)
        yield lambda done: self._progress.advance(task, done)
        self._progress.update(task, total=total or 1, completed=total or 1)


@contextmanager
def steps(console: Console) -> Iterator[Steps]:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        yield Steps(progress)


def entries(advance: Callable[[float], None]) -> Callable[[str], None]:
    """Returns a function that takes a line of pg_dump's or pg_restore's report and advances by 1 per finished entry."""

    def tell(line: str) -> None:
        if _DUMPED.search(line) or _LOADED.search(line):
            advance(1)

    return tell
