"""Statements that move what refers to an entry of a list to another one."""

from typing import Any, Protocol

from sqlalchemy import BigInteger, String, TextClause, bindparam, text

BEGIN_ALONE = text("SELECT pg_advisory_lock(hashtextextended(:name, 0))")
END_ALONE = text("SELECT pg_advisory_unlock(hashtextextended(:name, 0))")
# Who acts, and in which request: the triggers of the change feed read it. It holds until the transaction ends.
READ_ACTING = text("""
SELECT current_setting('lodge.actor_id', true) AS actor_id, current_setting('lodge.request_id', true) AS request_id
""")
ACT = text("SELECT set_config('lodge.actor_id', :actor_id, true), set_config('lodge.request_id', :request_id, true)")

# `modified_at` is not changed: otherwise old tickets would be listed above those that are being worked on. Lines of the
# history are dated by `clock_timestamp()`, because some tickets are reported after this transaction has begun.
MOVE = """
WITH moved AS (
    UPDATE ticket SET {column} = :to_id, version = version + 1{also} WHERE {which} RETURNING id
)
INSERT INTO ticket_event (ticket_id, kind, from_value, to_value, actor_id, occurred_at)
SELECT id, '{field}', :from_slug, :to_slug, :actor, clock_timestamp() FROM moved
"""
ALL = "{column} = :from_id"
# An array, so that the rows are locked once, before the first is changed. In the order of an index of each such column,
# so that no step sorts all that is left.
SOME = """id = ANY (ARRAY(
    SELECT id FROM ticket WHERE {column} = :from_id ORDER BY opened_at, id LIMIT :most
    FOR NO KEY UPDATE SKIP LOCKED
))"""


class Entry(Protocol):
    """A row of a list, such as a stage or a team."""

    id: Any
    slug: Any


def move_all(field: str, *, also: str = "") -> TextClause:
    """Returns the statement that moves all tickets, waiting for those that somebody holds, and adds a line to the
    history of each. `field` is the ticket's field, as the history calls it; `also` sets further columns, and begins
    with a comma."""
    return _move(field, ALL, also)


def move_some(field: str, *, also: str = "") -> TextClause:
    """Returns the statement that moves up to `most` tickets, leaving out those that somebody holds at this moment. Its
    row count is how many were moved."""
    return _move(field, SOME, also)


def moving(row: Entry, to: Entry | None, actor_id: int) -> dict[str, Any]:
    """Returns the parameters of these statements, but `most`."""
    ids = {"from_id": row.id, "to_id": to.id if to else None, "actor": actor_id}
    return ids | {"from_slug": row.slug, "to_slug": to.slug if to else None}


def _move(field: str, which: str, also: str) -> TextClause:
    column = f"{field}_id"
    move = MOVE.format(column=column, field=field, which=which.format(column=column), also=also)
    return text(move).bindparams(bindparam("to_id", type_=BigInteger), bindparam("to_slug", type_=String))
