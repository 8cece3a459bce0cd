"""All SQL statements of the seed."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from psycopg import Connection, sql
from psycopg.errors import InsufficientPrivilege

from lodge.seeding.assignment import OFFICE_HOURS, DemoRule
from lodge.seeding.board import Board, Stage
from lodge.seeding.campus import Newcomer
from lodge.seeding.copy_text import Rows
from lodge.seeding.mentions import DemoMention
from lodge.seeding.organisation import DemoRole, DemoTeam
from lodge.seeding.replies import DemoReply

ADD_TEAM = "INSERT INTO team (slug, name, description) VALUES (%s, %s, %s) RETURNING id"
ADD_ROLE = """
INSERT INTO role (slug, name, description, permissions) VALUES (%(slug)s, %(name)s, %(description)s, %(permissions)s)
ON CONFLICT DO NOTHING
"""
PUT_INTO_TEAM = "UPDATE person SET team_id = %s, capacity = %s WHERE id = ANY (%s)"
ADD_EXPERTISE = """
INSERT INTO person_expertise (person_id, category_id)
SELECT person_id, category_id FROM unnest(%s::bigint[]) AS person_id, unnest(%s::bigint[]) AS category_id
ON CONFLICT DO NOTHING
"""
LIMIT_WORK = """
UPDATE stage SET wip_limit = %s
WHERE wip_limit IS NULL AND id = (SELECT id FROM stage WHERE status = 'active' ORDER BY position, id LIMIT 1)
"""
ADD_BUILDINGS_KNOWN = """
INSERT INTO person_building (person_id, building_id) SELECT * FROM unnest(%s::bigint[], %s::bigint[])
ON CONFLICT DO NOTHING
"""
GIVE_HOURS = "UPDATE person SET working_hours = CAST(%s AS int4multirange) WHERE id = ANY (%s)"
ADD_RULE = """
INSERT INTO assignment_rule
    (position, name, is_on, category_ids, building_ids, priorities, words, query, confidential, team_id)
SELECT %(position)s, %(name)s, %(is_on)s, ARRAY(SELECT id FROM category WHERE slug = ANY (%(categories)s) ORDER BY id),
    ARRAY(SELECT id FROM building WHERE slug = ANY (%(buildings)s) ORDER BY id),
    %(priorities)s::smallint[], %(words)s::text[],
    (SELECT string_agg('(' || array_to_string(lodge_terms(word, 3), ' & ') || ')', ' | ')
     FROM unnest(%(words)s::text[]) AS word)::tsquery,
    'never', team.id
FROM team WHERE slug = %(team)s
"""
# Tickets that are not closed come first, and of those the latest.
REPORTS_TAGGED = """
SELECT t.id, NULL::bigint, t.requester_id, t.opened_at
FROM ticket t JOIN ticket_tag ON ticket_tag.ticket_id = t.id
WHERE tag = %s AND NOT t.is_confidential
ORDER BY t.status = 'closed', t.id DESC LIMIT %s
"""
MESSAGES_OF_STAFF = """
SELECT t.id, m.id, m.author_id, m.created_at
FROM ticket t JOIN message m ON m.ticket_id = t.id
WHERE m.author_role = 'agent' AND m.is_internal = %s AND NOT t.is_confidential
ORDER BY t.status = 'closed', m.id DESC LIMIT %s
"""
ADD_FILE = """
INSERT INTO attachment
    (ticket_id, message_id, uploader_id, name, type, size, content_hash, thumbnail_hash, created_at)
VALUES (%(ticket_id)s, %(message_id)s, %(person_id)s, %(name)s, %(type)s, %(size)s, %(content_hash)s,
    %(thumbnail_hash)s, %(at)s)
