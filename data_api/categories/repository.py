"""Queries on categories."""

from collections.abc import Sequence

from sqlalchemy import Row, func, select, text, update
from sqlalchemy.orm import Session

from data_api.lists.repository import ListRepository
from data_api.models import Category, Ticket, TrainingExample

MOVING_MILLISECONDS = 20 * 60_000
# `modified_at` is not changed: otherwise old tickets would be listed above those that are being worked on. Events are
# dated by `clock_timestamp()`, because some tickets are reported after this transaction has begun. `category_by` is
# null in tickets that are older than the column. It is filled in here by the rules of `lodge recategorise`, because
# with the new event in the history, those would conclude that staff had chosen the old category. 'default' is not among
# the values, because the default category cannot be deleted or merged.
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
MOVE_EXPERTISE = text("""
INSERT INTO person_expertise (person_id, category_id)
SELECT person_id, :to_id FROM person_expertise WHERE category_id = :from_id ON CONFLICT DO NOTHING
""")
EVER = "-infinity"
# Ten minutes before this transaction began, to include reports that were being stored at that time: `predicted_at` is
# set before a report's transaction begins, which takes seconds at most.
MEANWHILE = text("SELECT now() - interval '10 minutes'")


class CategoryRepository(ListRepository[Category]):
    def __init__(self, session: Session) -> None:
        super().__init__(session, Category, lambda row: Ticket.category_id == row.id)

    def all_with_examples(self) -> Sequence[Row[Category, int]]:
        """Returns all categories, each with the number of its active examples."""
        known = select(func.count()).where(TrainingExample.is_active, TrainingExample.category_id == Category.id)
        return self.session.execute(select(Category, known.scalar_subquery()).order_by(Category.id)).all()

    def find(self, slug: str) -> Category | None:
        return self.session.scalar(select(Category).where(Category.slug == slug))

    def lock_both(self, *slugs: str) -> dict[str, Category]:
        """Locks the categories as `lock` does, and returns them by slug. Locks in the order of their ids, so that two
        merges cannot deadlock."""
        both = select(Category).where(Category.slug.in_(slugs)).order_by(Category.id)
        return {row.slug: row for row in self.session.scalars(both.with_for_update(key_share=True))}

    def allow_minutes(self) -> None:
        """Raises the statement timeout until the transaction ends: moving a million tickets takes minutes."""
        self.session.execute(text(f"SET LOCAL statement_timeout = {MOVING_MILLISECONDS}"))

    def move_tickets(self, row: Category, to: Category, actor_id: int) -> None:
        """Moves all tickets of the category, and adds an event to the history of each."""
        slugs = {"from_slug": row.slug, "to_slug": to.slug}
        self.session.connection().execute(MOVE, {"from_id": row.id, "to_id": to.id, **slugs, "actor": actor_id})

    def move_predictions(self, row: Category, to: Category, *, meanwhile: bool) -> None:
        """Turns predictions of one category into predictions of the other. With `meanwhile`, only those made since this
        transaction began, which an index finds; without it, every prediction is read."""
        since = self.session.scalar(MEANWHILE) if meanwhile else EVER
        self.session.connection().execute(MOVE_PREDICTIONS, {"from_id": row.id, "to_id": to.id, "since": since})

    def move_expertise(self, row: Category, to: Category) -> None:
        """Who knows about the one category knows about the other."""
        self.session.connection().execute(MOVE_EXPERTISE, {"from_id": row.id, "to_id": to.id})

    def clear_default(self) -> None:
        self.session.execute(update(Category).where(Category.is_default).values(is_default=False))
