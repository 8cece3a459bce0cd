"""Queries on stages."""

from collections.abc import Sequence

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from data_api.lists.lookups import STAGES
from data_api.lists.repository import ListRepository
from data_api.models import Stage, Ticket

# Tickets that somebody else holds at this moment are left out; `MOVE_THE_REST` waits for them. `modified_at` is not
# changed: otherwise old tickets would be listed above those that are being worked on.
MOVE_SOME = text("""
WITH held AS (
    SELECT id FROM ticket WHERE stage_id = :from_id ORDER BY opened_at, id LIMIT :most FOR NO KEY UPDATE SKIP LOCKED
), moved AS (
    UPDATE ticket SET stage_id = :to_id, version = version + 1 FROM held WHERE ticket.id = held.id RETURNING ticket.id
)
INSERT INTO ticket_event (ticket_id, kind, from_value, to_value, actor_id, occurred_at)
SELECT id, 'stage', :from_slug, :to_slug, :actor, clock_timestamp() FROM moved
""")
MOVE_THE_REST = text("""
WITH moved AS (
    UPDATE ticket SET stage_id = :to_id, version = version + 1 WHERE stage_id = :from_id RETURNING id
)
INSERT INTO ticket_event (ticket_id, kind, from_value, to_value, actor_id, occurred_at)
SELECT id, 'stage', :from_slug, :to_slug, :actor, clock_timestamp() FROM moved
""")
DELETION = "lodge deletion of a stage"
TRY_DELETION = text("SELECT pg_try_advisory_lock(hashtextextended(:name, 0))").bindparams(name=DELETION)
END_DELETION = text("SELECT pg_advisory_unlock(hashtextextended(:name, 0))").bindparams(name=DELETION)
LOCK = select(Stage.id).order_by(Stage.id).with_for_update(key_share=True)


class StageRepository(ListRepository[Stage]):
    def __init__(self, session: Session) -> None:
        super().__init__(session, Stage, lambda row: Ticket.stage_id == row.id)

    def all(self) -> Sequence[Stage]:
        """Returns all stages in the board's order."""
        return self.session.scalars(STAGES).all()

    def lock_all(self) -> Sequence[Stage]:
        """Locks all stages, so that nobody else changes the board; tickets go on moving. Reads them afterwards, because
        a statement that waited does not see what was added meanwhile."""
        self.session.execute(LOCK)
        return self.session.scalars(STAGES, execution_options={"populate_existing": True}).all()

    def move_some(self, row: Stage, to: Stage, actor_id: int, most: int) -> int:
        """Moves up to `most` tickets, and adds a line to the history of each. Returns how many were moved."""
        return self.session.connection().execute(MOVE_SOME, _moving(row, to, actor_id) | {"most": most}).rowcount

    def move_the_rest(self, row: Stage, to: Stage, actor_id: int) -> None:
        self.session.connection().execute(MOVE_THE_REST, _moving(row, to, actor_id))


def _moving(row: Stage, to: Stage, actor_id: int) -> dict[str, int | str]:
    return {"from_id": row.id, "to_id": to.id, "from_slug": row.slug, "to_slug": to.slug, "actor": actor_id}