"""
# They are in no team, so no ticket is assigned to them by a rule.
ADD_DEMO_AGENT = """
WITH agent AS (
    INSERT INTO person (name, roles, entry_key, working_hours)
    VALUES (%(name)s, ARRAY[%(key)s], %(key)s, CAST(%(hours)s AS int4multirange))
    ON CONFLICT DO NOTHING RETURNING id
), knows AS (
    INSERT INTO person_building (person_id, building_id) SELECT agent.id, building.id FROM agent, building
)
INSERT INTO person_expertise (person_id, category_id) SELECT agent.id, category.id FROM agent, category
"""
ADD_MENTION = """
WITH person AS (
    SELECT id, name FROM person WHERE entry_key = %(key)s
), chosen AS (
    SELECT ticket.id, assignee_id, opened_at FROM ticket, person
    WHERE status = 'active' AND NOT is_confidential AND assignee_id <> person.id
    ORDER BY opened_at DESC, ticket.id OFFSET %(place)s LIMIT 1
), said AS (
    INSERT INTO message (ticket_id, author_id, author_role, body, is_internal, created_at)
    SELECT chosen.id, assignee_id, 'agent', '@' || name || ' ' || %(text)s, true,
           greatest(opened_at, %(now)s - %(hours)s * interval '1 hour')
    FROM chosen, person RETURNING id, ticket_id, created_at
), follows AS (
    INSERT INTO ticket_watcher (ticket_id, person_id) SELECT ticket_id, person.id FROM said, person
    ON CONFLICT DO NOTHING
)
INSERT INTO message_mention (message_id, person_id, created_at, seen_at)
SELECT said.id, person.id, created_at, CASE WHEN %(is_seen)s THEN created_at END FROM said, person
"""
# The reply's text takes the place of messages of staff whose requester writes in its language, found by its most common
# words. Messages that end with their author's name have another reply's text already.
ADD_REPLY = """
WITH reply AS (
    INSERT INTO canned_reply (title, text, shortcut, team_id, language, created_by_id, created_at)
    SELECT %(title)s, %(text)s, %(shortcut)s, (SELECT id FROM team WHERE slug = %(team)s), %(language)s,
           (SELECT min(id) FROM person WHERE 'manager' = ANY (roles)), %(at)s
    RETURNING id
), ticket_of AS (
    SELECT ticket.id, ticket.building_id, ticket.requester_id FROM ticket JOIN category ON category.id = category_id,
    LATERAL (
        SELECT count(*) FILTER (WHERE ts_lexize('english_stem', word) = '{}') AS en,
               count(*) FILTER (WHERE ts_lexize('german_stem', word) = '{}') AS de
        FROM regexp_split_to_table(lower(ticket.description), '[^[:alpha:]]+') AS word
    ) AS common
    WHERE NOT ticket.is_confidential AND (%(category)s::text IS NULL OR category.slug = %(category)s)
    AND CASE %(language)s::text WHEN 'de' THEN de > en ELSE en > 3 AND en > de END
), chosen AS (
    SELECT DISTINCT ON (message.ticket_id) message.id, message.created_at, requester.name AS requester,
           author.name AS agent, building.name AS building, message.ticket_id AS number
    FROM message JOIN ticket_of ON ticket_of.id = ticket_id JOIN person requester ON requester.id = requester_id
    JOIN person author ON author.id = author_id LEFT JOIN building ON building.id = building_id
    WHERE NOT is_internal AND author_role <> 'student' AND strpos(body, E'\\n' || author.name) = 0
    AND (building.id IS NOT NULL OR strpos(%(text)s, '{building}') = 0)
    ORDER BY message.ticket_id, message.created_at
), used AS (
    SELECT * FROM chosen ORDER BY created_at DESC LIMIT %(uses)s
), said AS (
    UPDATE message SET body = replace(replace(replace(replace(%(text)s, '{requester}', requester),
        '{number}', number::text), '{agent}', agent), '{building}', coalesce(building, ''))
    FROM used WHERE message.id = used.id
)
INSERT INTO canned_reply_use (canned_reply_id, used_at) SELECT reply.id, created_at FROM reply, used
"""
# Staff write down the first look at a ticket and the end of the work, on some of the tickets.
ADD_TIME = """
INSERT INTO time_entry (ticket_id, person_id, day, seconds, note, is_timed, created_at)
SELECT ticket.id, assignee_id, (worked_at AT TIME ZONE %(zone)s)::date,
       CASE WHEN is_timed THEN 300 + ticket.id * 7919 %% 4500 ELSE 600 * (1 + ticket.id * 31 %% 9) END,
       CASE WHEN NOT is_timed THEN (ARRAY['On site', 'By telephone', 'With the supplier'])[1 + ticket.id %% 3] END,
       is_timed, worked_at
