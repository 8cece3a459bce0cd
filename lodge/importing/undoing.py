"""Lists the imports, and undoes one of them in one transaction."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from lodge.bulk import bulk_transaction, outside_transactions
from lodge.errors import LodgeError
from lodge.importing.undo_repository import (
    Batch,
    UndoRepository,
    batches,
    drop_indexes,
    find_batch,
    index_references_to_people,
)
from lodge.terminal import counted, printable, quoted

Ask = Callable[[str], None]
COLUMNS = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
NOTHING_WRITTEN = "Nothing was written."


def list_imports(database_url: str, console: Console | None = None) -> None:
    """Prints all imports, the latest first."""
    console = console or Console()
    with bulk_transaction(database_url) as connection:
        found = batches(connection)
    if not found:
        console.print("Nothing was imported yet.")
        return
    table = Table("Import", "When (UTC)", "Source", "File", "Tickets", "People", "Undone (UTC)")
    for batch in found:
        undone = f"{batch.undone_at:%Y-%m-%d %H:%M}" if batch.undone_at else ""
        kept = f", {batch.kept_tickets:,} stayed" if batch.kept_tickets else ""
        cells = (batch.source, batch.file)
        table.add_row(
            str(batch.id),
            f"{batch.imported_at:%Y-%m-%d %H:%M}",
            *(escape(printable(cell)) for cell in cells),
            f"{batch.tickets:,}",
            f"{batch.people:,}",
            undone + kept,
        )
    console.print(table)


def undo_import(database_url: str, number: int, ask: Ask, console: Console | None = None) -> None:
    """Deletes the tickets, people, buildings and categories that the import brought. A ticket that somebody has worked
    on since stays, and so does whatever is still in use.

    `ask` is called first, and may raise to refuse. Raises LodgeError when there is no such import, and when it is
    undone already.
    """
    console = console or Console()
    with bulk_transaction(database_url) as connection:
        batch = _check(find_batch(connection, number), number)
    ask(
        f"Delete the {counted(batch.tickets, 'ticket', 'tickets')} that import {number} brought on "
        f"{batch.imported_at:%Y-%m-%d %H:%M} UTC from {quoted(batch.file)}? What somebody has worked on since stays."
    )
    with _indexed_references(database_url, batch), bulk_transaction(database_url) as connection:
        lines = _undo(UndoRepository(connection, batch), console)
    console.print(printable("\n".join(lines)), markup=False, highlight=False, soft_wrap=True)


def _check(batch: Batch | None, number: int) -> Batch:
    if batch is None:
        raise LodgeError(f"There is no import {number}. `lodge import --list` shows those that there are.")
    if batch.undone_at is not None:
        raise LodgeError(f"Import {number} was undone on {batch.undone_at:%Y-%m-%d %H:%M} UTC.")
    return batch


@contextmanager
def _indexed_references(database_url: str, batch: Batch) -> Iterator[None]:
    """Keeps indexes with which people can be deleted quickly until the block ends."""
    if not batch.people:
        yield
        return
    with outside_transactions(database_url, NOTHING_WRITTEN) as connection:
        names = index_references_to_people(connection)
    try:
        yield
    finally:
        with outside_transactions(database_url, "Only indexes that nobody needs were left behind.") as connection:
            drop_indexes(connection, names)


def _undo(repository: UndoRepository, console: Console) -> list[str]:
    """Deletes everything, and returns what to tell about it."""
    batch = _check(repository.begin(), repository.batch.id)
    with Progress(*COLUMNS, console=console) as progress:
        task = progress.add_task("Deleting tickets", total=batch.tickets)
        deleted = 0
        for count in repository.delete_tickets():
            deleted += count
            progress.advance(task, count)
    kept, examples = repository.kept_tickets()
    people = repository.delete_people()
    buildings, categories = (repository.delete_entries(table) for table in ("building", "category"))
    repository.note_undone(kept)
    repository.analyze()
    lines = [
        f"Import {batch.id} is undone. Deleted: {counted(deleted, 'ticket', 'tickets')}, "
        f"{counted(people, 'person', 'people')}, {counted(len(buildings), 'building', 'buildings')} and "
        f"{counted(len(categories), 'category', 'categories')}."
    ]
    if kept:
        shown = ", ".join(map(str, examples)) + (" …" if kept > len(examples) else "")
        them = "it" if kept == 1 else "them"
        lines.append(f"{kept:,} of its tickets {_stay(kept)}, because somebody has worked on {them} since: {shown}")
    for what, count in (
        ("people", batch.people - people),
        ("buildings", len(set(batch.buildings.values()) - set(buildings))),
        ("categories", len(set(batch.categories.values()) - set(categories))),
    ):
        if count > 0:
            lines.append(f"{count:,} of its {what} {_stay(count)}: still in use, or changed since.")
    return lines


def _stay(count: int) -> str:
    return "stays" if count == 1 else "stay"
