"""Queries for what decides who may be told of changed rows. They are for the service itself and check no
permissions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from psycopg import Connection

from contracts.desk import SignIn
from contracts.people import Permission
from contracts.tickets import Status
from data_api.access.permissions import permitted_by
from data_api.access.reading import TicketFacts

TICKETS = """
SELECT id, status, requester_id, closed_at, assignee_id, is_confidential,
       ARRAY(SELECT person_id FROM ticket_watcher WHERE ticket_id = ticket.id)
FROM ticket WHERE id = ANY(%s)
"""
SESSIONS = """
SELECT session_token.id, session_token.expires_at, person.roles,
       ARRAY(SELECT unnest(permissions) FROM role WHERE slug = ANY(person.roles)), session_token.permissions
FROM session_token JOIN person ON person.id = person_id
WHERE session_token.id = ANY(%s) AND revoked_at IS NULL AND expires_at > now() AND deactivated_at IS NULL
  AND signed_in_by = ANY(%s)
"""
CONFIRMERS = """
SELECT ticket_id, array_agg(person_id) FROM ticket_confirmation JOIN ticket ON ticket.id = ticket_id
WHERE ticket_id = ANY(%s) AND NOT is_confidential GROUP BY ticket_id
"""
LINKED = """
SELECT other_id, ticket_id FROM ticket_link WHERE ticket_id = ANY(%s)
UNION SELECT ticket_id, other_id FROM ticket_link WHERE other_id = ANY(%s)
"""
# What lines of the history tell of links: to or from which other ticket, none if that one is deleted.
LINK_LINES = "SELECT id, ticket_id, other_ticket_id FROM ticket_event WHERE id = ANY(%s) AND kind = 'link'"
# Timers and entries of time, and the log of what was changed about these.
WORK_TABLES = {"timer", "time_entry", "time_entry_change"}
WORKED = """
SELECT wanted.name, wanted.id, found.ticket_id, found.person_id
FROM unnest(%(names)s::text[], %(ids)s::bigint[]) AS wanted (name, id) JOIN LATERAL (
    SELECT ticket_id, person_id FROM timer WHERE wanted.name = 'timer' AND timer.id = wanted.id
    UNION ALL SELECT ticket_id, person_id FROM time_entry WHERE wanted.name = 'time_entry' AND time_entry.id = wanted.id
    UNION ALL SELECT ticket_id, person_id FROM time_entry_change
    WHERE wanted.name = 'time_entry_change' AND time_entry_change.id = wanted.id
) AS found ON true
"""
EVENTS = "SELECT id, ticket_id FROM ticket_event WHERE id = ANY(%s)"
MESSAGES = "SELECT id, ticket_id, is_internal FROM message WHERE id = ANY(%s)"
DELETION_NOTICES = """
SELECT ticket_id, created_at, status, requester_id, assignee_id, is_confidential, follower_ids FROM deletion_notice
WHERE (table_name, row_id) IN (SELECT * FROM unnest(%s::text[], %s::bigint[]))
"""


class LinkLine(NamedTuple):
    """A line of the history which tells that a ticket was linked with the other one, or is not any more."""

    id: int
    ticket_id: int
    other_ticket_id: int | None


@dataclass(frozen=True, slots=True)
class MessagePlace:
    ticket_id: int
    is_internal: bool


@dataclass(frozen=True, slots=True)
class Worked:
    """That somebody's time on a ticket has changed: their timer (`is_timer`) or one of their entries."""

    ticket_id: int
    person_id: int
    is_timer: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class DeletionNotice:
    """Who could read a deleted ticket. If the ticket still exists, `ticket` is None, and `follower_ids` are those who
    no longer follow it."""

    ticket_id: int
    at: datetime
    ticket: TicketFacts | None
    follower_ids: frozenset[int]


def facts_of_tickets(connection: Connection[Any], ids: Iterable[int]) -> dict[int, TicketFacts]:
    rows = connection.execute(TICKETS, [list(ids)]).fetchall()
    return {row[0]: TicketFacts(Status(row[1]), row[2], row[3], row[4], row[5], frozenset(row[6])) for row in rows}


def confirmers_of(connection: Connection[Any], ids: Iterable[int]) -> dict[int, frozenset[int]]:
    rows = connection.execute(CONFIRMERS, [list(ids)]).fetchall()
    return {row[0]: frozenset(row[1]) for row in rows}


def linked_with(connection: Connection[Any], ids: Iterable[int]) -> dict[int, list[int]]:
    """Returns the tickets that are linked with some of these, and with which."""
    asked, found = list(ids), dict[int, list[int]]()
    for ticket_id, other_id in connection.execute(LINKED, [asked, asked]).fetchall():
        found.setdefault(ticket_id, []).append(other_id)
    return found


def link_lines(connection: Connection[Any], ids: Iterable[int]) -> list[LinkLine]:
    """Returns those of these lines of the history that tell of links."""
    return [LinkLine._make(row) for row in connection.execute(LINK_LINES, [list(ids)]).fetchall()]


def places_of_messages(connection: Connection[Any], ids: Iterable[int]) -> dict[int, MessagePlace]:
    rows = connection.execute(MESSAGES, [list(ids)]).fetchall()
    return {row[0]: MessagePlace(row[1], row[2]) for row in rows}


def deletion_notices(connection: Connection[Any], deleted: Sequence[tuple[str, int]]) -> list[DeletionNotice]:
    """Returns the notices that belong to these deleted rows, each given by its table and id."""
    tables, ids = zip(*deleted, strict=True)
    rows = connection.execute(DELETION_NOTICES, [list(tables), list(ids)]).fetchall()
    return [_deletion_notice(*row) for row in rows]


def _deletion_notice(
    ticket_id: int,
    at: datetime,
    status: str | None,
    requester_id: int,
    assignee_id: int | None,
    is_confidential: bool,
    follower_ids: list[int],
) -> DeletionNotice:
    followers = frozenset(follower_ids)
    ticket = status and TicketFacts(Status(status), requester_id, None, assignee_id, is_confidential, followers)
    return DeletionNotice(ticket_id, at, ticket or None, followers)


def tickets_of_events(connection: Connection[Any], ids: Iterable[int]) -> dict[int, int]:
    """Returns the ticket of each of these lines of the history."""
    return dict(connection.execute(EVENTS, [list(ids)]).fetchall())


def worked_rows(connection: Connection[Any], changed: Mapping[tuple[str, int], datetime]) -> list[Worked]:
    """Returns what these rows of `WORK_TABLES` are about, each given by its table and id, with the moment of its
    change. Rows that are gone are left out."""
    names, ids = zip(*changed, strict=True)
    rows = connection.execute(WORKED, {"names": list(names), "ids": list(ids)}).fetchall()
    return [Worked(row[2], row[3], row[0] == "timer", changed[row[0], row[1]]) for row in rows]


def valid_sessions(
    connection: Connection[Any], ids: Iterable[int], ways_in: Iterable[SignIn]
) -> dict[int, tuple[datetime, frozenset[Permission]]]:
    """Returns when each of these sessions expires and what its token permits now, without those that are no longer
    valid, or come from a way of signing in that is not one of `ways_in`."""
    rows = connection.execute(SESSIONS, [list(ids), [way.value for way in ways_in]]).fetchall()
    return {row[0]: (row[1], permitted_by(row[2], row[3], row[4])) for row in rows}
