"""Turns lines of the change feed into events, each with what decides who may receive it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection

from contracts.desk import LiveEvent, LiveKind
from contracts.tickets import Status
from data_api.access.actor import Actor
from data_api.access.reading import TicketFacts, is_readable_by
from data_api.events.repository import (
    confirmers_of,
    deletion_notices,
    facts_of_tickets,
    linked_with,
    places_of_messages,
    tickets_of_events,
)
from service_kit.change_feed import ChangeLine


@dataclass(frozen=True, slots=True)
class Announcement:
    """An event, and the states of its ticket before and after the change. A listener receives the event if they could
    read the ticket in one of these states: whoever loses access to a ticket is told to reload it. `followed_by`: people
    who followed the ticket until now. `confirmers`: people who have confirmed that they have the same problem; they may
    know that something changed, but not which ticket it is."""

    event: LiveEvent
    states: Sequence[TicketFacts] = ()
    is_internal: bool = False
    followed_by: frozenset[int] = frozenset()
    confirmers: frozenset[int] = frozenset()

    def event_for(self, actor: Actor) -> LiveEvent | None:
        if self._is_for(actor):
            return self.event
        return everything_changed(self.event.at) if actor.person_id in self.confirmers else None

    def _is_for(self, actor: Actor) -> bool:
        if self.is_internal and not actor.is_staff:
            return False
        could_read = any(is_readable_by(actor.person_id, actor.reads, state) for state in self.states)
        return could_read or actor.person_id in self.followed_by


def announcements(connection: Connection[Any], lines: Sequence[ChangeLine]) -> list[Announcement]:
    """Returns one event for each ticket and kind, however many lines report it. The events of each kind are in the
    order of the lines."""
    of_tickets = [line for line in lines if line.table_name == "ticket"]
    tickets, before = {line.row_id: line for line in of_tickets}, _before(of_tickets)
    messages = {line.row_id: line for line in lines if line.table_name == "message" and line.op != "delete"}
    places = places_of_messages(connection, messages) if messages else {}
    # A line of the history is only updated when its text is blanked.
    blanked = {line.row_id: line for line in lines if line.table_name == "ticket_event" and line.op == "update"}
    for event_id, ticket_id in (tickets_of_events(connection, blanked) if blanked else {}).items():
        tickets.setdefault(ticket_id, blanked[event_id])
    moved = [ticket_id for ticket_id, columns in before.items() if "status" in columns]
    # They show the status of the ticket that moved, and those that waited for it are told in their history.
    for ticket_id in linked_with(connection, moved) if moved else []:
        tickets.setdefault(ticket_id, tickets[moved[-1]])
    ticket_ids = set(tickets) | {place.ticket_id for place in places.values()}
    facts = facts_of_tickets(connection, ticket_ids) if ticket_ids else {}
    confirmers = confirmers_of(connection, moved) if moved else {}
    found: dict[tuple[LiveKind, int, bool], Announcement] = {}
    for ticket_id, line in tickets.items():
        if (now := facts.get(ticket_id)) is None:
            continue  # deleted meanwhile: its deletion notice tells those who could read it
        states = _states(now, before.get(ticket_id, {}))
        event = LiveEvent(kind=LiveKind.TICKET, ticket_id=ticket_id, at=line.happened_at)
        found[LiveKind.TICKET, ticket_id, False] = Announcement(
            event, states, confirmers=confirmers.get(ticket_id, frozenset())
        )
    for message_id, line in messages.items():
        if (place := places.get(message_id)) is None or place.ticket_id not in facts:
            continue  # deleted meanwhile
        event = LiveEvent(kind=LiveKind.MESSAGE, ticket_id=place.ticket_id, at=line.happened_at)
        states = [facts[place.ticket_id]]
        found[LiveKind.MESSAGE, place.ticket_id, place.is_internal] = Announcement(event, states, place.is_internal)
    return [*_of_deletions(connection, lines), *found.values()]


def _of_deletions(connection: Connection[Any], lines: Sequence[ChangeLine]) -> list[Announcement]:
    """Returns the events for people who could read a ticket until it was deleted, or who followed a ticket until
    now."""
    tables = ("ticket", "ticket_watcher")
    deleted = [(line.table_name, line.row_id) for line in lines if line.op == "delete" and line.table_name in tables]
    return [
        Announcement(
            LiveEvent(kind=LiveKind.TICKET, ticket_id=notice.ticket_id, at=notice.at),
            [notice.ticket] if notice.ticket else [],
            followed_by=frozenset() if notice.ticket else notice.follower_ids,
        )
        for notice in (deletion_notices(connection, deleted) if deleted else [])
    ]


def everything_changed(at: datetime) -> LiveEvent:
    """Returns an event without a ticket: clients reload everything that they show. It is for more changes than can be
    named, and for a change whose ticket must not be named."""
    return LiveEvent(kind=LiveKind.TICKET, ticket_id=None, at=at)


def _before(lines: Sequence[ChangeLine]) -> dict[int, dict[str, Any]]:
    """Returns for each ticket the first former value of each column: one request may write several lines."""
    first: dict[int, dict[str, Any]] = {}
    for line in lines:
        first[line.row_id] = (line.before or {}) | first.get(line.row_id, {})
    return first


def _states(now: TicketFacts, before: dict[str, Any]) -> list[TicketFacts]:
    if not before:
        return [now]
    was: dict[str, Any] = {
        name: before[name] for name in ("requester_id", "assignee_id", "is_confidential") if name in before
    }
    if "status" in before:
        was["status"] = Status(before["status"])
    return [now, now._replace(**was)]
