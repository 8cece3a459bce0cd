"""All SQL statements of an import."""

from collections.abc import Iterable, Sequence
from typing import Any

from psycopg import Connection, sql
from psycopg.types.json import Jsonb

from contracts.base import name_key
from contracts.tickets import Status
from data_api.files.uploads import Kept
from data_api.links.repository import StoredLink
from lodge.importing.drafts import PersonDraft, Said, Stage, TicketDraft
from lodge.importing.fields import Lists
from lodge.importing.linking import Links
from lodge.importing.mapping import PLAIN

TICKET = (
    "id title description status stage_id category_id category_by priority building_id requester_id assignee_id "
    "team_id waits_for opened_at modified_at closed_at first_response_at source source_id"
)
LOCK = "SELECT pg_advisory_xact_lock(hashtext('lodge import'))"
RECORD = """
INSERT INTO import_batch (
    source, file, tickets, people, buildings, categories,
    first_ticket_id, last_ticket_id, first_person_id, last_person_id,
    last_event_id, last_message_id, last_attachment_id, last_link_id
) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id
"""
WITH_LATER = ("ticket_event", "message", "attachment", "ticket_link")  # an undo must know which rows came later
# The requester sent them with the report.
ATTACH = """
INSERT INTO attachment (ticket_id, uploader_id, name, type, size, content_hash, thumbnail_hash, created_at)
SELECT ticket.id, requester_id, file.name, file.type, file.size, file.content, file.thumbnail, opened_at
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bigint[], %s::bytea[], %s::bytea[])
    WITH ORDINALITY AS file (ticket_id, name, type, size, content, thumbnail, place)
JOIN ticket ON ticket.id = file.ticket_id ORDER BY file.place
"""
# Only what these tickets block, also by way of others, can become a circle.
BLOCKING = """
WITH RECURSIVE reached (id) AS (
    SELECT unnest(%s::bigint[])
    UNION SELECT other_id FROM ticket_link JOIN reached ON reached.id = ticket_id WHERE kind = 'blocks'
)
SELECT ticket_id, other_id FROM ticket_link JOIN reached ON reached.id = ticket_id WHERE kind = 'blocks'
"""
# Nobody else adds a link by which a ticket blocks another, or makes one of these tickets confidential, until the end.
HOLD_BLOCKS = "SELECT pg_advisory_xact_lock(hashtextextended('lodge blocks', 0))"
HOLD_TICKETS = "SELECT FROM ticket WHERE id = ANY (%s) ORDER BY id FOR SHARE"
LINK = """
INSERT INTO ticket_link (ticket_id, other_id, kind, ticket_is_confidential, other_is_confidential)
SELECT ticket.id, other.id, link.kind, ticket.is_confidential, other.is_confidential
FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) WITH ORDINALITY AS link (ticket_id, other_id, kind, place)
JOIN ticket ON ticket.id = link.ticket_id JOIN ticket other ON other.id = link.other_id ORDER BY link.place
"""
LINKS_OF = """
SELECT asked.id, (SELECT count(*) FROM ticket_link WHERE ticket_id = asked.id)
    + (SELECT count(*) FROM ticket_link WHERE other_id = asked.id)
FROM unnest(%s::bigint[]) AS asked (id)
"""
EVENT = "ticket_id kind from_value from_person_id to_value to_person_id actor_id occurred_at"


