"""Queries on stages."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from data_api.lists.lookups import STAGES
from data_api.lists.moving_repository import move_all, move_some, moving
from data_api.lists.repository import ListRepository
from data_api.models import Stage, Ticket

MOVE_SOME, MOVE_THE_REST = move_some("stage"), move_all("stage")
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
        return self.session.connection().execute(MOVE_SOME, moving(row, to, actor_id) | {"most": most}).rowcount

    def move_the_rest(self, row: Stage, to: Stage, actor_id: int) -> None:
        self.session.connection().execute(MOVE_THE_REST, moving(row, to, actor_id))
