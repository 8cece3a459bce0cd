"""Moves the tickets of a stage that is to be deleted, in many short transactions.

A request has one transaction, and a million tickets would be locked in it for minutes. Each step here locks its tickets
for a fraction of a second. It is no part of the deletion: when it is broken off, the stage still exists, some of its
tickets are in the other one, and deleting it again goes on from there.
"""

from sqlalchemy.orm import Session

from data_api.access.actor import Actor
from data_api.kit.database import Database
from data_api.stages.repository import StageRepository
from data_api.stages.service import StageService

AT_ONCE = 1_000


def move_in_steps(database: Database, actor: Actor, slug: str, tickets_to: str) -> None:
    """Raises NotInList, StillInUse, InvalidInput."""
    moved = AT_ONCE
    while moved == AT_ONCE:
        with Session(database.engine, autoflush=False) as session, session.begin():
            moved = StageService(actor, StageRepository(session)).move_some(slug, tickets_to, AT_ONCE)
