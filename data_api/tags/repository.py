"""Queries on tags."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from contracts.tags import TagQuery
from data_api.access.reading import Reads
from data_api.models import TagUse, TicketEvent
from data_api.tickets.fields import as_pattern

TICKETS = func.sum(TagUse.tickets)
# Ordered, so that two who lock several tickets never wait for each other.
LOCK = """
SELECT ticket.id FROM ticket_tag JOIN ticket ON ticket.id = ticket_id
WHERE tag = :tag ORDER BY ticket_id LIMIT :most FOR NO KEY UPDATE OF ticket
"""
LOCK_FREE, LOCK_ANY = text(f"{LOCK} SKIP LOCKED"), text(LOCK)
IDS = bindparam("ids", type_=ARRAY(BigInteger))
TAGS_BEFORE = text("""
SELECT ticket_id, array_agg(tag ORDER BY tag COLLATE "C") FROM ticket_tag
WHERE ticket_id = ANY (:ids) GROUP BY ticket_id HAVING bool_or(tag = :tag)
""").bindparams(IDS)
REMOVE = text("DELETE FROM ticket_tag WHERE tag = :tag AND ticket_id = ANY (:ids)").bindparams(IDS)
ADD = text("""
INSERT INTO ticket_tag (ticket_id, tag, opened_at) SELECT id, :into, opened_at FROM ticket WHERE id = ANY (:ids)
ON CONFLICT DO NOTHING
""").bindparams(IDS)
# `modified_at` is not changed: otherwise old tickets would be listed above those that are being worked on.
RAISE_VERSION = text("UPDATE ticket SET version = version + 1 WHERE id = ANY (:ids)").bindparams(IDS)
# Saved views go on finding what they found.
CHANGE_VIEWS = text("""
UPDATE ticket_view SET version = version + 1, query = jsonb_set(query, '{tag}', (
    SELECT jsonb_agg(DISTINCT CASE one WHEN :tag THEN :into ELSE one END)
    FROM jsonb_array_elements_text(query -> 'tag') AS one
)) WHERE query -> 'tag' @> to_jsonb(CAST(:tag AS text))
""")


class TagRepository:
    """What somebody who reads `reads` may know of tags: those of confidential tickets only if they read all of them."""

    def __init__(self, session: Session, reads: Reads) -> None:
        self.session = session
        self.is_counted = true() if reads is Reads.EVERYTHING else TagUse.is_confidential.is_(False)

    def page(self, query: TagQuery, after: Sequence[Any]) -> Sequence[Row[str, int]]:
        """Returns up to limit + 1 tags with the numbers of their tickets, the most used first; the extra one shows that
        there is a next page."""
        found = self._counted()
        if query.prefix:
            found = found.where(TagUse.tag.like(f"{as_pattern(query.prefix)}%"))
        if query.q:
            found = found.where(TagUse.tag.like(f"%{as_pattern(query.q)}%"))
        if after:
            found = found.having(_is_after(*after))
        found = found.order_by(TICKETS.desc(), TagUse.tag).limit(query.limit + 1)
        return self.session.connection().execute(found).all()

    def count(self, tag: str) -> int | None:
        """Returns how many tickets have the tag; None if there is none."""
        row = self.session.connection().execute(self._counted().where(TagUse.tag == tag)).one_or_none()
        return None if row is None else row[1]

    def _counted(self) -> Select[str, int]:
        return select(TagUse.tag, TICKETS).where(self.is_counted).group_by(TagUse.tag).having(TICKETS > 0)

    # -- writing ----------------------------------------------------------------------------------------------------

    def lock_some(self, tag: str, most: int) -> list[int]:
        """Locks tickets with the tag and returns their ids: first those that nobody else holds at this moment, then the
        others."""
        asked = {"tag": tag, "most": most}
        connection = self.session.connection()
        free = list(connection.execute(LOCK_FREE, asked).scalars())
        return free or list(connection.execute(LOCK_ANY, asked).scalars())

    def tags_before(self, tag: str, ids: Sequence[int]) -> dict[int, list[str]]:
        """Returns all tags of those of the tickets that have this one."""
        return dict(self.session.connection().execute(TAGS_BEFORE, {"tag": tag, "ids": ids}).all())

    def replace(self, tag: str, into: str | None, ids: Sequence[int]) -> None:
        connection = self.session.connection()
        connection.execute(REMOVE, {"tag": tag, "ids": ids})
        if into is not None:
            connection.execute(ADD, {"into": into, "ids": ids})
        connection.execute(RAISE_VERSION, {"ids": ids})

    def record(self, lines: Sequence[Mapping[str, Any]]) -> None:
        """Adds these lines to the histories."""
        self.session.connection().execute(insert(TicketEvent), list(lines))

    def change_views(self, tag: str, into: str) -> None:
        self.session.connection().execute(CHANGE_VIEWS, {"tag": tag, "into": into})


def _is_after(tickets: int, tag: str) -> ColumnElement[bool]:
    return or_(literal(tickets) > TICKETS, and_(literal(tickets) == TICKETS, TagUse.tag > tag))
