"""Queries on entries of time. People find those of the tickets that they may read, and all of their own."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    Select,
    bindparam,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session, aliased

from data_api.access.actor import Actor
from data_api.access.reading import ME, Reads, readable_by
from data_api.kit.paging import in_order, position
from data_api.models import Person, Team, Ticket, TimeEntry, TimeEntryChange
from data_api.tickets.rows import ROWS

TICKET = bindparam("ticket_id", type_=BigInteger)
ID = bindparam("entry_id", type_=BigInteger)
AS_READ = (
    TimeEntry.id,
    TimeEntry.ticket_id,
    TimeEntry.person_id,
    Person.name,
    TimeEntry.day,
    TimeEntry.seconds,
    TimeEntry.note,
    TimeEntry.is_timed,
    TimeEntry.version,
    TimeEntry.created_at,
    TimeEntry.stopped_because,
    TimeEntry.is_unconfirmed,
)
ENTRIES = select(*AS_READ).join(Person, Person.id == TimeEntry.person_id)
LOCK = ENTRIES.where(TimeEntry.id == ID).with_for_update(of=TimeEntry)
ADD = insert(TimeEntry).returning(TimeEntry.id, TimeEntry.created_at)
CHANGE = (
    update(TimeEntry)
    .where(TimeEntry.id == ID)
    .values(
        day=bindparam("new_day", type_=Date),
        seconds=bindparam("new_seconds"),
        note=bindparam("new_note"),
        is_unconfirmed=False,
        version=TimeEntry.version + 1,
    )
)
CONFIRM = update(TimeEntry).where(TimeEntry.id == ID).values(is_unconfirmed=False)
DELETE = delete(TimeEntry).where(TimeEntry.id == ID)
RECORD = insert(TimeEntryChange)
OF_TICKET = TimeEntry.ticket_id == TICKET
SECONDS = func.coalesce(func.sum(TimeEntry.seconds), 0)
TOTAL = select(SECONDS).where(OF_TICKET)
BY_PERSON = (
    select(TimeEntry.person_id, Person.name, func.sum(TimeEntry.seconds), func.count())
    .join(Person, Person.id == TimeEntry.person_id)
    .where(OF_TICKET)
    .group_by(TimeEntry.person_id, Person.name)
    .order_by(func.sum(TimeEntry.seconds).desc(), TimeEntry.person_id)
    .limit(bindparam("most"))
)
DAYS = (TimeEntry.day >= bindparam("first", type_=Date), TimeEntry.day <= bindparam("last", type_=Date))
MINE = (TimeEntry.person_id == ME, *DAYS)
BY_DAY = select(TimeEntry.day, func.sum(TimeEntry.seconds)).where(*MINE).group_by(TimeEntry.day)


class EntryRow(NamedTuple):
    id: int
    ticket_id: int
    person_id: int
    person_name: str
    day: date
    seconds: int
    note: str | None
    is_timed: bool
    version: int
    created_at: datetime
    stopped_because: str | None = None
    is_unconfirmed: bool = False


class ChangeRow(NamedTuple):
    id: int
    entry_id: int
    person_id: int
    person_name: str
    actor_id: int
    actor_name: str
    changed_at: datetime
    is_deletion: bool
    from_seconds: int
    to_seconds: int | None
    from_day: date
    to_day: date | None
    from_note: str | None
    to_note: str | None


class TeamDays(NamedTuple):
    """Which entries are asked for: of these days, and only of this team or person, if one is given."""

    first: date
    last: date
    team: str | None
    person_id: int | None

    @property
    def narrowed_by(self) -> tuple[bool, bool]:
        return self.team is not None, self.person_id is not None

    def values(self, actor: Actor) -> dict[str, Any]:
        given = {"team": self.team, "person_id": self.person_id}
        named = {name: value for name, value in given.items() if value is not None}
        return {"me": actor.person_id, "first": self.first, "last": self.last} | named


class SumRow(NamedTuple):
    person_id: int
    person_name: str
    day: date
    seconds: int
    entries: int
    unconfirmed: int


class EntryRepository:
    def __init__(self, session: Session) -> None:
        self.session = session

    def page(self, ticket_id: int, after: Sequence[Any], limit: int) -> Sequence[EntryRow]:
        """Returns up to limit + 1 entries, the latest day first. The caller checks whether the ticket is readable."""
        asked = {"ticket_id": ticket_id, "rows": limit + 1} | position(after)
        return [EntryRow._make(row) for row in self._execute(_page(goes_on=bool(after)), asked)]

    def total(self, ticket_id: int) -> int:
        return int(self._execute(TOTAL, {"ticket_id": ticket_id}).scalar_one())

    def by_person(self, ticket_id: int, most: int) -> list[tuple[int, str, int, int]]:
        """Returns id, name, seconds and number of entries of each person, who worked longest first."""
        found = self._execute(BY_PERSON, {"ticket_id": ticket_id, "most": most})
        return [(row[0], row[1], int(row[2]), row[3]) for row in found]

    def find(self, actor: Actor, entry_id: int) -> EntryRow | None:
        asked = {"me": actor.person_id, "entry_id": entry_id}
        row = self._execute(_one(actor.reads), asked).one_or_none()
        return EntryRow._make(row) if row else None

    def lock(self, actor: Actor, entry_id: int) -> EntryRow | None:
        """Returns the entry as `find` does, locked until the transaction ends; its ticket cannot be deleted until then.
        The ticket is held first, as a deletion does it, so that the two do not wait for each other."""
        asked = {"me": actor.person_id, "entry_id": entry_id}
        if self._execute(_hold(actor.reads), asked).one_or_none() is None:
            return None
        row = self._execute(LOCK, {"entry_id": entry_id}).one_or_none()
        return EntryRow._make(row) if row else None

    def add(self, values: Mapping[str, Any]) -> tuple[int, datetime]:
        """Returns the id of the new entry, and when it was made."""
        row = self._execute(ADD, values).one()
        return row.id, row.created_at

    def change(self, row: EntryRow) -> None:
        """Stores day, seconds and note of the entry, as its next version."""
        self._execute(
            CHANGE, {"entry_id": row.id, "new_day": row.day, "new_seconds": row.seconds, "new_note": row.note}
        )

    def confirm(self, entry_id: int) -> None:
        """Notes that the entry is right as it is."""
        self._execute(CONFIRM, {"entry_id": entry_id})

    def delete(self, entry_id: int) -> None:
        self._execute(DELETE, {"entry_id": entry_id})

    def record(self, actor: Actor, before: EntryRow, now: EntryRow | None) -> None:
        """Adds a line to the log of changes; `now` is None after a deletion."""
        told = {"from_seconds": before.seconds, "from_day": before.day, "from_note": before.note}
        told |= {"to_seconds": now and now.seconds, "to_day": now and now.day, "to_note": now and now.note}
        whose = {"ticket_id": before.ticket_id, "entry_id": before.id, "person_id": before.person_id}
        self._execute(RECORD, whose | told | {"actor_id": actor.person_id, "is_deletion": now is None})

    def changes(self, ticket_id: int, after: Sequence[Any], limit: int) -> Sequence[ChangeRow]:
        """Returns up to limit + 1 changes, the latest first. The caller checks whether the ticket is readable."""
        asked = {"ticket_id": ticket_id, "rows": limit + 1} | position(after)
        return [ChangeRow._make(row) for row in self._execute(_changes(goes_on=bool(after)), asked)]

    def mine(
        self, actor: Actor, first: date, last: date, after: Sequence[Any], limit: int
    ) -> Sequence[tuple[EntryRow, str | None]]:
        """Returns up to limit + 1 of the actor's entries of these days, each with the ticket's title if the actor may
        read the ticket."""
        asked = {"me": actor.person_id, "first": first, "last": last, "rows": limit + 1} | position(after)
        rows = self._execute(_mine(actor.reads, goes_on=bool(after)), asked)
        return [(EntryRow._make(row[:-1]), row[-1]) for row in rows]

    def days(self, actor: Actor, first: date, last: date) -> list[tuple[date, int]]:
        """Returns the seconds of each day on which the actor has an entry, the latest day first."""
        found = self._execute(BY_DAY, {"me": actor.person_id, "first": first, "last": last})
        return sorted(((row[0], int(row[1])) for row in found), reverse=True)

    def unconfirmed(self, actor: Actor, most: int) -> Sequence[tuple[EntryRow, str | None]]:
        """Returns the actor's entries of timers that were probably forgotten, as `mine` does; the latest first."""
        rows = self._execute(_unconfirmed(actor.reads), {"me": actor.person_id, "most": most})
        return [(EntryRow._make(row[:-1]), row[-1]) for row in rows]

    # -- of several people --------------------------------------------------------------------------------------------

    def of_team(
        self, actor: Actor, asked: TeamDays, after: Sequence[Any], limit: int
    ) -> Sequence[tuple[EntryRow, str]]:
        """Returns up to limit + 1 entries on tickets that the actor may read, each with the ticket's title."""
        statement = _of_team(actor.reads, asked.narrowed_by, goes_on=bool(after))
        rows = self._execute(statement, asked.values(actor) | {"rows": limit + 1} | position(after))
        return [(EntryRow._make(row[:-1]), row[-1]) for row in rows]

    def sums_of_team(self, actor: Actor, asked: TeamDays) -> list[SumRow]:
        """Returns a row for each person and day, ordered by the people's names."""
        found = self._execute(_sums_of_team(actor.reads, asked.narrowed_by), asked.values(actor))
        return [SumRow._make(row) for row in found]

    def _execute(self, statement: Any, asked: Mapping[str, Any]) -> Any:
        return self.session.connection().execute(statement, asked)


