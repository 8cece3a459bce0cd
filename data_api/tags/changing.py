"""Changes a tag in all tickets, in many short transactions.

A request has one transaction, and a million tickets would be locked in it for minutes. Each step here locks its tickets
for a fraction of a second. When it is broken off, some tickets have the one tag and some the other; sent again, it goes
on from there.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from data_api.access.actor import Actor
from data_api.kit.database import Database
from data_api.kit.errors import ChangedMeanwhile
from data_api.lists.moving_repository import ACT, READ_ACTING
from data_api.tags.repository import END_MERGING, TRY_MERGING, TagRepository
from data_api.tags.service import TagService

AT_ONCE = 500


@contextmanager
def one_change(database: Database) -> Iterator[None]:
    """Nobody else changes a tag in all tickets while the block runs. Two tags that are merged at once, each into the
    other, would exchange their tickets for ever. Raises ChangedMeanwhile."""
    with database.autocommit.connect() as connection:
        if not connection.scalar(TRY_MERGING):
            raise ChangedMeanwhile
        try:
            yield
        finally:
            connection.execute(END_MERGING)


def change_in_steps(database: Database, request: Session, actor: Actor, tag: str, into: str | None) -> None:
    """`request` is the session of the request, which knows for whom the change feed notes the steps."""
    acting = dict(request.execute(READ_ACTING).mappings().one())
    looked_at = AT_ONCE
    while looked_at:
        with Session(database.engine, autoflush=False) as session, session.begin():
            session.execute(ACT, acting)
            looked_at = TagService(actor, TagRepository(session, actor.reads)).change_some(tag, into, AT_ONCE)
