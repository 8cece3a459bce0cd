"""All queries on tickets. Those that read a ticket for somebody include the reading rule."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    delete,
    func,
    or_,
    select,
    true,
    tuple_,
    union,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session, aliased, defer, make_transient_to_detached

from contracts.tickets import NOT_CLOSED, TEXTS, EventKind, Status
from data_api.access.actor import Actor
from data_api.access.reading import ME, Reads, TicketFacts, is_readable_by, readable_by
from data_api.kit.database import planned_once
from data_api.kit.paging import in_order_of_time, position
from data_api.models import Person, ReadMarker, Ticket, TicketEvent, TicketLink, TicketTag, TicketWatcher
from data_api.tickets.fields import Told, ToldPerson
from data_api.tickets.rows import AS_READ, FROM_VALUE, ROWS, TO_VALUE, HistoryRow, TicketRow, with_people

# Built once, because nearly every request executes one of these. The parameter `me` is the person who reads.
ID = bindparam("id", type_=BigInteger)
_SEEN = insert(ReadMarker)
MARK_READ = planned_once(
    _SEEN.on_conflict_do_update(
        index_elements=[ReadMarker.person_id, ReadMarker.ticket_id],
        set_={"read_at": func.greatest(ReadMarker.read_at, _SEEN.excluded.read_at)},
    )
)
ADD = planned_once(insert(Ticket).returning(Ticket.id))
# With RETURNING, many lines are one statement. Their ids are in their order.
RECORD = insert(TicketEvent).returning(TicketEvent.id, sort_by_parameter_order=True)
IS_ONE_OF = Ticket.id == func.any(bindparam("ids", type_=ARRAY(BigInteger)))
SHOWN = AS_READ.where(IS_ONE_OF)
# A ticket and those that it is linked with.
WITH_LINKED = union(
    select(ID.label("id")),
    select(TicketLink.other_id).where(TicketLink.ticket_id == ID),
    select(TicketLink.ticket_id).where(TicketLink.other_id == ID),
)
LOCK_WITH_LINKED = (
    select(Ticket.id)
    .where(Ticket.id.in_(select(WITH_LINKED.subquery().c.id)))
    .order_by(Ticket.id)
    .with_for_update(of=Ticket, key_share=True)
)
TAGS_OF_EACH = select(TicketTag.ticket_id, TicketTag.tag).where(
    TicketTag.ticket_id == func.any(bindparam("ids", type_=ARRAY(BigInteger)))
)


def facts_of(ticket: Ticket | TicketRow, follower_ids: frozenset[int] = frozenset()) -> TicketFacts:
    return TicketFacts(
        Status(ticket.status),
        ticket.requester_id,
        ticket.closed_at,
        ticket.assignee_id,
        ticket.is_confidential,
        follower_ids,
    )


@cache
def _one(reads: Reads) -> tuple[ColumnElement[bool], ...]:
    """Returns the conditions that select the ticket `id`, if `me` may read it."""
    return Ticket.id == ID, readable_by(reads)


@cache
def _reading_one(reads: Reads) -> Select[Any]:
    return AS_READ.where(*_one(reads))


@cache
def _finding_one(reads: Reads) -> Select[int]:
    return planned_once(select(Ticket.id).where(*_one(reads)))


@cache
def _last_said(reads: Reads) -> Select[datetime]:
    return planned_once(select(func.coalesce(Ticket.last_message_at, Ticket.opened_at)).where(*_one(reads)))


# Rows that refer to a locked ticket may be added, such as the line in its history which says that what blocked it was
# closed. Otherwise whoever adds it, with a ticket locked, would wait, and others perhaps for them.
@cache
def _locking_one(reads: Reads) -> Select[Ticket]:
    return planned_once(select(Ticket).where(*_one(reads)).with_for_update(of=Ticket, key_share=True))


# Texts may be long, and no rule needs them.
WITHOUT_TEXTS = [defer(text, raiseload=True) for text in (Ticket.title, Ticket.description)]


@cache
def _locking_each(reads: Reads) -> Select[Ticket]:
    each = select(Ticket).where(IS_ONE_OF, readable_by(reads)).order_by(Ticket.id)
    return each.with_for_update(of=Ticket, key_share=True)


@cache
def _reading_each(reads: Reads) -> Select[Ticket]:
    return select(Ticket).where(IS_ONE_OF, readable_by(reads)).options(*WITHOUT_TEXTS)


@cache
def blockers_statement(reads: Reads) -> Select[int, int]:
    """Selects each of the tickets `ids` with a ticket that blocks it, is not closed and may be read by `me`."""
    return (
        select(TicketLink.other_id, TicketLink.ticket_id)
        .join(Ticket, Ticket.id == TicketLink.ticket_id)
        .where(TicketLink.other_id == func.any(bindparam("ids", type_=ARRAY(BigInteger))))
        .where(TicketLink.kind == "blocks", Ticket.status != Status.CLOSED, readable_by(reads, frozenset(NOT_CLOSED)))
        .order_by(TicketLink.ticket_id)
    )


@cache
def _shows_other(reads: Reads, *, tells_all: bool) -> ColumnElement[bool]:
    """Returns the condition on lines that tell of another ticket: only who may read that one is shown the line. That a
    link to a deleted ticket is gone is told to staff."""
    other = select(Ticket.id).where(Ticket.id == TicketEvent.other_ticket_id, readable_by(reads))
    is_readable = other.correlate(TicketEvent).exists()
    names_none: ColumnElement[bool] = TicketEvent.other_ticket_id.is_(None)
    if not tells_all:
        names_none = and_(names_none, TicketEvent.kind != EventKind.LINK)
    return or_(names_none, is_readable)


_Next, _Blanker = aliased(TicketEvent), aliased(Person)
IS_TEXT = TicketEvent.kind.in_(TEXTS)


def _events(reads: Reads, *, tells_all: bool) -> Select[*tuple[Any, ...]]:
    """Selects lines of the history as `HistoryRow`. Without `tells_all`, former texts are included only for the
    requester and for the person who changed them. A line stores the text from before its change. The text after it is
    in the next line of the same kind, or in the ticket."""
    is_told: ColumnElement[bool] = or_(
        ~IS_TEXT, TicketEvent.actor_id.is_not_distinct_from(ME), Ticket.requester_id == ME
    )
    if tells_all:
        is_told = true()
    following = (
        select(_Next.id, _Next.from_value)
        .where(IS_TEXT, _Next.ticket_id == TicketEvent.ticket_id, _Next.kind == TicketEvent.kind)
        .where(tuple_(_Next.occurred_at, _Next.id) > tuple_(TicketEvent.occurred_at, TicketEvent.id))
        .order_by(_Next.occurred_at, _Next.id)
        .limit(1)
        .lateral("following")
    )
    present = case(
        (TicketEvent.kind == EventKind.TITLE, Ticket.title),
        (TicketEvent.kind == EventKind.DESCRIPTION, Ticket.description),
    )
    became = case((~IS_TEXT, TO_VALUE), (following.c.id.is_not(None), following.c.from_value), else_=present)
    lines = (
        select(
            TicketEvent.id,
            TicketEvent.ticket_id,
            TicketEvent.kind,
            case((is_told, FROM_VALUE)).label("from_value"),
            case((is_told, became)).label("to_value"),
            is_told.label("is_told"),
            and_(is_told, TicketEvent.from_value.is_not_distinct_from(present)).label("is_present"),
            TicketEvent.actor_id,
            Person.name.label("actor_name"),
            TicketEvent.occurred_at,
            TicketEvent.reason,
            TicketEvent.other_ticket_id,
            TicketEvent.blanked_by_id,
            _Blanker.name.label("blanked_by_name"),
            TicketEvent.blanked_at,
            Ticket.requester_id,
            Ticket.status,
            true().label("fits"),
        )
        .join(Ticket, Ticket.id == TicketEvent.ticket_id)
        .outerjoin(following, true())
        .outerjoin(_Blanker, _Blanker.id == TicketEvent.blanked_by_id)
        .where(readable_by(reads), _shows_other(reads, tells_all=tells_all))
    )
    return with_people(lines)


# A line of the history fits in a page if the texts of the lines before it have fewer bytes than this. One line may hold
# two texts of 80,000 bytes.
PAGE_OCTETS = 1_000_000
OF_THIS_TICKET = TicketEvent.ticket_id == ID


@cache
def _history(reads: Reads, *, tells_all: bool, latest_first: bool, goes_on: bool) -> Select[*tuple[Any, ...]]:
    at, number = TicketEvent.occurred_at, TicketEvent.id
    events = _events(reads, tells_all=tells_all)
    page = in_order_of_time(events, at, number, OF_THIS_TICKET, descending=latest_first, goes_on=goes_on)
    lines = page.limit(ROWS).subquery("lines").c
    order = [lines.occurred_at.desc(), lines.id.desc()] if latest_first else [lines.occurred_at, lines.id]
    octets = sum(func.coalesce(func.octet_length(text), 0) for text in (lines.from_value, lines.to_value))
    # The first line always fits.
    fits = func.sum(octets).over(order_by=order, rows=(None, 0)) - octets < PAGE_OCTETS
    texts = {name: case((fits, lines[name])) for name in ("from_value", "to_value")} | {"fits": fits}
    return select(*(texts.get(name, lines[name]) for name in HistoryRow._fields)).order_by(*order)


@cache
def _event(reads: Reads, *, tells_all: bool) -> Select[*tuple[Any, ...]]:
    event = bindparam("event", type_=BigInteger)
    return _events(reads, tells_all=tells_all).where(OF_THIS_TICKET, TicketEvent.id == event)


def _told(which: str, value: Told) -> dict[str, str | int | None]:
    """Returns the two columns of one value of a line: a text, or a person's id."""
    if isinstance(value, ToldPerson):
        return {f"{which}_value": None, f"{which}_person_id": value.id}
    return {f"{which}_value": value, f"{which}_person_id": None}


