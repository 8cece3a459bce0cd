"""Queries on categories."""

from collections.abc import Sequence

from sqlalchemy import Row, func, select, text, update
from sqlalchemy.orm import Session

from data_api.lists.moving_repository import move_all, move_some, moving
from data_api.lists.repository import ListRepository
from data_api.models import Category, Ticket, TrainingExample

# `category_by` is null in tickets that are older than the column. It is filled in here by the rules of
# `lodge recategorise`, because with the new event in the history, those would conclude that staff had chosen the old
# category. 'default' is not among the values, because the default category cannot be deleted or merged.
BY = """, category_by = coalesce(category_by, CASE
    WHEN EXISTS (SELECT FROM ticket_event WHERE ticket_id = ticket.id AND kind = 'category') THEN 'staff'
    WHEN source IS NOT NULL THEN 'import'
    ELSE 'requester' END)"""
MOVE_SOME, MOVE_THE_REST = move_some("category", also=BY), move_all("category", also=BY)
MOVE_PREDICTIONS = text("UPDATE ticket_prediction SET category_id = :to_id WHERE category_id = :from_id")
MOVE_SOME_PREDICTIONS = text("""
UPDATE ticket_prediction SET category_id = :to_id WHERE ticket_id = ANY (ARRAY(
    SELECT ticket_id FROM ticket_prediction WHERE category_id = :from_id ORDER BY ticket_id LIMIT :most
    FOR NO KEY UPDATE SKIP LOCKED
))
""")
MOVE_EXPERTISE = text("""
INSERT INTO person_expertise (person_id, category_id)
SELECT person_id, :to_id FROM person_expertise WHERE category_id = :from_id ON CONFLICT DO NOTHING
""")


class CategoryRepository(ListRepository[Category]):
    def __init__(self, session: Session) -> None:
        super().__init__(session, Category, lambda row: Ticket.category_id == row.id)

    def all_with_examples(self) -> Sequence[Row[Category, int]]:
        """Returns all categories, each with the number of its active examples."""
        known = select(func.count()).where(TrainingExample.is_active, TrainingExample.category_id == Category.id)
        return self.session.execute(select(Category, known.scalar_subquery()).order_by(Category.id)).all()

    def find(self, slug: str) -> Category | None:
        return self.session.scalar(select(Category).where(Category.slug == slug))

    def both(self, *slugs: str, lock: bool = False) -> dict[str, Category]:
        """Returns the categories by slug. Locks them as `lock` does, if asked to, in the order of their ids, so that
        two merges cannot deadlock."""
        both = select(Category).where(Category.slug.in_(slugs)).order_by(Category.id)
        return {row.slug: row for row in self.session.scalars(both.with_for_update(key_share=True) if lock else both)}

    def move_some(self, row: Category, to: Category, actor_id: int, most: int) -> int:
        """Moves up to `most` tickets, and adds a line to the history of each. Returns how many were moved."""
        return self.session.connection().execute(MOVE_SOME, moving(row, to, actor_id) | {"most": most}).rowcount

    def move_the_rest(self, row: Category, to: Category, actor_id: int) -> None:
        self.session.connection().execute(MOVE_THE_REST, moving(row, to, actor_id))

    def move_some_predictions(self, row: Category, to: Category, most: int) -> int:
        """Turns up to `most` predictions of one category into predictions of the other. Returns how many."""
        moved = {"from_id": row.id, "to_id": to.id, "most": most}
        return self.session.connection().execute(MOVE_SOME_PREDICTIONS, moved).rowcount

    def move_other_predictions(self, row: Category, to: Category) -> None:
        self.session.connection().execute(MOVE_PREDICTIONS, {"from_id": row.id, "to_id": to.id})

    def move_expertise(self, row: Category, to: Category) -> None:
        """Who knows about the one category knows about the other."""
        self.session.connection().execute(MOVE_EXPERTISE, {"from_id": row.id, "to_id": to.id})

    def clear_default(self) -> None:
        self.session.execute(update(Category).where(Category.is_default).values(is_default=False))