@cache
def _page(*, goes_on: bool) -> Select[*tuple[Any, ...]]:
    entries: Select[*tuple[Any, ...]] = ENTRIES.where(OF_TICKET)
    return in_order(entries, (TimeEntry.day, TimeEntry.id), descending=True, goes_on=goes_on).limit(ROWS)


@cache
def _one(reads: Reads) -> Select[*tuple[Any, ...]]:
    found: Select[*tuple[Any, ...]] = ENTRIES.join(Ticket, Ticket.id == TimeEntry.ticket_id)
    return found.where(TimeEntry.id == ID, or_(TimeEntry.person_id == ME, readable_by(reads)))


@cache
def _hold(reads: Reads) -> Select[Any]:
    ticket = select(Ticket.id).join(TimeEntry, TimeEntry.ticket_id == Ticket.id)
    found = ticket.where(TimeEntry.id == ID, or_(TimeEntry.person_id == ME, readable_by(reads)))
    return found.with_for_update(read=True, key_share=True, of=Ticket)


@cache
def _mine(reads: Reads, *, goes_on: bool) -> Select[*tuple[Any, ...]]:
    title = case((readable_by(reads), Ticket.title)).label("title")
    entries: Select[*tuple[Any, ...]] = (
        ENTRIES.add_columns(title).join(Ticket, Ticket.id == TimeEntry.ticket_id).where(*MINE)
    )
    return in_order(entries, (TimeEntry.day, TimeEntry.id), descending=True, goes_on=goes_on).limit(ROWS)


