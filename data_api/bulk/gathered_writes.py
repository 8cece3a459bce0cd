"""What a change of several tickets writes, gathered while it is made on each, and then written with a few statements.

A statement for each line and row would cost each ticket several round trips, and as many calls of the triggers that
write the change feed.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, String, Update, bindparam, delete, func, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session

from data_api.access.actor import Actor
from data_api.models import Ticket, TicketTag, TicketWatcher
from data_api.tickets.repository import RECORD, TicketRepository

# With RETURNING, many rows are one statement.
ADD_TAGS = insert(TicketTag).on_conflict_do_nothing().returning(TicketTag.id)
FOLLOW = insert(TicketWatcher).on_conflict_do_nothing().returning(TicketWatcher.id)
IS_OF_EACH = func.any(bindparam("ids", type_=ARRAY(BigInteger)))
DROP_FOLLOWERS = delete(TicketWatcher).where(TicketWatcher.ticket_id == IS_OF_EACH)
_removed = (
    func.unnest(bindparam("ids", type_=ARRAY(BigInteger)), bindparam("tags", type_=ARRAY(String)))
    .table_valued("ticket_id", "tag", name="removed")
    .render_derived()
)
REMOVE_TAGS = delete(TicketTag).where(TicketTag.ticket_id == _removed.c.ticket_id, TicketTag.tag == _removed.c.tag)


@lru_cache
def _update(names: tuple[str, ...]) -> Update:
    """Returns the statement that gives many tickets their values of these columns. The parameters are arrays, called
    `new_id` and so on."""
    arrays = [bindparam(f"new_{name}", type_=ARRAY(Ticket.__table__.c[name].type)) for name in ("id", *names)]
    changed = func.unnest(*arrays).table_valued("id", *names, name="changed").render_derived()
    return update(Ticket).where(Ticket.id == changed.c.id).values({name: changed.c[name] for name in names})


class GatheredWrites(TicketRepository):
    """Tickets that are read from here are detached: what becomes of them is written by `write` only. Without it, they
    are copies on which the rules of a change can be tried."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._before: dict[int, dict[str, Any]] = {}
        self._tags: dict[int, list[str]] = {}
        self._wanted_tags: dict[int, Sequence[str]] = {}
        self._lines: dict[int, list[dict[str, Any]]] = defaultdict(list)
        self._followers: dict[int, int] = {}
        self._unfollowed: set[int] = set()

    def lock_each(self, actor: Actor, ticket_ids: Sequence[int]) -> dict[int, Ticket]:
        tickets = super().lock_each(actor, ticket_ids)
        for ticket in tickets.values():
            self.session.expunge(ticket)
        return self._begin(tickets)

    def unlocked(self, actor: Actor, ticket_ids: Sequence[int]) -> dict[int, Ticket]:
        return self._begin(super().unlocked(actor, ticket_ids))

    def _begin(self, tickets: dict[int, Ticket]) -> dict[int, Ticket]:
        self._before = {number: dict(vars(ticket)) for number, ticket in tickets.items()}
        self._tags = self.tags_of_each(list(tickets))
        return tickets

    # -- gathering --------------------------------------------------------------------------------------------------

    def record_lines(self, lines: Sequence[dict[str, Any]]) -> None:
        for line in lines:
            self._lines[line["ticket_id"]].append(line)

    def tags_of(self, ticket_id: int) -> list[str]:
        return self._tags.get(ticket_id, [])

    def replace_tags(self, ticket: Ticket, tags: Sequence[str]) -> None:
        self._wanted_tags[ticket.id] = tags

    def drop_followers(self, ticket_id: int) -> None:
        self._unfollowed.add(ticket_id)

    def follow(self, person_id: int, ticket_id: int) -> bool:
        self._followers[ticket_id] = person_id
        return True

    # -- writing ----------------------------------------------------------------------------------------------------

    def write(self, tickets: Collection[Ticket]) -> None:
        """Writes what was gathered about these tickets. What was gathered about others, whose change was refused, is
        left."""
        self._execute(RECORD, [line for ticket in tickets for line in self._lines[ticket.id]])
        self._write_tags([ticket for ticket in tickets if ticket.id in self._wanted_tags])
        unfollowed = [ticket.id for ticket in tickets if ticket.id in self._unfollowed]
        self._execute(DROP_FOLLOWERS, {"ids": unfollowed} if unfollowed else {})
        followed = [ticket.id for ticket in tickets if ticket.id in self._followers]
        self._execute(FOLLOW, [{"ticket_id": one, "person_id": self._followers[one]} for one in followed])
        self._write_columns(tickets)

    def _write_tags(self, tickets: Sequence[Ticket]) -> None:
        removed = [
            (one.id, tag) for one in tickets for tag in self.tags_of(one.id) if tag not in self._wanted_tags[one.id]
        ]
        ids, tags = zip(*removed, strict=True) if removed else ((), ())
        self._execute(REMOVE_TAGS, {"ids": list(ids), "tags": list(tags)} if removed else {})
        added = [
            {"ticket_id": one.id, "tag": tag, "opened_at": one.opened_at}
            for one in tickets
            for tag in self._wanted_tags[one.id]
            if tag not in self.tags_of(one.id)
        ]
        self._execute(ADD_TAGS, added)

    def _write_columns(self, tickets: Collection[Ticket]) -> None:
        """Tickets of which the same columns have changed are written together. What has not changed is not written: it
        may be a moment that Python cannot hold."""
        groups: dict[tuple[str, ...], list[Ticket]] = defaultdict(list)
        for ticket in tickets:
            before = self._before[ticket.id]
            changed = tuple(sorted(name for name, value in vars(ticket).items() if before.get(name) != value))
            groups[changed].append(ticket)
        for names, some in groups.items():
            if names:
                self._execute(
                    _update(names), {f"new_{name}": [getattr(one, name) for one in some] for name in ("id", *names)}
                )

    def _execute(self, statement: Any, values: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> None:
        if values:
            self.session.connection().execute(statement, values)
