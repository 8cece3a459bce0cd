"""`python -m benchmarks`: one run, one table, exit code 1 when a row is not as it must be."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.data_api import measure_data_api
from benchmarks.databases import Databases, forget_reports, kept_databases
from benchmarks.desk import open_desk
from benchmarks.explain import explain as plans
from benchmarks.facts import read_facts
from benchmarks.live import measure_live
from benchmarks.machine import OtherWork
from benchmarks.measure import Row
from benchmarks.services import running_data_api, running_ui
from benchmarks.told import print_table
from benchmarks.ui import measure_ui

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


class Part(StrEnum):
    DATA_API = "api"
    UI = "ui"
    LIVE = "live"


Home = Annotated[Path, typer.Option(help="Where the benchmark's own database server is kept between runs.")]
Only = Annotated[list[Part] | None, typer.Option(help="One part alone; may be repeated.")]
Explain = Annotated[bool, typer.Option("--explain", help="Print the plan of each list query instead.")]
Small = Annotated[str | None, typer.Option(help="Measure this database as the small one, on a server of one's own.")]
Large = Annotated[str | None, typer.Option(help="The large one, to be given together with --small.")]


@app.command()
def main(
    home: Home = Path("var/bench"),
    only: Only = None,
    explain: Explain = False,
    small: Small = None,
    large: Large = None,
) -> None:
    """Measure the desk on a campus of 1,000,000 tickets, beside one of 10,000."""
    with _databases(home, small, large) as databases:
        if explain:
            for line in plans(databases.large, read_facts(databases.large)):
                print(line)
            return
        rows, caption = _measure(databases, set(only or Part), home / "logs")
    print_table(rows, caption)
    raise typer.Exit(1 if any(row.failures() for row in rows) else 0)


@contextmanager
def _databases(home: Path, small: str | None, large: str | None) -> Iterator[Databases]:
    if small and large:
        yield Databases(small, large)
    elif small or large:
        raise typer.BadParameter("--small and --large go together")
    else:
        with kept_databases(home) as databases:
            yield databases


def _measure(databases: Databases, parts: set[Part], logs: Path) -> tuple[list[Row], str]:
    rows: list[Row] = []
    with ExitStack() as stack:
        for database in databases:
            forget_reports(database)
            stack.callback(forget_reports, database)
        small, large = [
            open_desk(database, stack.enter_context(running_data_api(database, logs))) for database in databases
        ]
        others = OtherWork()
        if Part.DATA_API in parts:
            rows += measure_data_api(small, large)
        if parts & {Part.UI, Part.LIVE}:
            ui = stack.enter_context(running_ui(large.url, logs))
            rows += measure_ui(large, ui) if Part.UI in parts else []
            rows += measure_live(large, ui) if Part.LIVE in parts else []
        sizes = f"small: {small.facts.tickets:,} tickets, large: {large.facts.tickets:,}"
        return rows, f"Milliseconds; {sizes}. Meanwhile other programs took {others.share():.0%} of the machine."


if __name__ == "__main__":
    app()
