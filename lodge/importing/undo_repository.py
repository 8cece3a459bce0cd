"""All SQL statements for listing and undoing imports."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from psycopg import Connection, sql
from psycopg.rows import class_row
from sqlalchemy import Table, UniqueConstraint

from data_api.models import Base, Building, Category, Person, Ticket
from lodge.importing.repository import LOCK

CHUNK = 5_000  # tickets that are deleted at once
SHOWN_TICKETS = 10
# Rows that belong to a ticket, and do not mean that somebody has worked on it. Rows of any other table do.
BELONGS_TO_TICKET = frozenset({"ticket_event", "ticket_tag", "ticket_read", "ticket_prediction"})
# So do rows of these tables up to the id that the import noted: it brought them. Files come before messages, of which
# they may be a part.
BROUGHT = {"attachment": "last_attachment_id", "message": "last_message_id", "ticket_link": "last_link_id"}
BATCH = (
    "SELECT id, source, file, imported_at, tickets, people, buildings, categories, first_ticket_id, last_ticket_id, "
    "last_event_id, last_message_id, last_attachment_id, last_link_id, undone_at, kept_tickets FROM import_batch"
)
OF_BATCH = "t.source = %(source)s AND t.id BETWEEN %(first_ticket_id)s AND %(last_ticket_id)s"
# An edit raises the version. So does whatever moves very many tickets to another category, `lodge recategorise` and
# merging categories; these two leave a line in the history and do not say that staff chose the category. Whoever
# removes a link leaves nothing but a line (ADR 70). It names the other ticket, unless that one was deleted and the link
# with it, which is no work on this one.
IS_UNTOUCHED = (
    "t.version - 1 = (SELECT count(*) FROM ticket_event e "
    "WHERE e.ticket_id = t.id AND e.id > %(last_event_id)s AND e.kind = 'category') "
    "AND NOT EXISTS (SELECT FROM ticket_event e WHERE e.ticket_id = t.id AND e.id > %(last_event_id)s "
    "AND e.kind = 'link' AND e.other_ticket_id IS NOT NULL) "
    "AND t.category_by NOT IN ('staff', 'requester')"
)
# People whom an undone import brought may be left from then, because a later import of the same source named them too.
IS_OF_IMPORT = (
    "p.entry_key LIKE 'import:%%' AND starts_with(p.entry_key, 'import:' || %(source)s || ':' || p.roles[1] || ':') "
    "AND cardinality(p.roles) = 1 AND p.version = 1 "
    "AND EXISTS (SELECT FROM import_batch b WHERE b.source = %(source)s AND (b.id = %(id)s "
    "OR b.undone_at IS NOT NULL) AND p.id BETWEEN b.first_person_id AND b.last_person_id)"
)
ENTRIES = "SELECT {} FROM import_batch WHERE source = %(source)s AND (id = %(id)s OR undone_at IS NOT NULL)"
IS_AS_ADDED = {"building": "true", "category": "NOT l.is_default AND l.description = ''"}
# Predictions look at this revision to see that categories have changed (data_api/learning).
RAISE_REVISION = "UPDATE learning SET revision = revision + 1, news = news + 1"


@dataclass(frozen=True)
class Batch:
    """One import. `buildings` and `categories` are the names that it added, by id."""

    id: int
    source: str
    file: str
    imported_at: datetime
    tickets: int
    people: int
    buildings: dict[str, str]
    categories: dict[str, str]
    first_ticket_id: int
    last_ticket_id: int
    last_event_id: int
    last_message_id: int
    last_attachment_id: int
    last_link_id: int
    undone_at: datetime | None
    kept_tickets: int | None


def batches(connection: Connection) -> list[Batch]:
    """Returns all imports, the latest first."""
    with connection.cursor(row_factory=class_row(Batch)) as cursor:
        return cursor.execute(f"{BATCH} ORDER BY id DESC").fetchall()


def find_batch(connection: Connection, number: int) -> Batch | None:
    with connection.cursor(row_factory=class_row(Batch)) as cursor:
        return cursor.execute(f"{BATCH} WHERE id = %s", [number]).fetchone()


class UndoRepository:
    """Deletes what one import brought, inside the one transaction of the connection it was given.

    Rows are locked before it is decided that nobody has touched or refers to them: whoever wants to do that then waits,
    and so no work is deleted.
    """

    def __init__(self, connection: Connection, batch: Batch) -> None:
        self.connection = connection
        self.batch = batch
        self._values = dict(vars(batch))

    def begin(self) -> Batch | None:
        """Locks out other imports until the transaction ends, and returns the import as it is now."""
        self.connection.execute(LOCK)
        return find_batch(self.connection, self.batch.id)

    def delete_tickets(self) -> Iterator[int]:
        """Deletes the tickets that nobody has worked on, and yields how many were deleted, chunk by chunk."""
        untouched = f"{IS_UNTOUCHED} AND {_is_unused('t', Ticket, BELONGS_TO_TICKET, BROUGHT)}"
        found = f"SELECT t.id FROM ticket t WHERE {OF_BATCH} AND t.id > %(after)s AND {untouched}"
        values = {"after": 0, "limit": CHUNK}
        while ids := self._ids(f"{found} ORDER BY t.id LIMIT %(limit)s FOR UPDATE OF t", values):
            values["after"] = ids[-1]
            still = self._ids(f"SELECT t.id FROM ticket t WHERE t.id = ANY (%(ids)s) AND {untouched}", {"ids": ids})
            # Deleted before the tickets, because the database would delete them ticket by ticket.
            for table in [*BROUGHT, *sorted(BELONGS_TO_TICKET)]:
                self._delete(table, "ticket_id", still)
            self._delete("ticket", "id", still)
            yield len(still)

    def kept_tickets(self) -> tuple[int, list[int]]:
        """Returns how many of the import's tickets are there, and the ids of the first ones."""
        [count] = self._ids(f"SELECT count(*) FROM ticket t WHERE {OF_BATCH}")
        return count, self._ids(f"SELECT t.id FROM ticket t WHERE {OF_BATCH} ORDER BY t.id LIMIT {SHOWN_TICKETS}")

    def delete_people(self) -> int:
        """Deletes the people to whom nothing refers any more. Returns how many."""
        return len(self._delete_unused("person", "p", f"{IS_OF_IMPORT} AND {_is_unused('p', Person)}", {}))

    def delete_entries(self, table: str) -> list[str]:
        """Deletes the entries of this list that are not used, and are as they were added. Returns their names."""
        model, column = {"building": (Building, "buildings"), "category": (Category, "categories")}[table]
        added = [entries for (entries,) in self._rows(ENTRIES.format(column))]
        names = {int(number): name for entries in added for number, name in entries.items()}
        condition = (
            "EXISTS (SELECT FROM unnest(%(ids)s::bigint[], %(names)s::text[]) AS added (id, name) "
            f"WHERE (added.id, added.name) = (l.id, l.name)) AND {IS_AS_ADDED[table]} AND {_is_unused('l', model)}"
        )
        deleted = self._delete_unused(table, "l", condition, {"ids": list(names), "names": list(names.values())})
        if deleted and table == "category":
            self.connection.execute(RAISE_REVISION)
        return sorted(names[number] for number in deleted)

    def note_undone(self, kept: int) -> None:
        self.connection.execute(
            "UPDATE import_batch SET undone_at = now(), kept_tickets = %s WHERE id = %s", [kept, self.batch.id]
        )

    def analyze(self) -> None:
        """Updates the planner's statistics, so that queries are fast right afterwards."""
        self.connection.execute("ANALYZE ticket, ticket_event, ticket_tag, person")

    def _delete_unused(self, table: str, alias: str, condition: str, values: dict[str, Any]) -> list[int]:
        """Deletes the rows that meet the condition, also after they are locked. Returns their ids."""
        rows = f"{table} {alias}"
        locked = self._ids(f"SELECT {alias}.id FROM {rows} WHERE {condition} ORDER BY 1 FOR UPDATE OF {alias}", values)
        delete = f"DELETE FROM {rows} WHERE {alias}.id = ANY (%(locked)s) AND {condition} RETURNING {alias}.id"
        return self._ids(delete, values | {"locked": locked})

    def _delete(self, table: str, column: str, ids: Sequence[int]) -> None:
        statement = sql.SQL("DELETE FROM {} WHERE {} = ANY (%s)")
        self.connection.execute(statement.format(sql.Identifier(table), sql.Identifier(column)), [list(ids)])

    def _ids(self, query: str, values: dict[str, Any] | None = None) -> list[int]:
        return [number for (number,) in self._rows(query, values)]

    def _rows(self, query: str, values: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
        return self.connection.execute(query.encode(), self._values | (values or {})).fetchall()


def index_references_to_people(connection: Connection) -> list[str]:
    """Makes an index for each column that refers to a person and has none; everybody can write meanwhile. Returns the
    names of the indexes, for `drop_indexes`.

    When a person is deleted, Postgres looks for rows that refer to them, and would read whole tables for each person.
    The indexes are not kept, because nothing else needs them and each costs time at every write.
    """
    names = []
    for table, column in _references(Person.__table__):
        if column in _indexed(table):
            continue
        name = f"lodge_undo_{table.name}_{column}"
        names.append(name)
        drop_indexes(connection, [name])  # it may be incomplete, after an undo that was killed
        statement = "CREATE INDEX CONCURRENTLY {name} ON {table} ({column}) WHERE {column} IS NOT NULL"
        parts = {"name": name, "table": table.name, "column": column}
        connection.execute(sql.SQL(statement).format(**{key: sql.Identifier(part) for key, part in parts.items()}))
    return names


def drop_indexes(connection: Connection, names: Sequence[str]) -> None:
    for name in names:
        connection.execute(sql.SQL("DROP INDEX CONCURRENTLY IF EXISTS {}").format(sql.Identifier(name)))


def _is_unused(
    alias: str, model: type[Base], but: frozenset[str] = frozenset(), brought: Mapping[str, str] = MappingProxyType({})
) -> str:
    """Returns SQL for: no row of a table, except for the tables in `but`, refers to this row. Of the tables in
    `brought`, only rows after the id count that this parameter of the query names."""
    later = {table: f" AND r.id > %({last})s" for table, last in brought.items()}
    conditions = [
        f"NOT EXISTS (SELECT FROM {table.name} r WHERE r.{column} = {alias}.id{later.get(table.name, '')})"
        for table, column in _references(model.__table__)
        if table.name not in but
    ]
    return " AND ".join(conditions)


def _references(target: Any) -> list[tuple[Table, str]]:
    """Returns each table and column that refers to the target's id."""
    keys = [key for table in Base.metadata.tables.values() for key in table.foreign_keys]
    return sorted(
        ((key.parent.table, key.parent.name) for key in keys if key.column.table is target),
        key=lambda found: (found[0].name, found[1]),
    )


def _indexed(table: Table) -> set[str]:
    """Returns the columns with which an index of the whole table begins."""
    unique = [list(one.columns) for one in table.constraints if isinstance(one, UniqueConstraint)]
    whole = [list(one.columns) for one in table.indexes if one.dialect_options["postgresql"]["where"] is None]
    return {columns[0].name for columns in (list(table.primary_key.columns), *unique, *whole) if columns}