FROM ticket
CROSS JOIN LATERAL (VALUES (first_response_at, true), (closed_at, ticket.id %% 2 = 0)) AS work (worked_at, is_timed)
WHERE assignee_id IS NOT NULL AND worked_at IS NOT NULL AND ticket.id %% 4 > 0
ORDER BY worked_at, ticket.id, is_timed
"""
# Somebody's own entries of three weeks, with a few on each working day, and on today in any case.
ADD_TIME_OF = """
WITH person AS (SELECT id FROM person WHERE entry_key = %(key)s),
day AS (
    SELECT day::date AS day, row_number() OVER (ORDER BY day DESC) AS place
    FROM (SELECT (%(now)s AT TIME ZONE %(zone)s)::date AS today) AS now,
         generate_series(today - 20, today, '1 day') AS day
    WHERE extract(isodow FROM day) < 6 OR day = today
),
chosen AS (
    SELECT id, row_number() OVER (ORDER BY opened_at DESC, id) AS place FROM ticket
    WHERE status = 'active' AND NOT is_confidential ORDER BY opened_at DESC, id LIMIT 9
)
INSERT INTO time_entry (ticket_id, person_id, day, seconds, note, is_timed, created_at)
SELECT chosen.id, person.id, day.day, 60 * (15 + (day.place * 37 + hour * 11) %% 80),
       CASE WHEN hour %% 4 = 1 THEN (ARRAY['On site', 'By telephone', 'With the supplier'])[1 + day.place %% 3] END,
       hour %% 4 <> 1, least(%(now)s, (day.day + make_time(hour::integer, 0, 0)) AT TIME ZONE %(zone)s)
FROM person, day CROSS JOIN (VALUES (9), (11), (14)) AS at (hour)
JOIN chosen ON chosen.place = 1 + (day.place * 2 + hour) %% 9
ORDER BY day.day, hour
"""
# One agent is working on a ticket now, and has paused another one.
START_TIMERS = """
INSERT INTO timer (person_id, ticket_id, is_running, last_started_at, worked)
SELECT assignee_id, id, place = 1, %(now)s - interval '25 minutes' * place,
       CASE place WHEN 1 THEN interval '0' ELSE interval '12 minutes 34 seconds' END
FROM (
    SELECT id, assignee_id, row_number() OVER (PARTITION BY assignee_id ORDER BY opened_at DESC, id) AS place,
           count(*) OVER (PARTITION BY assignee_id) AS tickets
    FROM ticket WHERE status = 'active' AND assignee_id IS NOT NULL AND NOT is_confidential
) AS mine
WHERE place <= 2 ORDER BY tickets DESC, assignee_id, place LIMIT 2
"""
LOADED_TABLES = [
    "ticket",
    "message",
    "ticket_event",
    "ticket_tag",
    "ticket_watcher",
    "ticket_prediction",
    "ticket_confirmation",
]
MARK_AS_DEMO = """
UPDATE desk SET is_demo = true
WHERE NOT EXISTS (SELECT FROM ticket) AND NOT EXISTS (SELECT FROM person) AND NOT EXISTS (SELECT FROM building)
"""
# Secondary indexes and foreign keys, each with the statements that drop and restore it.
REBUILDABLE = """
SELECT 'DROP INDEX ' || i.indexrelid::regclass AS drop, pg_get_indexdef(i.indexrelid) AS restore, 1 AS place
FROM pg_index i
WHERE i.indrelid = ANY (%(tables)s::regclass[])
  AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u', 'x'))
