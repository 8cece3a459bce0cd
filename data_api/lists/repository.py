"""Queries on the short lists."""

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import ColumnElement, exists, func, select, text, update
from sqlalchemy import Row as SqlRow
from sqlalchemy.orm import Session

from data_api.models import Building, Category, Stage, Ticket, TrainingExample

MOVING_MILLISECONDS = 20 * 60_000
# `modified_at` stays: nothing happened to the problems, and old ones would stand above those that are worked on. The
# clock, because some are reported after the transaction began. Of tickets from before it was kept who chose, it is
# written down now, as `lodge recategorise` would conclude it: afterwards the line in the history would say that staff
# did. They do not stand on the default, which cannot go.
MOVE = text("""
WITH moved AS (
    UPDATE ticket SET category_id = :to_id, version = version + 1, category_by = coalesce(category_by, CASE
        WHEN EXISTS (SELECT FROM ticket_event WHERE ticket_id = ticket.id AND kind = 'category') THEN 'staff'
        WHEN source IS NOT NULL THEN 'import'
        ELSE 'requester' END)
    WHERE category_id = :from_id RETURNING id
)
INSERT INTO ticket_event (ticket_id, kind, from_value, to_value, actor_id, occurred_at)
SELECT id, 'category', :from_slug, :to_slug, :actor, clock_timestamp() FROM moved
""")
MOVE_PREDICTIONS = text("""
UPDATE ticket_prediction SET category_id = :to_id
WHERE category_id = :from_id AND predicted_at > CAST(:since AS timestamptz)
""")
EVER = "-infinity"
# A report's moment is taken before its transaction begins, and that lasts seconds at most.
MEANWHILE = text("SELECT now() - interval '10 minutes'")
Row = TypeVar("Row", Category, Building)


class ListRepository:
    def __init__(self, session: Session) -> None:
        self.session = session

    def categories(self) -> Sequence[Category]:
        return self.session.scalars(select(Category).order_by(Category.id)).all()

    def categories_with_examples(self) -> Sequence[SqlRow[Category, int]]:
        """With the number of texts that each is known by."""
        known = select(func.count()).where(TrainingExample.is_active, TrainingExample.category_id == Category.id)
        return self.session.execute(select(Category, known.scalar_subquery()).order_by(Category.id)).all()

    def buildings(self) -> Sequence[Building]:
        return self.session.scalars(select(Building).order_by(Building.name, Building.id)).all()

    def stages(self) -> Sequence[Stage]:
        return self.session.scalars(select(Stage).order_by(Stage.position, Stage.id)).all()

    def lock(self, table: type[Row], slug: str) -> Row | None:
        """Nobody else changes it; tickets may still come to stand on it."""
        return self.session.scalar(select(table).where(table.slug == slug).with_for_update(key_share=True))

    def lock_both(self, *slugs: str) -> dict[str, Category]:
        """As `lock`, by slug. In the order of their ids, so that two who merge cannot wait for each other."""
        both = select(Category).where(Category.slug.in_(slugs)).order_by(Category.id)
        return {row.slug: row for row in self.session.scalars(both.with_for_update(key_share=True))}

    def hold_alone(self, row: Category | Building) -> None:
        """Until the transaction ends no ticket can come to stand on it."""
        self.session.refresh(row, with_for_update=True)

    def find(self, table: type[Row], slug: str) -> Row | None:
        return self.session.scalar(select(table).where(table.slug == slug))

    def is_taken(self, table: type[Row], slug: str) -> bool:
        return self.session.scalar(select(exists().where(table.slug == slug))) or False

    def is_used(self, row: Category | Building) -> bool:
        """Whether any ticket, readable or not, stands on it."""
        uses: ColumnElement[bool] = (
            Ticket.category_id == row.id if isinstance(row, Category) else Ticket.building_id == row.id
        )
        return self.session.scalar(select(exists().where(uses))) or False

    def add(self, row: Category | Building) -> None:
        self.session.add(row)
        self.session.flush()

    def delete(self, row: Category | Building) -> None:
        self.session.delete(row)
        self.session.flush()

    def take_minutes(self) -> None:
        """A million tickets take them."""
        self.session.execute(text(f"SET LOCAL statement_timeout = {MOVING_MILLISECONDS}"))

    def move_tickets(self, row: Category, to: Category, actor_id: int) -> None:
        """All that stand on it, each with its line in the history."""
        slugs = {"from_slug": row.slug, "to_slug": to.slug}
        self.session.connection().execute(MOVE, {"from_id": row.id, "to_id": to.id, **slugs, "actor": actor_id})

    def move_predictions(self, row: Category, to: Category, *, meanwhile: bool) -> None:
        """What was predicted to be the one counts as the other. `meanwhile`: only since this transaction began, which
        an index finds; all of them take a look at every prediction."""
        since = self.session.scalar(MEANWHILE) if meanwhile else EVER
        self.session.connection().execute(MOVE_PREDICTIONS, {"from_id": row.id, "to_id": to.id, "since": since})

    def clear_default(self) -> None:
        self.session.execute(update(Category).where(Category.is_default).values(is_default=False))
