"""Moves the tickets of a stage that is to be deleted, in many short transactions.

A request has one transaction, and a million tickets would be locked in it for minutes. Each step here locks its tickets
for a fraction of a second. It is no part of the deletion: when it is broken off, the stage still exists, some of its
tickets are in the other one, and deleting it again goes on from there.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from data_api.access.actor import Actor
from data_api.kit.database import Database
from data_api.kit.errors import ChangedMeanwhile
from data_api.stages.repository import END_DELETION, TRY_DELETION, StageRepository
from data_api.stages.service import StageService

AT_ONCE = 1_000


@contextmanager
def one_deletion(database: Database) -> Iterator[None]:
    """Nobody else moves tickets for a deletion while the block runs. Two stages that are deleted at once, each in
    favour of the other, would exchange their tickets for ever. Raises ChangedMeanwhile."""
    with database.autocommit.connect() as connection:
        if not connection.scalar(TRY_DELETION):
            raise ChangedMeanwhile
        try:
            yield
        finally:
            connection.execute(END_DELETION)


def move_in_steps(database: Database, actor: Actor, slug: str, tickets_to: str) -> None:
    """Raises NotInList, StillInUse, InvalidInput."""
    moved = AT_ONCE
    while moved == AT_ONCE:
        with Session(database.engine, autoflush=False) as session, session.begin():
            moved = StageService(actor, StageRepository(session)).move_some(slug, tickets_to, AT_ONCE)
