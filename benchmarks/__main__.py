"""`python -m benchmarks`: measures, prints tables, and exits with code 1 when a row or figure misses its limit."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.categorising import measure_categorising
from benchmarks.data_api import measure_data_api
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
from benchmarks.services import running_data_api, running_ui
from benchmarks.sign_in import measure_sign_in
from benchmarks.similar import measure_similar
from benchmarks.suggestions import measure_memory, measure_suggestions
from benchmarks.told import print_figures, print_table
from benchmarks.ui import measure_ui
from service_kit.settings import usual_workers

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


class Part(StrEnum):
    DATA_API = "api"
    UI = "ui"
    LIVE = "live"
    REPLICA = "replica"
    ENGINES = "engines"
    SUGGESTIONS = "suggestions"
    CATEGORISING = "categorising"
    SIMILAR = "similar"
    LAUNCHER = "launcher"
    SIGN_IN = "signin"


NEED_NO_CAMPUS = {Part.CATEGORISING, Part.SIMILAR, Part.LAUNCHER, Part.SIGN_IN}

AS_LODGE_UP = usual_workers()

Home = Annotated[Path, typer.Option(help="Where the benchmark's own database server is kept between runs.")]
Only = Annotated[list[Part] | None, typer.Option(help="One part alone; may be repeated.")]
Explain = Annotated[bool, typer.Option("--explain", help="Print the plan of each list query instead.")]
Small = Annotated[str | None, typer.Option(help="Measure this database as the small one, on a server of one's own.")]
Large = Annotated[str | None, typer.Option(help="The large one, to be given together with --small.")]
Workers = Annotated[int, typer.Option(min=1, max=8, help="So many processes serve the data API of each desk.")]


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
    parts = set(only or Part)
    figures: list[Figure] = []
    rows: list[Row] = []
    caption = ""
    if not explain:
        figures, rows = _measure_words(home, large, parts)
        rows += measure_launcher(home / "launcher") if Part.LAUNCHER in parts else []
        if Part.SIGN_IN in parts:
            with empty_database(home, large, "signin") as url:
                found, times = measure_sign_in(url, home / "logs", workers)
            figures, rows = figures + found, rows + times
    if explain or parts - NEED_NO_CAMPUS:
        with _databases(home, small, large) as databases:
            if explain:
                for line in plans(databases.large, read_facts(databases.large)):
                    print(line)
                return
            more_figures, more, caption = _measure(databases, parts, home / "logs", workers)
        figures, rows = figures + more_figures, rows + more
    print_figures(figures)
    print_table(rows, caption)
    raise typer.Exit(1 if any(row.failures() for row in rows) or not all(map(_is_as_it_must_be, figures)) else 0)


def _is_as_it_must_be(figure: Figure) -> bool:
    return figure.is_as_it_must_be


def _measure_words(home: Path, server_url: str | None, parts: set[Part]) -> tuple[list[Figure], list[Row]]:
    """Measures the categoriser and the similar reports on texts, in databases made for this run."""
    figures: list[Figure] = []
    rows: list[Row] = []
    if Part.CATEGORISING in parts:
        figures, rows = measure_categorising()
        with empty_database(home, server_url, "learning") as url:
            figures += measure_new_categories(url)
        figures += measure_wrong_corrections()
    if Part.SIMILAR in parts:
        with empty_database(home, server_url, "similar") as url:
            found, times = measure_similar(url)
        figures, rows = figures + found, rows + times
    return figures, rows


@contextmanager
def _databases(home: Path, small: str | None, large: str | None) -> Iterator[Databases]:
    if small and large:
        yield Databases(small, large)
    elif small or large:
        raise typer.BadParameter("--small and --large go together")
    else:
        with kept_databases(home) as databases:
            yield databases


def _measure(databases: Databases, parts: set[Part], logs: Path, workers: int) -> tuple[list[Figure], list[Row], str]:
    figures: list[Figure] = []
    rows: list[Row] = []
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
        if parts & {Part.UI, Part.LIVE}:
            ui = stack.enter_context(running_ui(large.url, logs))
            rows += measure_ui(large, ui) if Part.UI in parts else []
            rows += measure_live(large, ui, logs.parent, logs) if Part.LIVE in parts else []
        if Part.REPLICA in parts:
            rows += measure_replica(large, logs.parent, logs)
        if Part.ENGINES in parts:
            rows += measure_engines(databases.large, logs.parent)
        if Part.SUGGESTIONS in parts:
            rows += measure_suggestions(large)
            figures.append(measure_memory(databases.small, logs))
        sizes = f"{workers} workers; small: {small.facts.tickets:,} tickets, large: {large.facts.tickets:,}"
        return (
            figures,
            rows,
            f"Milliseconds; {sizes}. Meanwhile other programs took {others.share():.0%} of the machine.",
        )


if __name__ == "__main__":
    app()
