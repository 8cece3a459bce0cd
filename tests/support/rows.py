"""Writes rows directly into the database, for tests that are not about how rows are made. All columns have defaults
here, so that a new column needs no change in the tests."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import psycopg
from sqlalchemy import Connection, Insert, Table, func, insert, literal, make_url, select, true

from data_api.kit.slugs import slug_from
from data_api.models import (
    Base,
    Building,
    Category,
    Message,
    Person,
    Stage,
    Team,
    Ticket,
    TicketEvent,
    TicketLink,
    TicketTag,
    TicketWatcher,
    TimeEntry,
)

Row = Mapping[str, Any]
AT_ONCE = 500  # rows in a statement, which may have at most 65,535 values in Postgres
_DIALECT = make_url("postgresql+psycopg://").get_dialect()()


class RunsSql(Protocol):
    """The common protocol of a running data API and of a database that a replica follows."""

    def sql(self, statement: Any, **values: Any) -> list[tuple[Any, ...]]: ...


Database = psycopg.Connection[Any] | Connection | RunsSql


def person(database: Database, name: str = "Mia Rossi", *roles: str, **fields: Any) -> int:
    """Adds a person, by default a student."""
    return _one(database, Person, {"name": name, "roles": list(roles or ["student"]), **fields})


def team(database: Database, name: str, **fields: Any) -> int:
    return _one(database, Team, {"slug": slug_from(name), "name": name, **fields})


def building(database: Database, name: str, **fields: Any) -> int:
    return _one(database, Building, {"slug": slug_from(name), "name": name, **fields})


def category(database: Database, name: str, **fields: Any) -> int:
    return _one(database, Category, {"slug": slug_from(name), "name": name, **fields})


def ticket(database: Database, **fields: Any) -> int:
    """Adds a ticket. By default it is open, opened now, in the first category, and of the first person."""
    (number,) = tickets(database, [fields])
    return number


def tickets(database: Database, each: Iterable[Row]) -> list[int]:
    """Adds tickets with the defaults of `ticket`. All rows need the same keys. A moment may be a Postgres literal."""
    return add(database, Ticket, [_ticket(**fields) for fields in each])


def message(database: Database, ticket_id: int, author_id: int, **fields: Any) -> int:
    return _one(
        database,
        Message,
        {"ticket_id": ticket_id, "author_id": author_id, "author_role": "agent", "body": "Words", **fields},
    )


def event(database: Database, ticket_id: int, kind: str, **fields: Any) -> int:
    return _one(database, TicketEvent, {"ticket_id": ticket_id, "kind": kind, "occurred_at": func.now(), **fields})


def long_former_texts(database: Database, ticket_id: int, many: int) -> None:
    """Adds `many` changes of the description, one second apart. Each former text has the maximum length and ends with
    two digits, from 10 on."""
    opened_at = select(Ticket.opened_at).where(Ticket.id == ticket_id).scalar_subquery()
    for n in range(10, 10 + many):
        text, at = "\U0001f6d7" * 19_998 + str(n), opened_at + timedelta(seconds=n)
        event(database, ticket_id, "description", from_value=text, occurred_at=at)


def tag(database: Database, ticket_id: int, word: str) -> int:
    opened_at = select(Ticket.opened_at).where(Ticket.id == ticket_id).scalar_subquery()
    return _one(database, TicketTag, {"ticket_id": ticket_id, "tag": word, "opened_at": opened_at})


def time_entry(database: Database, ticket_id: int, person_id: int) -> int:
    worked = {"day": datetime.now(UTC).date(), "seconds": 600, "is_timed": False}
    return _one(database, TimeEntry, {"ticket_id": ticket_id, "person_id": person_id, **worked})


def watcher(database: Database, ticket_id: int, person_id: int) -> int:
    return _one(database, TicketWatcher, {"ticket_id": ticket_id, "person_id": person_id})


def block(database: Database, ticket_id: int, other_id: int) -> int:
    """Adds a link by which the first ticket blocks the other one, as if neither were confidential."""
    ends = {"ticket_id": ticket_id, "other_id": other_id, "kind": "blocks"}
    return _one(database, TicketLink, {**ends, "ticket_is_confidential": False, "other_is_confidential": False})


def copies(database: Database, ticket_id: int, number: int, **changed: Any) -> list[int]:
    """Adds `number` copies of a ticket in one statement, with the same values except for those in `changed`."""
    table = _table(Ticket)
    copied = [one for one in table.columns if not (one.identity or one.computed)]
    values = [literal(changed[one.name], one.type) if one.name in changed else one for one in copied]
    so_often = table.join(func.generate_series(1, number).alias("number"), true())
    source = select(*values).select_from(so_often).where(table.c.id == ticket_id)
    return _numbers(database, insert(table).from_select(copied, source).returning(table.c.id))


def add(database: Database, model: type[Base], each: Iterable[Row]) -> list[int]:
    """Adds rows of a model, and returns their ids in the same order."""
    table, rows = _table(model), list(each)
    batches = [rows[start : start + AT_ONCE] for start in range(0, len(rows), AT_ONCE)]
    return [
        number for batch in batches for number in _numbers(database, insert(table).values(batch).returning(table.c.id))
    ]


def _one(database: Database, model: type[Base], row: Row) -> int:
    (number,) = add(database, model, [row])
    return number


def _ticket(*, status: str = "open", opened_at: datetime | str | None = None, **fields: Any) -> Row:
    opened = func.now() if opened_at is None else opened_at
    return {
        "title": "The lift",
        "description": "It is stuck.",
        "status": status,
        "stage_id": select(Stage.id).where(Stage.status == status).order_by(Stage.position).limit(1).scalar_subquery(),
        "category_id": select(func.min(Category.id)).scalar_subquery(),
        "requester_id": select(func.min(Person.id)).scalar_subquery(),
        "waits_for": None if status == "closed" else "desk",
        "opened_at": opened,
        "modified_at": opened,
        "closed_at": opened if status == "closed" else None,
        **fields,
    }


def _table(model: type[Base]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table


def _numbers(database: Database, statement: Insert) -> list[int]:
    if isinstance(database, Connection):
        return list(database.execute(statement).scalars())
    compiled = statement.compile(dialect=_DIALECT)
    if isinstance(database, psycopg.Connection):
        rows = database.execute(str(compiled).encode(), compiled.params).fetchall()
    else:
        rows = database.sql(str(compiled), **compiled.params)
    return [number for (number,) in rows]
