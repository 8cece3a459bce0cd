"""Brings a file's tickets into the desk: all of them or none."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from lodge.bulk import bulk_transaction
from lodge.importing.drafts import TicketDraft
from lodge.importing.event_log import EventLog
from lodge.importing.fields import FieldReader
from lodge.importing.mapping import EventLogMapping, Mapping, check_columns, load_mapping
from lodge.importing.reading import open_rows
from lodge.importing.refusals import ImportRefused, Refusals
from lodge.importing.repository import ImportRepository
from lodge.importing.tickets import TicketRows
from lodge.terminal import printable
from service_kit.settings import get_settings

CHUNK = 5_000


@dataclass
class Outcome:
    added: int = 0
    known: int = 0
    refusals: Refusals = field(default_factory=Refusals)


def import_file(
    database_url: str, file: Path, mapping: Path, skip_refused: bool = False, console: Console | None = None
) -> None:
    """Imports a CSV file, plain or .gz, and prints what came of it.

    Raises `ImportRefused`, with nothing written, when rows are refused and they are not to be skipped; `LodgeError`
    when the mapping or the file cannot be read.
    """
    console = console or Console()
    rules = load_mapping(mapping)
    with bulk_transaction(database_url) as connection:
        outcome = _import(ImportRepository(connection, rules.source), file, rules, console, skip_refused)
        if outcome.refusals.total and not skip_refused:
            raise ImportRefused(
                f"Refused {outcome.refusals.counted}, so nothing was imported:\n{outcome.refusals}\n"
                "Correct the file, or leave them out with --skip-refused."
            )
    _tell(console, outcome)


def _import(repository: ImportRepository, file: Path, rules: Mapping, console: Console, skip_refused: bool) -> Outcome:
    """After the first refusal nothing more is written, but all rows are checked: the next try should succeed."""
    outcome = Outcome()
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    lists = repository.begin()
    reader = FieldReader(lists, rules.file, get_settings().campus_zone, adds_buildings=rules.unknown_buildings == "add")
    kind = EventLog(rules, reader) if isinstance(rules, EventLogMapping) else TicketRows(rules, reader)
    with (
        Progress(*columns, console=console) as progress,
        open_rows(file, rules.file, progress, outcome.refusals) as (header, rows),
    ):
        check_columns(rules, header)
        for chunk in _chunks(kind.drafts(rows, outcome.refusals)):
            if skip_refused or not outcome.refusals.total:
                new = repository.without_known(chunk)
                repository.add(new)
                outcome.added += len(new)
                outcome.known += len(chunk) - len(new)
    repository.analyze()
    return outcome


def _chunks(drafts: Iterator[TicketDraft]) -> Iterator[list[TicketDraft]]:
    while chunk := list(islice(drafts, CHUNK)):
        yield chunk


def _tell(console: Console, outcome: Outcome) -> None:
    console.print(f"Added {outcome.added:,} tickets; {outcome.known:,} were there already.")
    if outcome.refusals.total:
        console.print(f"Refused {outcome.refusals.counted}:")
        console.print(printable(str(outcome.refusals)), markup=False, highlight=False)
