"""Predicts the categories of tickets again, one batch per transaction. An interruption loses at most one batch, and the
next run skips the tickets that the present model has already predicted."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from contracts.categorising import CategoryBy
from data_api.kit.database import make_engine
from data_api.learning.categoriser import Categoriser
from data_api.learning.knowledge import Knowledge
from data_api.learning.steps import LEARNING_STEPS
from data_api.texts.encoder import EncoderUnavailable, get_encoder
from data_api.texts.texts import text_of
from lodge.errors import LodgeError
from lodge.recategorising.repository import PEOPLE, RecategoriseRepository, Settled, Which
from lodge.terminal import counted, printable

BATCH = 256
# Nobody waits for a single statement here; the services limit statements because users wait for their answers.
NO_LIMIT = "-c statement_timeout=0"
Ask = Callable[[str], None]
COLUMNS = (
    TextColumn("{task.description}"),
    BarColumn(),
    MofNCompleteColumn(),
    TimeElapsedColumn(),
    TimeRemainingColumn(),
)


@dataclass
class Outcome:
    """`went` counts tickets by the names of their old and new categories. `left` counts tickets that changed during
    the prediction, or that could be given no category. `passed_over` tells why tickets were not looked at, if none
    was."""

    went: Counter[tuple[str, str]] = field(default_factory=Counter)
    left: int = 0
    passed_over: list[str] = field(default_factory=list)

    @property
    def looked_at(self) -> int:
        return self.went.total() + self.left

    @property
    def moved(self) -> int:
        return sum(count for (before, now), count in self.went.items() if before != now)


def recategorise(
    database_url: str, which: Which, ask: Ask, *, is_dry: bool = False, console: Console | None = None
) -> None:
    """Predicts the categories again and prints how many tickets moved where. With `is_dry` nothing is changed.

    Before categories that people chose are changed, `ask` is called, which may raise to refuse. Raises LodgeError when
    the encoder is not available or the database fails.
    """
    console = console or Console()
    engine = make_engine(database_url, NO_LIMIT)
    outcome = Outcome()
    try:
        _predict_anew(engine, which, ask, outcome, console, is_dry=is_dry)
    except EncoderUnavailable as error:
        raise LodgeError(f"Texts cannot be understood here: {error}") from None
    except SQLAlchemyError as error:
        reason = printable(str(getattr(error, "orig", error)).strip().partition("\n")[0]).rstrip(".")
        raise LodgeError(f"The database stopped the work: {reason}. Run it again: it goes on where it was.") from None
    finally:
        engine.dispose()
        if outcome.looked_at:
            _tell(console, outcome, is_dry=is_dry)
    if not outcome.looked_at:
        console.print("\n".join(["There is nothing to look at.", *outcome.passed_over]), soft_wrap=True)


def _predict_anew(engine: Engine, which: Which, ask: Ask, outcome: Outcome, console: Console, *, is_dry: bool) -> None:
    categoriser = Categoriser()
    # Each step has its own short transaction, because its locks make anybody who corrects a category wait. The slow
    # counts below run in a later transaction without these locks.
    for step in LEARNING_STEPS:
        with Session(engine) as session, session.begin():
            step(session)
    with Session(engine) as session, session.begin():
        version = _knowledge(categoriser, session).model.version
        repository = RecategoriseRepository(session)
        total = repository.count(which, version)
        by_chooser = repository.count_by_chooser(which) if total == 0 or which.has_chosen else {}
    if total == 0:
        outcome.passed_over = _passed_over(by_chooser, which)
    if not is_dry and which.has_chosen and any(by_chooser.get(one) for one in PEOPLE):
        ask(_question(by_chooser))
    after: int | None = 0
    with Progress(*COLUMNS, console=console) as progress:
        task = progress.add_task("Tickets", total=total)
        while after is not None:
            with Session(engine) as session, session.begin():
                count, after = _batch(session, _knowledge(categoriser, session), which, after, outcome, is_dry=is_dry)
            progress.advance(task, count)


def _knowledge(categoriser: Categoriser, session: Session) -> Knowledge:
    """Returns the present knowledge, which includes corrections that people make during the run."""
    knowledge = categoriser.knowledge(session)
    if knowledge is None:
        raise LodgeError("Nothing was learned yet. If the desk is just starting, try again in a minute.")
    return knowledge


def _batch(
    session: Session, knowledge: Knowledge, which: Which, after: int, outcome: Outcome, *, is_dry: bool
) -> tuple[int, int | None]:
    """Predicts one batch. Returns its number of tickets and the id of its last ticket, or None when it was empty."""
    repository = RecategoriseRepository(session)
    rows = repository.batch(which, knowledge.model.version, after, BATCH)
    if not rows:
        return 0, None
    texts = [text_of(row.title, row.description) for row in rows]
    predictions = knowledge.predict_all(texts, get_encoder().encode(texts))
    # Rows are locked only now, so that nobody has to wait for the encoder. Meanwhile a category may have been merged
    # into another.
    categories = repository.categories(is_held=not is_dry)
    present = {row.id for row in rows} if is_dry else repository.unchanged(rows)
    settled = [
        Settled(row, prediction, to)
        for row, prediction in zip(rows, predictions, strict=True)
        if row.id in present and row.category_id in categories
        if (to := prediction.assigned_id) is not None and to in categories
    ]
    if settled and not is_dry:
        repository.settle(settled, {id_: slug for id_, (slug, _) in categories.items()}, datetime.now(UTC))
    names = {id_: name for id_, (_, name) in categories.items()}
    outcome.went.update((names[one.ticket.category_id], names[one.category_id]) for one in settled)
    outcome.left += len(rows) - len(settled)
    return len(rows), rows[-1].id


def _passed_over(by_chooser: dict[str, int], which: Which) -> list[str]:
    """Returns sentences about the tickets that are not looked at, and the options that include them."""
    of_imports = 0 if CategoryBy.IMPORT in which.chosen_by else by_chooser.get(CategoryBy.IMPORT, 0)
    of_people = 0 if which.has_chosen else sum(by_chooser.get(one, 0) for one in PEOPLE)
    predicted = sum(by_chooser.get(one, 0) for one in which.chosen_by)
    told = (
        (of_imports, "the category that an import named", "--imported"),
        (of_people, "a category that people chose", "--all"),
        (predicted, "a category that the present model has predicted", "--again"),
    )
    return [
        f"{counted(count, 'ticket has', 'tickets have')} {category}; with {option} "
        f"{'it is' if count == 1 else 'they are'} looked at too."
        for count, category, option in told
        if count
    ]


def _question(chosen: dict[str, int]) -> str:
    requesters, staff = chosen.get(CategoryBy.REQUESTER, 0), chosen.get(CategoryBy.STAFF, 0)
    return (
        f"People have chosen the category of {requesters + staff:,} of these tickets: requesters of {requesters:,}, "
        f"staff of {staff:,}. Change them too?"
    )


def _tell(console: Console, outcome: Outcome, *, is_dry: bool) -> None:
    table = Table("From", "To", "Tickets")
    table.columns[2].justify = "right"
    for (before, now), count in outcome.went.most_common():
        if before != now:
            table.add_row(escape(printable(before)), escape(printable(now)), f"{count:,}")
    if outcome.moved:
        console.print(table)
    verb = "would move" if is_dry else "moved"
    stay = outcome.looked_at - outcome.moved
    others = f", {stay:,} {'stays' if stay == 1 else 'stay'}" if stay else ""
    console.print(f"{counted(outcome.looked_at, 'ticket', 'tickets')} looked at: {outcome.moved:,} {verb}{others}.")
    if outcome.left:
        console.print(f"Of these, {outcome.left:,} changed meanwhile, or no category knows enough to be given them.")