def history_line(
    ticket_id: int,
    kind: str,
    before: Told,
    now: Told,
    actor: Actor,
    at: datetime,
    *,
    other_ticket_id: int | None = None,
) -> dict[str, Any]:
    """Returns the columns of a line of the ticket's history. `other_ticket_id`: the linked ticket that it tells of."""
    return {
        "ticket_id": ticket_id,
        "kind": kind,
        **_told("from", before),
        **_told("to", now),
        "other_ticket_id": other_ticket_id,
        "actor_id": actor.person_id,
        "occurred_at": at,
    }


def _asked(actor: Actor, ticket_id: int) -> dict[str, int]:
    return {"me": actor.person_id, "id": ticket_id}


class TicketRepository:
    def __init__(self, session: Session) -> None:
        self.session = session

    def find(self, actor: Actor, ticket_id: int) -> TicketRow | None:
        """Returns one ticket as its reader sees it; None when it does not exist or they may not read it."""
        self.session.flush()
        statement = _reading_one(actor.reads)
        row = self.session.connection().execute(statement, _asked(actor, ticket_id)).one_or_none()
        return None if row is None else TicketRow.of(row)

    def rows(self, actor: Actor, ids: Sequence[int]) -> Sequence[TicketRow]:
        """Returns these tickets in this order, with their names and tags. Tickets that were deleted, or that the reader
        may no longer read, since the ids were found are left out: reads have no transaction, so each query sees its own
        snapshot."""
        found = self.session.connection().execute(SHOWN, {"me": actor.person_id, "ids": ids}).all()
        by_id = {row.id: row for row in map(TicketRow.of, found) if self._is_still_readable(actor, row)}
        return [by_id[ticket_id] for ticket_id in ids if ticket_id in by_id]

    def _is_still_readable(self, actor: Actor, row: TicketRow) -> bool:
        followers = frozenset({actor.person_id} if row.is_followed else ())
        return is_readable_by(actor.person_id, actor.reads, facts_of(row, followers))

    def lock(self, actor: Actor, ticket_id: int) -> Ticket | None:
        """Returns the ticket, locked until the transaction ends; None when the actor may not read it.

        When Postgres had to wait for the lock, it evaluates the reading rule again for the ticket, but not for its
        followers. An actor who may read the ticket only as a follower is therefore checked once more, now that the lock
        keeps others from removing followers.
        """
        statement = _locking_one(actor.reads)
        asked = _asked(actor, ticket_id)
        ticket = self.session.scalar(statement, asked, execution_options={"populate_existing": True})
        return ticket if ticket is not None and self._stays_readable(actor, ticket) else None

    def _stays_readable(self, actor: Actor, ticket: Ticket) -> bool:
        return is_readable_by(actor.person_id, actor.reads, facts_of(ticket)) or self.is_readable(actor, ticket.id)

    def lock_each(self, actor: Actor, ticket_ids: Sequence[int]) -> dict[int, Ticket]:
        """Returns those of the tickets that the actor may read, by their ids, locked until the transaction ends. They
        are locked in the order of their ids, so that two who lock several never wait for each other."""
        asked = {"me": actor.person_id, "ids": ticket_ids}
        locked = self.session.scalars(_locking_each(actor.reads), asked, execution_options={"populate_existing": True})
        return {ticket.id: ticket for ticket in locked.all() if self._stays_readable(actor, ticket)}

    def lock_with_linked(self, ticket_id: int) -> bool:
        """Locks the ticket and all that it is linked with, whoever may read them, in the order of their ids. Whoever
        changes or deletes all links of a ticket holds both tickets of each, as those do who add or remove one; so two
        who do that with linked tickets never wait for each other. Returns False if a link was added meanwhile."""
        connection, asked = self.session.connection(), {"id": ticket_id}
        locked = {ticket_id, *connection.scalars(LOCK_WITH_LINKED, asked)}
        return locked.issuperset(connection.scalars(WITH_LINKED, asked))

    def unlocked(self, actor: Actor, ticket_ids: Sequence[int]) -> dict[int, Ticket]:
        """Returns those of the tickets that the actor may read, by their ids, without their texts. They are detached:
        what is done to them is never written."""
        found = self.session.scalars(_reading_each(actor.reads), {"me": actor.person_id, "ids": ticket_ids}).all()
        for ticket in found:
            self.session.expunge(ticket)
        return {ticket.id: ticket for ticket in found}

    def is_readable(self, actor: Actor, ticket_id: int) -> bool:
        statement = _finding_one(actor.reads)
        return self.session.connection().scalar(statement, _asked(actor, ticket_id)) is not None

    # -- writing ------------------------------------------------------------------------------------------------

    def add(self, values: dict[str, Any]) -> Ticket:
        """Returns the new ticket as the session would have loaded it. What the database filled in is loaded when it is
        first used."""
        ticket = Ticket(id=self.session.connection().scalars(ADD, values).one(), **values)
        make_transient_to_detached(ticket)
        self.session.add(ticket)
        return ticket

    def record(
        self,
        ticket_id: int,
        kind: str,
        before: Told,
        now: Told,
        actor: Actor,
        at: datetime,
        *,
        other_ticket_id: int | None = None,
    ) -> None:
        """Adds a line to the ticket's history, as `history_line` makes it."""
        self.record_lines([history_line(ticket_id, kind, before, now, actor, at, other_ticket_id=other_ticket_id)])

    def record_lines(self, lines: Sequence[dict[str, Any]]) -> None:
        """Adds lines to the histories of tickets, in their order."""
        self.session.connection().execute(RECORD, lines)

    def tags_of(self, ticket_id: int) -> list[str]:
        return sorted(self.session.scalars(select(TicketTag.tag).where(TicketTag.ticket_id == ticket_id)))

    def tags_of_each(self, ticket_ids: Sequence[int]) -> dict[int, list[str]]:
        """Returns the tags of each ticket, sorted."""
        tags: dict[int, list[str]] = {ticket_id: [] for ticket_id in ticket_ids}
        for ticket_id, tag in self.session.connection().execute(TAGS_OF_EACH, {"ids": ticket_ids}):
            tags[ticket_id].append(tag)
        return {ticket_id: sorted(each) for ticket_id, each in tags.items()}

    def blockers_of_each(self, actor: Actor, ticket_ids: Sequence[int]) -> dict[int, list[int]]:
        """Returns for each ticket those that block it and are not closed, of what the actor may read."""
        blockers: dict[int, list[int]] = {ticket_id: [] for ticket_id in ticket_ids}
        asked = {"me": actor.person_id, "ids": ticket_ids}
        for ticket_id, blocker in self.session.connection().execute(blockers_statement(actor.reads), asked):
            blockers[ticket_id].append(blocker)
        return blockers

    def replace_tags(self, ticket: Ticket, tags: Sequence[str]) -> None:
        self.session.execute(delete(TicketTag).where(TicketTag.ticket_id == ticket.id, TicketTag.tag.not_in(tags)))
        rows = [{"ticket_id": ticket.id, "tag": tag, "opened_at": ticket.opened_at} for tag in tags]
        if rows:
            self.session.execute(insert(TicketTag).on_conflict_do_nothing(), rows)

    def delete(self, ticket: Ticket) -> None:
        self.session.delete(ticket)

    def follow(self, person_id: int, ticket_id: int) -> bool:
        """Returns False if this person already follows the ticket."""
        row = {"ticket_id": ticket_id, "person_id": person_id}
        added = insert(TicketWatcher).on_conflict_do_nothing().returning(TicketWatcher.id)
        return self.session.connection().scalar(added, row) is not None

    def unfollow(self, person_id: int, ticket_id: int) -> bool:
        """Returns False if this person does not follow the ticket."""
        mine = delete(TicketWatcher).where(TicketWatcher.ticket_id == ticket_id, TicketWatcher.person_id == person_id)
        return self.session.connection().execute(mine).rowcount > 0

    def drop_followers(self, ticket_id: int) -> None:
        self.session.execute(delete(TicketWatcher).where(TicketWatcher.ticket_id == ticket_id))

    def note_confidential_in_links(self, ticket_id: int, value: bool) -> None:
        """Renews what the ticket's links say of it. It is locked with those that it is linked with."""
        for end, copy in (("ticket_id", "ticket_is_confidential"), ("other_id", "other_is_confidential")):
            links = update(TicketLink).where(getattr(TicketLink, end) == ticket_id)
            self.session.connection().execute(links.values({copy: value}))

    def last_said(self, actor: Actor, ticket_id: int) -> datetime | None:
        """Returns when the last public message was written, or when the ticket was opened if there is none; None when
        this person may not read the ticket."""
        statement = _last_said(actor.reads)
        return self.session.connection().scalar(statement, _asked(actor, ticket_id))

    def mark_read(self, actor: Actor, ticket_id: int, at: datetime) -> None:
        """Marks messages as seen up to `at`. An earlier moment than the stored one changes nothing, because another
        browser tab may lag behind."""
        row = {"ticket_id": ticket_id, "person_id": actor.person_id, "read_at": at}
        self.session.connection().execute(MARK_READ, row)

    def history(
        self, actor: Actor, ticket_id: int, after: Sequence[Any], limit: int, *, latest_first: bool
    ) -> Sequence[HistoryRow]:
        """Returns up to limit + 1 lines; the extra one shows that there is a next page. From the first line that does
        not fit (`fits`), lines have no texts."""
        statement = _history(actor.reads, tells_all=actor.is_staff, latest_first=latest_first, goes_on=bool(after))
        asked = _asked(actor, ticket_id) | {"rows": limit + 1} | position(after)
        return [HistoryRow._make(row) for row in self.session.connection().execute(statement, asked)]

    def event(self, actor: Actor, ticket_id: int, event_id: int) -> HistoryRow | None:
        statement = _event(actor.reads, tells_all=actor.is_staff)
        asked = _asked(actor, ticket_id) | {"event": event_id}
        row = self.session.connection().execute(statement, asked).one_or_none()
        return None if row is None else HistoryRow._make(row)

    def blank(self, ticket_id: int, texts: Sequence[tuple[str, str]], actor: Actor, at: datetime) -> None:
        """Removes these texts, each given with its kind, from every line of this ticket's history that holds one of
        them: a text may have been put back and changed again."""
        is_one = tuple_(TicketEvent.kind, TicketEvent.from_value).in_(texts)
        blanked = update(TicketEvent).where(TicketEvent.ticket_id == ticket_id, is_one)
        self.session.connection().execute(blanked.values(from_value=None, blanked_by_id=actor.person_id, blanked_at=at))