@cache
def _unconfirmed(reads: Reads) -> Select[*tuple[Any, ...]]:
    title = case((readable_by(reads), Ticket.title)).label("title")
    entries: Select[*tuple[Any, ...]] = ENTRIES.add_columns(title).join(Ticket, Ticket.id == TimeEntry.ticket_id)
    mine = entries.where(TimeEntry.person_id == ME, TimeEntry.is_unconfirmed)
    return mine.order_by(TimeEntry.id.desc()).limit(bindparam("most"))


def _narrowed(narrowed_by: tuple[bool, bool]) -> list[ColumnElement[bool]]:
    by_team, by_person = narrowed_by
    conditions: list[ColumnElement[bool]] = list(DAYS)
    if by_team:
        team = select(Team.id).where(Team.slug == bindparam("team")).scalar_subquery()
        conditions.append(Person.team_id == team)
    if by_person:
        conditions.append(TimeEntry.person_id == bindparam("person_id", type_=BigInteger))
    return conditions


@cache
def _of_team(reads: Reads, narrowed_by: tuple[bool, bool], *, goes_on: bool) -> Select[*tuple[Any, ...]]:
    entries: Select[*tuple[Any, ...]] = (
        ENTRIES.add_columns(Ticket.title)
        .join(Ticket, Ticket.id == TimeEntry.ticket_id)
        .where(*_narrowed(narrowed_by), readable_by(reads))
    )
    return in_order(entries, (TimeEntry.day, TimeEntry.id), descending=True, goes_on=goes_on).limit(ROWS)


@cache
def _sums_of_team(reads: Reads, narrowed_by: tuple[bool, bool]) -> Select[*tuple[Any, ...]]:
    unconfirmed = func.count().filter(TimeEntry.is_unconfirmed)
    sums: Select[*tuple[Any, ...]] = (
        select(Person.id, Person.name, TimeEntry.day, func.sum(TimeEntry.seconds), func.count(), unconfirmed)
        .join_from(TimeEntry, Person, Person.id == TimeEntry.person_id)
        .join(Ticket, Ticket.id == TimeEntry.ticket_id)
        .where(*_narrowed(narrowed_by), readable_by(reads))
    )
    return sums.group_by(Person.id, Person.name, TimeEntry.day).order_by(Person.name, Person.id, TimeEntry.day.desc())


_Actor = aliased(Person)


@cache
def _changes(*, goes_on: bool) -> Select[Any]:
    columns = {column.name: column for column in TimeEntryChange.__table__.columns}
    names = {"person_name": Person.name, "actor_name": _Actor.name}
    changes = (
        select(*(names[name] if name in names else columns[name] for name in ChangeRow._fields))
        .join_from(TimeEntryChange, Person, Person.id == TimeEntryChange.person_id)
        .join(_Actor, _Actor.id == TimeEntryChange.actor_id)
        .where(TimeEntryChange.ticket_id == TICKET)
    )
    return in_order(changes, (TimeEntryChange.id,), descending=True, goes_on=goes_on).limit(ROWS)
