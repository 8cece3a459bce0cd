"""`python -m benchmarks.export`: how long exports take, when their first byte comes, how much memory the data API takes
meanwhile, and how long others wait."""

from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Annotated, Any, NamedTuple

import httpx
import typer

from benchmarks.attachments import Watch, megabytes, process_of
from benchmarks.databases import open_kept
from benchmarks.desk import Desk, open_desk
from benchmarks.services import running_data_api
from benchmarks.told import tell
from contracts.export import PIECE_NUMBER_BYTES, ExportFormat

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

PATIENCE_SECONDS = 600.0
MOST_SECONDS, MOST_MEGABYTES, MOST_FIRST_BYTE = 30.0, 300.0, 1.0
OF_LIMITS = 100_000  # as many tickets as the limits are of


class Taken(NamedTuple):
    """`first_byte`: of the head; `first_rows`: of what comes after it."""

    tickets: int
    first_byte: float
    first_rows: float
    seconds: float
    megabytes: float


@app.command()
def main(
    home: Annotated[Path, typer.Option(help="Where the database server is kept between runs.")] = Path("var/bench"),
    tickets: Annotated[int, typer.Option(help="The size of the campus.")] = OF_LIMITS,
    all_columns: Annotated[bool, typer.Option(help="Every column, and not the usual ones.")] = False,
) -> None:
    """Export all tickets of the campus in each format; of more than 100,000, as CSV only."""
    formats = list(ExportFormat) if tickets <= OF_LIMITS else [ExportFormat.CSV]
    is_as_it_must_be = True
    with (
        open_kept(home, f"export_{tickets}", tickets) as url,
        running_data_api(url, home / "logs") as api,
    ):
        desk = open_desk(url, api)
        token = {"Authorization": f"Bearer {desk.agent.token}"}
        columns = columns_of(desk, token) if all_columns else []
        process = process_of("data_api.main")
        with Watch(api, token, process) as alone:
            export(api, token, ExportFormat.CSV, {"columns": columns, "q": "#1"})
            before = megabytes(process)
        tell(f"with Arrow loaded, the data API takes {before:.0f} MB")
        for format_ in formats:
            with Watch(api, token, process) as watch:
                taken = export(api, token, format_, {"columns": columns})
            others = quantiles(watch.took, n=20)[-1] if len(watch.took) > 1 else 0.0
            tell(
                f"{format_}: {taken.tickets:,} tickets, {taken.megabytes:.0f} MB; first byte {taken.first_byte:.2f} s, "
                f"first rows {taken.first_rows:.2f} s, whole {taken.seconds:.1f} s; memory {watch.most:.0f} MB; "
                f"a list meanwhile {others * 1000:.0f} ms (95 of 100; {max(alone.took) * 1000:.0f} ms at most before)"
            )
            is_quick = taken.first_byte < MOST_FIRST_BYTE and (tickets > OF_LIMITS or taken.seconds < MOST_SECONDS)
            is_as_it_must_be &= is_quick and watch.most < MOST_MEGABYTES + before
    raise typer.Exit(0 if is_as_it_must_be else 1)


def columns_of(desk: Desk, token: dict[str, str]) -> list[str]:
    answer = httpx.get(f"{desk.url}/tickets/export/columns", headers=token, trust_env=False)
    return [one["name"] for one in answer.json()["columns"]]


def export(api: str, token: dict[str, str], format_: ExportFormat, asked: dict[str, Any]) -> Taken:
    """Reads the file as it comes, and keeps nothing of it but the numbers of its last piece."""
    began, size, last = perf_counter(), 0, b""
    params = {"format": str(format_), "pieces": True, **asked}
    arrived: list[float] = []
    with httpx.stream(
        "GET", f"{api}/tickets/export", params=params, headers=token, timeout=PATIENCE_SECONDS, trust_env=False
    ) as answer:
        answer.raise_for_status()
        for chunk in answer.iter_bytes():
            if len(arrived) < 2:
                arrived.append(perf_counter() - began)
            size += len(chunk)
            last = (last + chunk)[-3 * PIECE_NUMBER_BYTES :]
    tickets = int.from_bytes(last[:PIECE_NUMBER_BYTES])
    return Taken(tickets, arrived[0], arrived[-1], perf_counter() - began, size / 1024**2)


if __name__ == "__main__":
    app()