UNION ALL
SELECT 'ALTER TABLE ' || c.conrelid::regclass || ' DROP CONSTRAINT ' || quote_ident(c.conname),
       'ALTER TABLE ' || c.conrelid::regclass || ' ADD CONSTRAINT ' || quote_ident(c.conname) || ' '
       || pg_get_constraintdef(c.oid), 2
FROM pg_constraint c
WHERE c.contype = 'f' AND c.conrelid = ANY (%(tables)s::regclass[])
ORDER BY place, restore
"""


# Tickets in the stage for what cannot go on are blocked by an earlier one of their category; some that were reported
# with the same title at the same place are duplicates, and a few others belong together. All were linked when the later
# one was reported, if the earlier one was changed after that. Earlier tickets block later ones: there is no circle.
ADD_LINKS = """
WITH live AS (
    SELECT ticket.id, opened_at, modified_at, assignee_id, stage_id,
           lag(ticket.id) OVER (PARTITION BY title, building_id ORDER BY ticket.id) AS same,
           lag(ticket.id) OVER (PARTITION BY category_id ORDER BY ticket.id) AS like_it
    FROM ticket WHERE status <> 'closed' AND NOT is_confidential AND ticket.id > %(after)s
), wanted AS (
    SELECT id, like_it AS other_id, 'blocked-by' AS kind FROM live WHERE stage_id = %(blocked)s
    UNION ALL SELECT id, same, 'duplicates' FROM live WHERE id %% 3 = 0
    UNION ALL SELECT id, like_it, 'relates-to' FROM live
    WHERE id %% 9 = 0 AND stage_id <> %(blocked)s AND like_it IS DISTINCT FROM same
), linked AS (
    SELECT wanted.*, later.opened_at, later.assignee_id
    FROM wanted JOIN live AS later USING (id) JOIN live AS earlier ON earlier.id = other_id
    WHERE earlier.modified_at >= later.opened_at
), added AS (
    INSERT INTO ticket_link (ticket_id, other_id, kind, ticket_is_confidential, other_is_confidential, created_at)
    SELECT CASE kind WHEN 'duplicates' THEN id ELSE other_id END, CASE kind WHEN 'duplicates' THEN other_id ELSE id END,
           CASE kind WHEN 'blocked-by' THEN 'blocks' ELSE kind END, false, false, opened_at
    FROM linked
)
INSERT INTO ticket_event (ticket_id, kind, to_value, other_ticket_id, actor_id, occurred_at)
SELECT id, 'link', kind, other_id, assignee_id, opened_at FROM linked
UNION ALL
SELECT other_id, 'link',
       CASE kind WHEN 'blocked-by' THEN 'blocks' WHEN 'duplicates' THEN 'duplicated-by' ELSE kind END,
       id, assignee_id, opened_at
