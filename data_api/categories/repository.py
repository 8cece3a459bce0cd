"""Queries on categories."""

from collections.abc import Sequence

from sqlalchemy import Row, func, select, text, update
from sqlalchemy.orm import Session

from data_api.lists.repository import ListRepository
from data_api.models import Category, Ticket, TrainingExample

MOVING_MILLISECONDS = 20 * 60_000
# `modified_at` stays: otherwise old tickets would stand above those that are being worked on. `clock_timestamp()`,
# because some tickets are reported after this transaction has begun. Where `category_by` is missing, because the ticket
# is older than the column, it is set in the way of `lodge recategorise`: after this event it would look as if staff had
# chosen the old category. 'default' is not among the values, because the default category cannot be deleted or merged.
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
# `predicted_at` is set before the report's transaction begins, which takes seconds at most.
MEANWHILE = text("SELECT now() - interval '10 minutes'")


class CategoryRepository(ListRepository[Category]):
    def __init__(self, session: Session) -> None:
        super().__init__(session, Category, Ticket.category_id)

    def all_with_examples(self) -> Sequence[Row[Category, int]]:
        """With the number of texts that each is known by."""
        known = select(func.count()).where(TrainingExample.is_active, TrainingExample.category_id == Category.id)
        return self.session.execute(select(Category, known.scalar_subquery()).order_by(Category.id)).all()

    def find(self, slug: str) -> Category | None:
        return self.session.scalar(select(Category).where(Category.slug == slug))

    def lock_both(self, *slugs: str) -> dict[str, Category]:
        """As `lock`, by slug. In the order of their ids, so that two who merge cannot wait for each other."""
        both = select(Category).where(Category.slug.in_(slugs)).order_by(Category.id)
        return {row.slug: row for row in self.session.scalars(both.with_for_update(key_share=True))}

    def allow_minutes(self) -> None:
        """Until the transaction ends: to move a million tickets takes minutes."""
        self.session.execute(text(f"SET LOCAL statement_timeout = {MOVING_MILLISECONDS}"))

    def move_tickets(self, row: Category, to: Category, actor_id: int) -> None:
        """All that stand on it, each with its line in the history."""
        slugs = {"from_slug": row.slug, "to_slug": to.slug}
        self.session.connection().execute(MOVE, {"from_id": row.id, "to_id": to.id, **slugs, "actor": actor_id})

    def move_predictions(self, row: Category, to: Category, *, meanwhile: bool) -> None:
        """Predictions of the one category become predictions of the other. `meanwhile`: only those that were made since
        this transaction began, which an index finds; for all of them every prediction is read."""
        since = self.session.scalar(MEANWHILE) if meanwhile else EVER
        self.session.connection().execute(MOVE_PREDICTIONS, {"from_id": row.id, "to_id": to.id, "since": since})

    def clear_default(self) -> None:
        self.session.execute(update(Category).where(Category.is_default).values(is_default=False))
