"""All SQL statements of `lodge recategorise`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, and_, case, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from contracts.categorising import CategoryBy
from contracts.tickets import EventKind
from data_api.learning.knowledge import Prediction
from data_api.learning.prediction_repository import row_of
from data_api.models import Category, Ticket, TicketEvent, TicketPrediction

# Who chose a ticket's category. Tickets from before `category_by` existed have none; for them the answer follows from
# their history, their source or their category. It is computed here, because storing it would update all these tickets
# and add a row to the change feed for each.
DEFAULT_ID = select(Category.id).where(Category.is_default).scalar_subquery()
WAS_CHANGED = exists().where(TicketEvent.ticket_id == Ticket.id, TicketEvent.kind == EventKind.CATEGORY)
CHOSEN_BY = case(
    (Ticket.category_by.is_not(None), Ticket.category_by),
    (WAS_CHANGED, CategoryBy.STAFF.value),
    (Ticket.source.is_not(None), CategoryBy.IMPORT.value),
    (Ticket.category_id != DEFAULT_ID, CategoryBy.REQUESTER.value),
    else_=CategoryBy.DEFAULT.value,
)
NOBODY = [CategoryBy.DEFAULT, CategoryBy.PREDICTED]
PEOPLE = [CategoryBy.REQUESTER, CategoryBy.STAFF]


@dataclass(frozen=True)
class Which:
    """Selects tickets by who chose their category: always those for which nobody chose, and optionally those of imports
    and people. Tickets that the present model has already predicted are left out unless `is_again` is set."""

    has_imported: bool = False
    has_chosen: bool = False
    is_again: bool = False
    since: datetime | None = None

    @property
    def chosen_by(self) -> list[CategoryBy]:
        imported = [CategoryBy.IMPORT] if self.has_imported or self.has_chosen else []
        return [*NOBODY, *imported, *(PEOPLE if self.has_chosen else [])]


class Settled(NamedTuple):
    """A ticket as it was read, the prediction for its text, and the category that it gets."""

    ticket: Row[*tuple[Any, ...]]
    prediction: Prediction
    category_id: int

    @property
    def is_moved(self) -> bool:
        return bool(self.ticket.category_id != self.category_id)


class RecategoriseRepository:
    """Works inside the one transaction of the session it was given."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def categories(self, *, is_held: bool) -> dict[int, tuple[str, str]]:
        """Returns slug and name by id. With `is_held`, the categories are locked against deletion until the transaction
        ends, and a category that is just being deleted is left out."""
        found = select(Category.id, Category.slug, Category.name)
        rows = self.session.execute(
            found.with_for_update(read=True, key_share=True, skip_locked=True) if is_held else found
        )
        return {id_: (slug, name) for id_, slug, name in rows}

    def count(self, which: Which, model_version: int) -> int:
        counted = select(func.count()).select_from(Ticket).where(*_conditions(which, model_version))
        return self.session.scalars(counted).one()

    def count_by_chooser(self, which: Which) -> dict[str, int]:
        """Returns the number of tickets by who chose their category, whoever `which` names."""
        said = select(CHOSEN_BY.label("by")).where(*_opened(which)).subquery()
        return dict(self.session.execute(select(said.c.by, func.count()).group_by(said.c.by)).all())

    def batch(self, which: Which, model_version: int, after: int, limit: int) -> list[Row[*tuple[Any, ...]]]:
        """Returns the next tickets after this id, in order of their ids."""
        columns = (Ticket.id, Ticket.title, Ticket.description, Ticket.category_id, Ticket.category_by, Ticket.version)
        some = select(*columns).where(Ticket.id > after, *_conditions(which, model_version))
        return list(self.session.execute(some.order_by(Ticket.id).limit(limit)))

    def unchanged(self, rows: Sequence[Row[*tuple[Any, ...]]]) -> set[int]:
        """Locks the tickets and their predictions until the transaction ends, and returns the ids of those that have
        not changed since they were read. Rows that another transaction has locked are skipped, because a merge of
        categories may hold its locks for minutes."""
        seen = {row.id: (row.version, row.category_by) for row in rows}
        some = select(Ticket.id, Ticket.version, Ticket.category_by).where(Ticket.id.in_(seen))
        found = self.session.execute(some.with_for_update(key_share=True, skip_locked=True))
        return {id_ for id_, version, by in found if (version, by) == seen[id_]} - self._predictions_of_others(seen)

    def _predictions_of_others(self, ticket_ids: Iterable[int]) -> set[int]:
        """Locks the tickets' predictions, and returns the tickets whose predictions another transaction has locked."""
        there = select(TicketPrediction.ticket_id).where(TicketPrediction.ticket_id.in_(ticket_ids))
        held = there.with_for_update(key_share=True, skip_locked=True)
        return set(self.session.scalars(there)) - set(self.session.scalars(held))

    def settle(self, settled: Sequence[Settled], slugs: dict[int, str], at: datetime) -> None:
        moved = [one for one in settled if one.is_moved]
        for category_id in sorted({one.category_id for one in settled}):
            there = [one for one in settled if one.category_id == category_id]
            self._say_predicted([one.ticket.id for one in there if not one.is_moved])
            self._move([one.ticket.id for one in there if one.is_moved], category_id)
        self._keep([row_of(one.ticket.id, one.prediction, at) for one in settled])
        if moved:
            self.session.execute(insert(TicketEvent), [_event(one, slugs, at) for one in moved])

    def _say_predicted(self, ids: list[int]) -> None:
        """Marks the tickets' category as predicted. This is no edit, so the version stays."""
        told = update(Ticket).where(Ticket.id.in_(ids), Ticket.category_by.is_distinct_from(CategoryBy.PREDICTED))
        self._run(told.values(category_by=CategoryBy.PREDICTED))

    def _move(self, ids: list[int], category_id: int) -> None:
        """Moves the tickets to the category. The version is raised, so that a simultaneous edit is reported as a
        conflict. `modified_at` stays: nobody worked on the tickets, and otherwise thousands of old tickets would be
        listed above those that somebody has worked on."""
        if not ids:
            return
        values = {"category_id": category_id, "category_by": CategoryBy.PREDICTED, "version": Ticket.version + 1}
        self._run(update(Ticket).where(Ticket.id.in_(ids)).values(values))

    def _keep(self, rows: list[dict[str, Any]]) -> None:
        """Stores the predictions. If a ticket's previous prediction named the same category, its `predicted_at` stays,
        because the prediction has stood since then."""
        kept = insert(TicketPrediction)
        new, table = kept.excluded, TicketPrediction
        changes = {name: new[name] for name in rows[0] if name not in ("ticket_id", "predicted_at")}
        moment = case((table.category_id == new.category_id, table.predicted_at), else_=new.predicted_at)
        self.session.execute(
            kept.on_conflict_do_update(index_elements=[table.ticket_id], set_=changes | {"predicted_at": moment}), rows
        )

    def _run(self, statement: Any) -> None:
        self.session.execute(statement, execution_options={"synchronize_session": False})


def _conditions(which: Which, model_version: int) -> list[ColumnElement[bool]]:
    is_done = and_(
        Ticket.category_by == CategoryBy.PREDICTED,
        exists().where(TicketPrediction.ticket_id == Ticket.id, TicketPrediction.model_version == model_version),
    )
    return [CHOSEN_BY.in_(which.chosen_by), *_opened(which), *([] if which.is_again else [~is_done])]


def _opened(which: Which) -> list[ColumnElement[bool]]:
    return [Ticket.opened_at >= which.since] if which.since else []


def _event(one: Settled, slugs: dict[int, str], at: datetime) -> dict[str, Any]:
    return {
        "ticket_id": one.ticket.id,
        "kind": EventKind.CATEGORY,
        "from_value": slugs[one.ticket.category_id],
        "to_value": slugs[one.category_id],
        "actor_id": None,
        "occurred_at": at,
    }