FROM linked
"""


class SeedRepository:
    """Works inside the one transaction of the connection it was given."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def prepare(self) -> None:
        """Gives index builds more memory, and sets the time zone UTC, in which the seed writes moments."""
        self.connection.execute("SET LOCAL maintenance_work_mem = '256MB'")
        self.connection.execute("SET LOCAL timezone = 'UTC'")

    def has_tickets(self) -> bool:
        row = self.connection.execute("SELECT EXISTS (SELECT FROM ticket)").fetchone()
        return bool(row and row[0])

    def mark_as_demo(self) -> None:
        """Notes that the desk is a demo, if nobody has used it yet."""
        self.connection.execute(MARK_AS_DEMO)

    def enter(self, people: Sequence[Newcomer]) -> list[int]:
        """Adds these people and returns their ids, in order. People who exist already are not changed."""
        keys = [person.entry_key for person in people]
        self.connection.execute(
            "INSERT INTO person (name, roles, entry_key) SELECT name, ARRAY[role], key "
            "FROM unnest(%s::text[], %s::text[], %s::text[]) WITH ORDINALITY AS new (name, role, key, place) "
            "ORDER BY place ON CONFLICT (entry_key) DO NOTHING",
            [[person.name for person in people], [person.role.value for person in people], keys],
        )
        rows = self.connection.execute("SELECT entry_key, id FROM person WHERE entry_key = ANY (%s)", [keys])
        ids: dict[str, int] = dict(rows.fetchall())
        return [ids[key] for key in keys]

    def add_teams(self, teams: Sequence[DemoTeam], categories: dict[str, int]) -> bool:
        """Adds the teams, and what is known of the agents: team, expertise, capacity. Returns False, and changes
        nothing, on a desk that has teams already."""
        if self.connection.execute("SELECT 1 FROM team LIMIT 1").fetchone():
            return False
        for team in teams:
            row = self.connection.execute(ADD_TEAM, [team.slug, team.name, team.description]).fetchone()
            assert row is not None
            self.connection.execute(PUT_INTO_TEAM, [row[0], team.capacity, team.people])
            self.connection.execute(ADD_EXPERTISE, [team.people, [categories[slug] for slug in team.categories]])
        return True

    def add_role(self, role: DemoRole, people: Sequence[int]) -> None:
        """Adds the role, and gives it to these people."""
        self.connection.execute(ADD_ROLE, role._asdict())
        self.connection.execute("UPDATE person SET roles = roles || %s WHERE id = ANY (%s)", [[role.slug], [*people]])

    def limit_work(self, most: int) -> None:
        """Sets the limit of the first stage of the active tickets, unless it has one."""
        self.connection.execute(LIMIT_WORK, [most])

    def assign_by(
        self, rules: Sequence[DemoRule], buildings_known: Sequence[tuple[int, int]], office: Sequence[int]
    ) -> None:
        """Adds rules of assignment, the buildings that people know about, given by ids, and office hours for the people
        in `office`."""
        people, buildings = zip(*buildings_known, strict=True)
        self.connection.execute(ADD_BUILDINGS_KNOWN, [list(people), list(buildings)])
        self.connection.execute(GIVE_HOURS, [OFFICE_HOURS, [*office]])
        for position, rule in enumerate(rules, 1):
            self.connection.execute(ADD_RULE, rule._asdict() | {"position": position})

    def add_mentions(self, mentions: Sequence[DemoMention], role: str, name: str, now: datetime) -> None:
        """Adds notes that mention whoever signs in with this role and without a name, who is called `name`."""
        self.connection.execute(ADD_DEMO_AGENT, {"name": name, "key": role, "hours": OFFICE_HOURS})
        for one in mentions:
            self.connection.execute(ADD_MENTION, one._asdict() | {"key": role, "now": now})

    def add_replies(self, replies: Sequence[DemoReply], at: datetime) -> None:
        """Adds canned replies, and gives some messages of staff their texts."""
        for one in replies:
            self.connection.execute(ADD_REPLY, one._asdict() | {"at": at})

    def add_time(self, zone: str, now: datetime) -> None:
        """Adds time that people have worked on the tickets, and timers. `zone` is the campus's time zone."""
        self.connection.execute(ADD_TIME, {"zone": zone})
        self.connection.execute(START_TIMERS, {"now": now})

    def add_time_of(self, role: str, zone: str, now: datetime) -> None:
        """Adds time of whoever signs in with this role and without a name."""
        self.connection.execute(ADD_TIME_OF, {"key": role, "zone": zone, "now": now})

    def team_ids(self, slugs: Sequence[str]) -> list[tuple[str, int] | None]:
        """Returns the teams with these slugs, each with its id; None for one that the desk does not have."""
        rows = self.connection.execute("SELECT slug, id FROM team WHERE slug = ANY (%s)", [[*slugs]])
        ids: dict[str, int] = dict(rows.fetchall())
        return [(slug, ids[slug]) if slug in ids else None for slug in slugs]

    def add_buildings(self, names: dict[str, str]) -> list[int]:
        """Adds buildings, given as names by slug, and returns their ids, in order."""
        self.connection.execute(
            "INSERT INTO building (slug, name) SELECT * FROM unnest(%s::text[], %s::text[]) ON CONFLICT DO NOTHING",
            [list(names), list(names.values())],
        )
        rows = self.connection.execute("SELECT slug, id FROM building WHERE slug = ANY (%s)", [list(names)])
        ids: dict[str, int] = dict(rows.fetchall())
        return [ids[slug] for slug in names]

    def categories(self) -> dict[str, int]:
        return dict(self.connection.execute("SELECT slug, id FROM category ORDER BY is_default DESC, id").fetchall())

    def board(self) -> Board:
        query = "SELECT slug, id, status, waits_for_requester FROM stage ORDER BY position, id"
        return Board([Stage(*row) for row in self.connection.execute(query).fetchall()])

    def reserve_ids(self, table: str, count: int) -> NDArray[np.int64]:
        """Reserves `count` ids of the table's sequence, and returns them in rising order."""
        rows = self.connection.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
        )
        return np.sort(np.array(rows.fetchall(), dtype=np.int64).reshape(-1))

    def last_ticket(self) -> int:
        row = self.connection.execute("SELECT coalesce(max(id), 0) FROM ticket").fetchone()
        return int(row[0]) if row else 0

    def link_tickets(self, after: int, board: Board) -> None:
        """Links some of the tickets with an id above `after`, and tells it in their histories."""
        blocked = board.ids[board.blocked] if board.blocked != board.work else 0
        self.connection.execute(ADD_LINKS, {"after": after, "blocked": blocked})

    def copy(self, table: str, rows: Rows) -> None:
        columns = sql.SQL(", ").join(map(sql.Identifier, rows.columns))
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), columns)
        with self.connection.cursor().copy(statement) as copy:
            copy.write(rows.text.encode())

    def reports_tagged(self, tag: str, most: int) -> list[tuple[Any, ...]]:
        """Returns ticket, no message, requester and moment of reports with this tag that are not confidential."""
        return self.connection.execute(REPORTS_TAGGED, [tag, most]).fetchall()

    def messages_of_staff(self, most: int, *, is_internal: bool) -> list[tuple[Any, ...]]:
        """Returns ticket, message, author and moment of messages under tickets that are not confidential."""
        return self.connection.execute(MESSAGES_OF_STAFF, [is_internal, most]).fetchall()

    def add_file(self, row: Mapping[str, Any]) -> None:
        self.connection.execute(ADD_FILE, row)

    def drop_rebuildable(self) -> list[str]:
        """Drops the secondary indexes and foreign keys of the loaded tables, and returns the statements that restore
        them. If anything fails later, the rollback restores them."""
        rows = self.connection.execute(REBUILDABLE, {"tables": LOADED_TABLES}).fetchall()
        for drop, _, _ in reversed(rows):
            self.run(drop)
        return [restore for _, restore, _ in rows]

    def run(self, statement: str) -> None:
        """Executes one of the statements that REBUILDABLE returned."""
        self.connection.execute(statement.encode())


def vacuum(connection: Connection) -> None:
    """Updates the planner's statistics and the visibility map, without which index-only scans still read the table.

    The connection must be in autocommit mode.
    """
    for table in [*LOADED_TABLES, "tag_use", "person", "building", "change"]:
        connection.execute(sql.SQL("VACUUM (ANALYZE) {}").format(sql.Identifier(table)))


def checkpoint(connection: Connection) -> None:
    """Writes a checkpoint, so that a server killed right after it has no log to replay. On an external server the role
    may lack the right; then the checkpoint is skipped. The connection must be in autocommit mode."""
    with suppress(InsufficientPrivilege):
        connection.execute("CHECKPOINT")
