"""Imports the tickets of a file in one transaction."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from data_api.attachments.service import MOST_OF_A_TICKET
from data_api.files.uploads import Kept
from lodge.bulk import bulk_transaction
from lodge.errors import LodgeError
from lodge.importing.attaching import FolderOfFiles, NamedFile
from lodge.importing.drafts import TicketDraft
from lodge.importing.event_log import EventLog
from lodge.importing.fields import FieldReader, Lists
from lodge.importing.linking import NamedLink
from lodge.importing.mapping import (
    EventLogMapping,
    Mapping,
    TicketsMapping,
    check_columns,
    load_mapping,
    wanted_columns,
)
from lodge.importing.moments import MomentReader
from lodge.importing.reading import Table, open_table
from lodge.importing.refusals import ImportRefused, Refusals, RowRefused
from lodge.importing.repository import ImportRepository
from lodge.importing.tickets import TicketRows
from lodge.terminal import counted, printable, quoted
from service_kit.settings import get_settings

CHUNK = 5_000
LONGEST_FILE_NAME = 255
SHOWN_LEFT_OUT = 200
# The table was changed, or tickets deleted, between the checks and the import.
CHANGED = RowRefused("attachments: they were not checked, because the row was not new a moment ago")

Checked = dict[str, Kept | RowRefused]


@dataclass
class Outcome:
    number: int = 0  # of this import; 0 if it added nothing, which is not recorded
    added: int = 0
    known: int = 0
    refusals: Refusals = field(default_factory=Refusals)
    files: int = 0
    internal_notes: int = 0
    links: int = 0
    # Files and links that were not taken, although their tickets were.
    left_out: Refusals = field(default_factory=lambda: Refusals(SHOWN_LEFT_OUT, SHOWN_LEFT_OUT))
    notes: list[str] = field(default_factory=list)


@dataclass
class Rest:
    """What is added to new tickets when all of them are there."""

    files: list[NamedFile] = field(default_factory=list)
    links: list[NamedLink] = field(default_factory=list)

    def add(self, ticket_id: int, draft: TicketDraft) -> None:
        self.files += [NamedFile(ticket_id, draft.line, name) for name in draft.files]
        self.links += [NamedLink(ticket_id, draft.line, *link) for link in draft.links]


def import_file(
    database_url: str,
    file: Path,
    mapping: Path,
    skip_refused: bool = False,
    console: Console | None = None,
    files: Path | None = None,
) -> None:
    """Imports a CSV file, plain or .gz, and prints the outcome. `files` is the folder of the files that the rows name.

    Raises `ImportRefused` and writes nothing when rows are refused and `skip_refused` is not set; raises `LodgeError`
    when the mapping or the file cannot be read.
    """
    console = console or Console()
    rules = load_mapping(mapping)
    folder = _folder(rules, files)
    checked = _check_files(database_url, file, rules, console, skip_refused, folder) if folder else {}
    with bulk_transaction(database_url) as connection:
        outcome = _import(ImportRepository(connection, rules.source), file, rules, console, skip_refused, checked)
        if outcome.refusals.total and not skip_refused:
            raise ImportRefused(
                f"Refused {outcome.refusals.counted}, so nothing was imported:\n{outcome.refusals}\n"
                f"{_notes(outcome)}Correct the file or the mapping, or leave these rows out with --skip-refused."
            )
    _tell(console, outcome)


def _folder(rules: Mapping, files: Path | None) -> FolderOfFiles | None:
    names_files = isinstance(rules, TicketsMapping) and bool(rules.ticket.attachments)
    if names_files and files is None:
        raise LodgeError("The mapping names attachments: say with --files which folder they are in.")
    if files is not None and not names_files:
        raise LodgeError("The mapping names no attachments, so no folder of --files is needed.")
    return FolderOfFiles(files, get_settings()) if files else None


class Drafts(NamedTuple):
    """The tickets of a file, some at a time, and what is noted while they are read."""

    chunks: Iterator[list[TicketDraft]]
    table: Table
    moments: MomentReader


def _check_files(
    database_url: str, file: Path, rules: Mapping, console: Console, skip_refused: bool, folder: FolderOfFiles
) -> Checked:
    """Takes in the files that new rows name, by name: before the transaction of the import, because a virus scanner may
    take minutes for them. Takes none if refused rows will refuse the import."""
    names, refusals = dict[str, None](), Refusals()
    with bulk_transaction(database_url) as connection, _progress(console) as progress:
        repository = ImportRepository(connection, rules.source)
        with _drafts(repository.lists(), file, rules, progress, refusals) as drafts:
            for chunk in drafts.chunks:
                names.update((name, None) for draft in repository.without_known(chunk) for name in draft.files)
    if not names or (refusals.total and not skip_refused):
        return {}
    checked: Checked = {}
    with _progress(console) as progress:
        task = progress.add_task("Checking files", total=len(names))
        for some in folder.take(list(names)):
            checked.update(some)
            progress.advance(task, len(some))
    return checked


def _import(
    repository: ImportRepository, file: Path, rules: Mapping, console: Console, skip_refused: bool, checked: Checked
) -> Outcome:
    """Reads all rows and writes their tickets. Unless `skip_refused` is set, nothing more is written after the first
    refusal, but all rows are still checked, so that the next try can succeed."""
    outcome, rest = Outcome(), Rest()
    repository.begin()
    with (
        _progress(console) as progress,
        _drafts(repository.lists(), file, rules, progress, outcome.refusals) as drafts,
    ):
        for chunk in drafts.chunks:
            if skip_refused or not outcome.refusals.total:
                new = repository.without_known(chunk)
                for ticket_id, draft in zip(repository.add(new), new, strict=True):
                    rest.add(ticket_id, draft)
                outcome.added += len(new)
                outcome.known += len(chunk) - len(new)
                outcome.internal_notes += sum(len(draft.notes) for draft in new)
        if skip_refused or not outcome.refusals.total:
            _attach(repository, rest.files, checked, outcome)
            _link(repository, rest.links, outcome)
    outcome.notes = [*drafts.table.notes, *drafts.moments.notes]
    if outcome.added:
        outcome.number = repository.record(_shown_name(file), outcome.added)
        repository.analyze()
    return outcome


def _progress(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console)


@contextmanager
def _drafts(lists: Lists, file: Path, rules: Mapping, progress: Progress, refusals: Refusals) -> Iterator[Drafts]:
    moments = MomentReader(
        rules.file.time_format,
        ZoneInfo(rules.file.time_zone) if rules.file.time_zone else None,
        get_settings().campus_zone,
        keeps_future=rules.future == "keep",
        now=datetime.now(UTC),
    )
    reader = FieldReader(lists, rules, moments)
    kind = EventLog(rules, reader) if isinstance(rules, EventLogMapping) else TicketRows(rules, reader)
    with open_table(file, rules.file, wanted_columns(rules), progress, refusals) as table:
        check_columns(rules, table.header)
        yield Drafts(_chunks(kind.drafts(table.rows, refusals)), table, moments)


def _attach(repository: ImportRepository, files: list[NamedFile], checked: Checked, outcome: Outcome) -> None:
    taken, count = list[tuple[int, Kept]](), Counter[int]()
    for named in files:
        kept = checked.get(named.name, CHANGED)
        if isinstance(kept, Kept) and count[named.ticket_id] >= MOST_OF_A_TICKET:
            kept = RowRefused(f"attachments: {quoted(named.name)}: a ticket has at most {MOST_OF_A_TICKET} files")
        if isinstance(kept, RowRefused):
            outcome.left_out.add(named.line, kept)
        else:
            count[named.ticket_id] += 1
            taken.append((named.ticket_id, kept))
    if taken:
        repository.attach(taken)
        outcome.files = len(taken)


def _link(repository: ImportRepository, links: list[NamedLink], outcome: Outcome) -> None:
    if not links:
        return
    ids = repository.find({link.other for link in links})
    known, stored = repository.links({*ids.values(), *(link.ticket_id for link in links)}), []
    for link in links:
        try:
            if one := known.check(link, ids.get(link.other)):
                stored.append(one)
        except RowRefused as refused:
            outcome.left_out.add(link.line, refused)
    if stored:
        repository.link(stored)
        outcome.links = len(stored)


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
        return f"Added {counted(outcome.added, 'ticket', 'tickets')}{_with(outcome)}{known}.\n{undo}"
    if not outcome.known:
        return "Nothing was imported: no ticket was found in the file."
    if outcome.known == 1:
        return "Nothing new: the one ticket is here already."
    return f"Nothing new: all {outcome.known:,} tickets are here already."


def _with(outcome: Outcome) -> str:
    counts = ((outcome.files, "file"), (outcome.internal_notes, "internal note"), (outcome.links, "link"))
    told = [counted(count, name, f"{name}s") for count, name in counts if count]
    if not told:
        return ""
    return f" with {' and '.join(filter(None, [', '.join(told[:-1]), told[-1]]))}"


def _tell(console: Console, outcome: Outcome) -> None:
    lines = [_added(outcome), _notes(outcome).rstrip("\n")]
    if outcome.refusals.total:
        lines += [f"Refused {outcome.refusals.counted}:", str(outcome.refusals)]
    if outcome.left_out.total:
        lines += ["Left out, while their tickets were imported:", str(outcome.left_out)]
    told = "\n".join(line for line in lines if line)
    console.print(printable(told), markup=False, highlight=False, soft_wrap=True)
