"""Moves what refers to an entry of a list that is to be deleted or merged, in many short transactions.

A request has one transaction, and a million tickets would be locked in it for minutes. Each step here locks its rows
for a fraction of a second. The steps are no part of the deletion: when they are broken off, the entry still exists,
some of what referred to it refers to the other one, and deleting it again goes on from there.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from data_api.kit.database import Database
from data_api.kit.errors import ChangedMeanwhile
from data_api.lists.moving_repository import ACT, BEGIN_ALONE, END_ALONE, READ_ACTING

AT_ONCE = 1_000

# Moves up to so many rows in the transaction of this session, leaving out those that others hold at this moment, and
# returns how many. It also checks that the deletion is allowed, so that nothing moves for one that is then refused.
Step = Callable[[Session, int], int]


@contextmanager
def one_at_a_time(database: Database, name: str) -> Iterator[None]:
    """Nobody else is in a block of this name while it runs. Another one waits as long as for any lock, and is then
    refused. Raises ChangedMeanwhile."""
    with database.autocommit.connect() as connection:
        try:
            connection.execute(BEGIN_ALONE, {"name": name})
        except OperationalError as error:
            if error.connection_invalidated:
                raise
            raise ChangedMeanwhile from None
        try:
            yield
        finally:
            connection.execute(END_ALONE, {"name": name})


def acting_in(session: Session) -> dict[str, Any]:
    """Returns who acts in this session, and in which request, for `own_transaction`."""
    return session.execute(READ_ACTING).one()._asdict()


@contextmanager
def own_transaction(database: Database, acting: Mapping[str, Any]) -> Iterator[Session]:
    """Gives a session with a transaction of its own, of which the change feed tells the same actor."""
    with Session(database.engine, autoflush=False) as own, own.begin():
        own.execute(ACT, acting)
        yield own


@contextmanager
def moved_in_steps(database: Database, session: Session, kind: str, step: Step) -> Iterator[None]:
    """Makes steps until nothing is left but what others hold; the block then moves the rest, and deletes the entry.

    `session` is the request's own, in which nothing has been written yet. Its transaction ends here, because one that
    is idle for minutes keeps the database from cleaning up; the block has another one. `kind` is the word for an entry,
    such as "stage": one deletion of a kind runs at a time, because two entries that are deleted at once, each in favour
    of the other, would exchange what refers to them for ever. Raises ChangedMeanwhile, and what `step` raises.
    """
    acting = acting_in(session)
    session.rollback()
    with one_at_a_time(database, f"lodge deletion of a {kind}"):
        moved = AT_ONCE
        while moved == AT_ONCE:
            with own_transaction(database, acting) as own:
                moved = step(own, AT_ONCE)
        session.execute(ACT, acting)
        yield
