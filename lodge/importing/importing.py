"""Imports the tickets of a file in one transaction."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from lodge.bulk import bulk_transaction
from lodge.importing.drafts import TicketDraft
from lodge.importing.event_log import EventLog
from lodge.importing.fields import FieldReader
from lodge.importing.mapping import EventLogMapping, Mapping, check_columns, load_mapping, wanted_columns
from lodge.importing.moments import MomentReader
from lodge.importing.reading import open_table
from lodge.importing.refusals import ImportRefused, Refusals
from lodge.importing.repository import ImportRepository
from lodge.importing.tickets import TicketRows
from lodge.terminal import counted, printable
from service_kit.settings import get_settings

CHUNK = 5_000
LONGEST_FILE_NAME = 255


@dataclass
class Outcome:
    number: int = 0  # of this import; 0 if it added nothing, which is not recorded
    added: int = 0
    known: int = 0
    refusals: Refusals = field(default_factory=Refusals)
    notes: list[str] = field(default_factory=list)


def import_file(
    database_url: str, file: Path, mapping: Path, skip_refused: bool = False, console: Console | None = None
) -> None:
    """Imports a CSV file, plain or .gz, and prints the outcome.

    Raises `ImportRefused` and writes nothing when rows are refused and `skip_refused` is not set; raises `LodgeError`
    when the mapping or the file cannot be read.
    """
    console = console or Console()
    rules = load_mapping(mapping)
    with bulk_transaction(database_url) as connection:
        outcome = _import(ImportRepository(connection, rules.source), file, rules, console, skip_refused)
        if outcome.refusals.total and not skip_refused:
            raise ImportRefused(
                f"Refused {outcome.refusals.counted}, so nothing was imported:\n{outcome.refusals}\n"
                f"{_notes(outcome)}Correct the file or the mapping, or leave these rows out with --skip-refused."
            )
    _tell(console, outcome)


def _import(repository: ImportRepository, file: Path, rules: Mapping, console: Console, skip_refused: bool) -> Outcome:
    """Reads all rows and writes their tickets. Unless `skip_refused` is set, nothing more is written after the first
    refusal, but all rows are still checked, so that the next try can succeed."""
    outcome = Outcome()
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    lists = repository.begin()
    moments = MomentReader(
        rules.file.time_format,
        ZoneInfo(rules.file.time_zone) if rules.file.time_zone else None,
        get_settings().campus_zone,
        keeps_future=rules.future == "keep",
        now=datetime.now(UTC),
    )
    reader = FieldReader(lists, rules, moments)
    kind = EventLog(rules, reader) if isinstance(rules, EventLogMapping) else TicketRows(rules, reader)
    with (
        Progress(*columns, console=console) as progress,
        open_table(file, rules.file, wanted_columns(rules), progress, outcome.refusals) as table,
    ):
        check_columns(rules, table.header)
        for chunk in _chunks(kind.drafts(table.rows, outcome.refusals)):
            if skip_refused or not outcome.refusals.total:
                new = repository.without_known(chunk)
                repository.add(new)
                outcome.added += len(new)
                outcome.known += len(chunk) - len(new)
    outcome.notes = [*table.notes, *moments.notes]
    if outcome.added:
        outcome.number = repository.record(_shown_name(file), outcome.added)
        repository.analyze()
    return outcome


def _shown_name(file: Path) -> str:
    """Returns the file's name with bytes that are no UTF-8 replaced, because Postgres stores no others."""
    return file.name.encode(errors="replace").decode()[:LONGEST_FILE_NAME]


def _chunks(drafts: Iterator[TicketDraft]) -> Iterator[list[TicketDraft]]:
    while chunk := list(islice(drafts, CHUNK)):
        yield chunk


def _notes(outcome: Outcome) -> str:
    return "".join(f"{note}\n" for note in outcome.notes)


def _added(outcome: Outcome) -> str:
    if outcome.added:
        known = f"; {outcome.known:,} {'was' if outcome.known == 1 else 'were'} there already" if outcome.known else ""
        undo = f"This was import {outcome.number}; `lodge import --undo {outcome.number}` undoes it."
        return f"Added {counted(outcome.added, 'ticket', 'tickets')}{known}.\n{undo}"
    if not outcome.known:
        return "Nothing was imported: no ticket was found in the file."
    if outcome.known == 1:
        return "Nothing new: the one ticket is here already."
    return f"Nothing new: all {outcome.known:,} tickets are here already."


def _tell(console: Console, outcome: Outcome) -> None:
    lines = [_added(outcome), _notes(outcome).rstrip("\n")]
    if outcome.refusals.total:
        lines += [f"Refused {outcome.refusals.counted}:", str(outcome.refusals)]
    told = "\n".join(line for line in lines if line)
    console.print(printable(told), markup=False, highlight=False, soft_wrap=True)
