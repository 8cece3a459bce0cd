"""`python -m benchmarks`: measures, prints tables, and exits with code 1 when a row or figure misses its limit."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.assignment import measure_assignment
from benchmarks.categorising import measure_categorising
from benchmarks.data_api import measure_data_api, measure_lists
from benchmarks.databases import Databases, empty_database, forget_reports, kept_databases
from benchmarks.desk import open_desk
from benchmarks.engines import measure_engines
from benchmarks.explain import explain as plans
from benchmarks.facts import read_facts
from benchmarks.figures import Figure
from benchmarks.launcher import measure_launcher
from benchmarks.learning import measure_wrong_corrections
from benchmarks.live import measure_live
from benchmarks.machine import OtherWork
from benchmarks.measure import Row
from benchmarks.new_categories import measure_new_categories
from benchmarks.replica import measure_replica
from benchmarks.search import measure_search
from benchmarks.services import running_data_api, running_ui
from benchmarks.sign_in import measure_sign_in
from benchmarks.similar import measure_similar
from benchmarks.sql_lab import measure_sql_lab
from benchmarks.suggestions import measure_memory, measure_suggestions
from benchmarks.told import print_figures, print_table
from benchmarks.ui import measure_ui
from service_kit.settings import usual_workers

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


class Part(StrEnum):
    DATA_API = "api"
    LISTS = "lists"
    SEARCH = "search"
    UI = "ui"
    LIVE = "live"
    REPLICA = "replica"
    SQL = "sql"
    ENGINES = "engines"
    SUGGESTIONS = "suggestions"
    CATEGORISING = "categorising"
    SIMILAR = "similar"
    LAUNCHER = "launcher"
    SIGN_IN = "signin"
    ASSIGNMENT = "assignment"


# Every filter in every order: ten minutes, for somebody who changes lists.
ONLY_WHEN_NAMED = {Part.LISTS}
NEED_NO_CAMPUS = {Part.CATEGORISING, Part.SIMILAR, Part.LAUNCHER, Part.SIGN_IN, Part.ASSIGNMENT}

AS_LODGE_UP = usual_workers()

Home = Annotated[Path, typer.Option(help="Where the benchmark's own database server is kept between runs.")]
Only = Annotated[list[Part] | None, typer.Option(help="One part alone; may be repeated.")]
Explain = Annotated[bool, typer.Option("--explain", help="Print the plan of each list query instead.")]
Small = Annotated[str | None, typer.Option(help="Measure this database as the small one, on a server of one's own.")]
Large = Annotated[str | None, typer.Option(help="The large one, to be given together with --small.")]
Workers = Annotated[int, typer.Option(min=1, max=8, help="So many processes serve the data API of each desk.")]


@dataclass
class Measured:
    """What the parts have measured so far. `caption` says under which conditions."""

    figures: list[Figure] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    caption: str = ""

    def add(self, figures: Iterable[Figure], rows: Iterable[Row]) -> None:
        self.figures += figures
        self.rows += rows

    @property
    def is_as_it_must_be(self) -> bool:
        return not any(row.failures() for row in self.rows) and all(one.is_as_it_must_be for one in self.figures)


@app.command()
def main(
    home: Home = Path("var/bench"),
    only: Only = None,
    explain: Explain = False,
    small: Small = None,
    large: Large = None,
    workers: Workers = AS_LODGE_UP,
) -> None:
    """Measure the desk on a campus of 1,000,000 tickets, beside one of 10,000."""
    parts = set(only or set(Part) - ONLY_WHEN_NAMED)
    if explain:
        with _databases(home, small, large) as databases:
            for line in plans(databases.large, read_facts(databases.large)):
                print(line)
        return
    measured = Measured()
    try:
        _measure_words(measured, home, large, parts)
        if Part.LAUNCHER in parts:
            measured.rows += measure_launcher(home / "launcher")
        if Part.SIGN_IN in parts:
            with empty_database(home, large, "signin") as url:
                measured.add(*measure_sign_in(url, home / "logs", workers))
        if Part.ASSIGNMENT in parts:
            with empty_database(home, large, "assignment") as url:
                measured.add(*measure_assignment(url, home / "logs", workers))
        if parts - NEED_NO_CAMPUS:
            with _databases(home, small, large) as databases:
                _measure(measured, databases, parts, home / "logs", workers)
    finally:  # what was measured before a part failed is worth having
        print_figures(measured.figures)
        print_table(measured.rows, measured.caption)
    raise typer.Exit(0 if measured.is_as_it_must_be else 1)


def _measure_words(measured: Measured, home: Path, server_url: str | None, parts: set[Part]) -> None:
    """Measures the categoriser and the similar reports on texts, in databases made for this run."""
    if Part.CATEGORISING in parts:
        measured.add(*measure_categorising())
        with empty_database(home, server_url, "learning") as url:
            measured.figures += measure_new_categories(url)
        measured.figures += measure_wrong_corrections()
    if Part.SIMILAR in parts:
        with empty_database(home, server_url, "similar") as url:
            measured.add(*measure_similar(url))


@contextmanager
def _databases(home: Path, small: str | None, large: str | None) -> Iterator[Databases]:
    if small and large:
        yield Databases(small, large)
    elif small or large:
        raise typer.BadParameter("--small and --large go together")
    else:
        with kept_databases(home) as databases:
            yield databases


def _measure(measured: Measured, databases: Databases, parts: set[Part], logs: Path, workers: int) -> None:
    rows = measured.rows
    with ExitStack() as stack:
        for database in databases:
            forget_reports(database)
            stack.callback(forget_reports, database)
        small, large = [
            open_desk(database, stack.enter_context(running_data_api(database, logs, workers=workers)))
            for database in databases
        ]
        others = OtherWork()
        if Part.DATA_API in parts:
            rows += measure_data_api(small, large)
        if Part.LISTS in parts:
            rows += measure_lists(small, large)
        if Part.SEARCH in parts:
            rows += measure_search(small, large)
        if parts & {Part.UI, Part.LIVE}:
            ui = stack.enter_context(running_ui(large.url, logs))
            rows += measure_ui(large, ui) if Part.UI in parts else []
            rows += measure_live(large, ui, logs.parent, logs) if Part.LIVE in parts else []
        if Part.REPLICA in parts:
            rows += measure_replica(large, logs.parent, logs)
        if Part.SQL in parts:
            measured.add(*measure_sql_lab(large, logs.parent, logs))
        if Part.ENGINES in parts:
            rows += measure_engines(databases.large, logs.parent)
        if Part.SUGGESTIONS in parts:
            rows += measure_suggestions(large)
            measured.figures.append(measure_memory(databases.small, logs))
        sizes = f"{workers} workers; small: {small.facts.tickets:,} tickets, large: {large.facts.tickets:,}"
        measured.caption = f"Milliseconds; {sizes}. Meanwhile other programs took {others.share():.0%} of the machine."


if __name__ == "__main__":
    app()