class ImportRepository:
    """Works inside the one transaction of the connection it was given."""

    def __init__(self, connection: Connection, source: str) -> None:
        self.connection = connection
        self.source = source
        self._first_ids: dict[str, int] = {}
        self._new_people = 0
        self._new_entries: dict[str, dict[int, str]] = {"building": {}, "category": {}}

    def begin(self) -> None:
        """Locks out other imports until the transaction ends. Without the lock, two imports of the same file at the
        same time could add its tickets twice."""
        self.connection.execute(LOCK)
        self._first_ids = {table: self._last_id(table) + 1 for table in ("ticket", "person")}

    def lists(self) -> Lists:
        """Returns the installation's lists."""
        categories = self._rows("SELECT slug, name FROM category ORDER BY is_default DESC, id")
        stages = self._rows("SELECT slug, status, waits_for_requester FROM stage ORDER BY position, id")
        return Lists(
            categories=dict(categories),
            stages=[Stage(slug, Status(status), waits) for slug, status, waits in stages],
            buildings=dict(self._rows("SELECT slug, name FROM building")),
            teams=dict(self._rows("SELECT slug, name FROM team")),
        )

    def without_known(self, drafts: Sequence[TicketDraft]) -> list[TicketDraft]:
        """Returns the drafts that no earlier import of this source has added."""
        known = self.find(draft.source_id for draft in drafts)
        return [draft for draft in drafts if draft.source_id not in known]

    def find(self, source_ids: Iterable[str]) -> dict[str, int]:
        """Returns the ids of this source's tickets, by their ids in the source."""
        query = "SELECT source_id, id FROM ticket WHERE source = %s AND source_id = ANY (%s)"
        return dict(self._rows(query, [self.source, list(source_ids)]))

    def add(self, drafts: Sequence[TicketDraft]) -> list[int]:
        """Writes the tickets with their people, categories, buildings, tags, notes and history. Returns their ids."""
        people = self._people({person for draft in drafts for person in draft.people})
        self._add_listed("building", dict(draft.building for draft in reversed(drafts) if draft.building))
        self._add_listed("category", dict(draft.category for draft in reversed(drafts)))
        lists = {table: self._ids_by_slug(table) for table in ("stage", "category", "building", "team")}
        ids = self._reserve_ids(len(drafts))
        tickets = (self._ticket(*pair, people, lists) for pair in zip(ids, drafts, strict=True))
        self._copy("ticket", " ".join([TICKET, *PLAIN]), tickets)
        self._copy(
            "ticket_event",
            EVENT,
            (
                (
                    number,
                    event.kind,
                    *_said(event.before, people),
                    *_said(event.now, people),
                    people[event.actor] if event.actor else None,
                    event.at,
                )
                for number, draft in zip(ids, drafts, strict=True)
                for event in draft.events
            ),
        )
        tags = ((number, tag, draft.opened_at) for number, draft in zip(ids, drafts, strict=True) for tag in draft.tags)
        self._copy("ticket_tag", "ticket_id tag opened_at", tags)
        notes = (
            (number, people[note.author], note.author.role.value, note.body, True, note.at)
            for number, draft in zip(ids, drafts, strict=True)
            for note in draft.notes
        )
        self._copy("message", "ticket_id author_id author_role body is_internal created_at", notes)
        return ids

    def attach(self, files: Sequence[tuple[int, Kept]]) -> None:
        """Adds files to tickets, which are given by id."""
        values = [
            (ticket_id, kept.name, kept.type, kept.size, bytes.fromhex(kept.content_hash), _hash(kept.thumbnail_hash))
            for ticket_id, kept in files
        ]
        self.connection.execute(ATTACH, [list(column) for column in zip(*values, strict=True)])

    def links(self, ticket_ids: Iterable[int]) -> Links:
        """Returns what is known of the links of these tickets, and keeps others from changing it."""
        asked = [sorted(ticket_ids)]
        self.connection.execute(HOLD_BLOCKS)
        self.connection.execute(HOLD_TICKETS, asked)
        return Links(self._rows(BLOCKING, asked), dict(self._rows(LINKS_OF, asked)))

    def link(self, links: Sequence[StoredLink]) -> None:
        self.connection.execute(LINK, [list(column) for column in zip(*links, strict=True)])

    def record(self, file: str, tickets: int) -> int:
        """Records this import, and returns its number."""
        ranges = [number for table in self._first_ids for number in (self._first_ids[table], self._last_id(table))]
        entries = [Jsonb(self._new_entries[table]) for table in ("building", "category")]
        last = [self._last_id(table) for table in WITH_LATER]
        values = [self.source, file, tickets, self._new_people, *entries, *ranges, *last]
        [(number,)] = self._rows(RECORD, values)
        return int(number)

    def analyze(self) -> None:
        """Updates the planner's statistics, so that queries are fast right after the import."""
        self.connection.execute("ANALYZE ticket, ticket_event, ticket_tag, message, attachment, ticket_link, person")

    def _ticket(
        self, number: int, draft: TicketDraft, people: dict[PersonDraft, int], lists: dict[str, dict[str, int]]
    ) -> tuple[Any, ...]:
        return (
            number,
            draft.title,
            draft.description,
            draft.stage.status.value,
            lists["stage"][draft.stage.slug],
            lists["category"][draft.category[0]],
            draft.category_by.value,
            draft.priority,
            lists["building"][draft.building[0]] if draft.building else None,
            people[draft.requester],
            people[draft.assignee] if draft.assignee else None,
            lists["team"][draft.team] if draft.team else None,
            draft.waits_for,
            draft.opened_at,
            draft.modified_at,
            draft.closed_at,
            draft.first_response_at,
            self.source,
            draft.source_id,
            *(draft.plain.get(name) for name in PLAIN),
        )

    def _people(self, people: Iterable[PersonDraft]) -> dict[PersonDraft, int]:
        """Adds the people and returns their ids.

        A person of an earlier import of this source is found again by role and name; `name_key` ignores differences
        such as upper and lower case.
        """
        keys = {person: f"import:{self.source}:{person.role}:{name_key(person.name)}" for person in sorted(people)}
        added = self.connection.execute(
            "INSERT INTO person (name, roles, entry_key) SELECT name, ARRAY[role], key "
            "FROM unnest(%s::text[], %s::text[], %s::text[]) AS new (name, role, key) ON CONFLICT DO NOTHING",
            [[person.name for person in keys], [person.role.value for person in keys], list(keys.values())],
        )
        self._new_people += added.rowcount
        ids = dict(self._rows("SELECT entry_key, id FROM person WHERE entry_key = ANY (%s)", [list(keys.values())]))
        return {person: ids[key] for person, key in keys.items()}

    def _add_listed(self, table: str, names: dict[str, str]) -> None:
        """Adds entries to a list, given as names by slug. Existing slugs keep their names."""
        added = self.connection.execute(
            sql.SQL(
                "INSERT INTO {} (slug, name) SELECT * FROM unnest(%s::text[], %s::text[]) AS new (slug, name) "
                "WHERE NOT EXISTS (SELECT FROM {} AS known WHERE known.slug = new.slug) ON CONFLICT DO NOTHING "
                "RETURNING id, name"
            ).format(*[sql.Identifier(table)] * 2),
            [list(names), list(names.values())],
        )
        self._new_entries[table].update(added.fetchall())

    def _ids_by_slug(self, table: str) -> dict[str, int]:
        query = sql.SQL("SELECT slug, id FROM {}").format(sql.Identifier(table))
        return dict(self.connection.execute(query).fetchall())

    def _reserve_ids(self, count: int) -> list[int]:
        query = "SELECT nextval(pg_get_serial_sequence('ticket', 'id')) FROM generate_series(1, %s)"
        return sorted(number for (number,) in self._rows(query, [count]))

    def _last_id(self, table: str) -> int:
        """Returns the highest id that was given to a row of the table so far."""
        query = "SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence(%s, 'id')::regclass), 0)"
        [(number,)] = self._rows(query, [table])
        return int(number)

    def _copy(self, table: str, columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
        names = sql.SQL(", ").join(map(sql.Identifier, columns.split()))
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
        with self.connection.cursor().copy(statement) as copy:
            for row in rows:
                copy.write_row(row)

    def _rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return self.connection.execute(query.encode(), values).fetchall()


def _hash(name: str | None) -> bytes | None:
    return bytes.fromhex(name) if name else None


def _said(value: Said, people: dict[PersonDraft, int]) -> tuple[str | None, int | None]:
    """Returns a history value as (text, person id), of which at most one is set."""
    return (None, people[value]) if isinstance(value, PersonDraft) else (value, None)
