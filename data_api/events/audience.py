"""Turns lines of the change feed into events, each with what decides who may receive it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from psycopg import Connection

from contracts.desk import LiveEvent, LiveKind
from contracts.tickets import Status
from data_api.access.actor import Actor
from data_api.access.reading import TicketFacts, is_readable_by
from data_api.events.repository import (
    WORK_TABLES,
    MessagePlace,
    Worked,
    confirmers_of,
    deletion_notices,
    facts_of_tickets,
    link_lines,
    linked_with,
    places_of_messages,
    tickets_of_events,
    worked_rows,
)
from service_kit.change_feed import ChangeLine


@dataclass(frozen=True, slots=True)
class Announcement:
    """An event, and the states of its ticket before and after the change. A listener receives the event if they could
    read the ticket in one of these states: whoever loses access to a ticket is told to reload it. `followed_by`: people
    who followed the ticket until now. `confirmers`: people who have confirmed that they have the same problem; they may
    know that something changed, but not which ticket it is. `owner_id`: the one person whom it concerns, whatever they
    may read. `because_of`: the states of other tickets, if these alone have changed; who could read none of them must
    not learn of them from the moment of the event."""

    event: LiveEvent
    states: Sequence[TicketFacts] = ()
    is_internal: bool = False
    followed_by: frozenset[int] = frozenset()
    confirmers: frozenset[int] = frozenset()
    owner_id: int | None = None
    because_of: Sequence[TicketFacts] | None = None

    def event_for(self, actor: Actor) -> LiveEvent | None:
        if self._is_for(actor):
            return self.event
        return everything_changed(self.event.at) if actor.person_id in self.confirmers else None

    def _is_for(self, actor: Actor) -> bool:
        if self.owner_id is not None:
            return actor.person_id == self.owner_id
        if self.is_internal and not actor.is_staff:
            return False
        if self.because_of is not None and not _could_read(actor, self.because_of):
            return False
        return _could_read(actor, self.states) or actor.person_id in self.followed_by


def _could_read(actor: Actor, states: Iterable[TicketFacts]) -> bool:
    return any(is_readable_by(actor.person_id, actor.reads, state) for state in states)


def announcements(connection: Connection[Any], lines: Sequence[ChangeLine]) -> list[Announcement]:
    """Returns one event for each ticket and kind, however many lines report it. The events of each kind are in the
    order of the lines."""
    of_tickets = [line for line in lines if line.table_name == "ticket"]
    changed, before = _changed(connection, lines, of_tickets), _before(of_tickets)
    messages = {line.row_id: line for line in lines if line.table_name == "message" and line.op != "delete"}
    places = places_of_messages(connection, messages) if messages else {}
    moved = [ticket_id for ticket_id, columns in before.items() if "status" in columns]
    beside = _beside(connection, lines, changed, before)
    worked = _worked(connection, lines)
    timed = {one.ticket_id: one.at for one in worked if not one.is_timer}
    causes = {one.cause for one in beside if one.cause is not None}
    ticket_ids = {*changed, *causes, *(one.ticket_id for one in beside), *timed}
    ticket_ids |= {place.ticket_id for place in places.values()}
    facts = facts_of_tickets(connection, ticket_ids) if ticket_ids else {}
    confirmers = confirmers_of(connection, moved) if moved else {}
    return [
        *_of_deletions(connection, lines),
        *_of_tickets(changed, facts, before, confirmers),
        *_of_messages(messages, places, facts),
        *_of_time(timed, facts),
        *_of_linked([one for one in beside if one.ticket_id not in changed], facts, before),
        *_of_timers(worked),
    ]


def _of_tickets(
    changed: Mapping[int, datetime],
    facts: Mapping[int, TicketFacts],
    before: Mapping[int, dict[str, Any]],
    confirmers: Mapping[int, frozenset[int]],
) -> list[Announcement]:
    """Leaves out those that were deleted meanwhile: their deletion notices tell those who could read them."""
    return [
        Announcement(
            LiveEvent(kind=LiveKind.TICKET, ticket_id=ticket_id, at=at),
            _states(facts[ticket_id], before.get(ticket_id, {})),
            confirmers=confirmers.get(ticket_id, frozenset()),
        )
        for ticket_id, at in changed.items()
        if ticket_id in facts
    ]


def _of_messages(
    messages: Mapping[int, ChangeLine], places: Mapping[int, MessagePlace], facts: Mapping[int, TicketFacts]
) -> Iterable[Announcement]:
    found = {}
    for message_id, line in messages.items():
        if (place := places.get(message_id)) is None or place.ticket_id not in facts:
            continue  # deleted meanwhile
        event = LiveEvent(kind=LiveKind.MESSAGE, ticket_id=place.ticket_id, at=line.happened_at)
        found[place] = Announcement(event, [facts[place.ticket_id]], place.is_internal)
    return found.values()


def _of_time(timed: Mapping[int, datetime], facts: Mapping[int, TicketFacts]) -> list[Announcement]:
    return [
        Announcement(LiveEvent(kind=LiveKind.TIME, ticket_id=ticket_id, at=at), [facts[ticket_id]], is_internal=True)
        for ticket_id, at in timed.items()
        if ticket_id in facts
    ]


def _changed(
    connection: Connection[Any], lines: Sequence[ChangeLine], of_tickets: Sequence[ChangeLine]
) -> dict[int, datetime]:
    """Returns the tickets that have changed themselves, or in whose history a text was blanked: only then is a line of
    the history updated."""
    changed = {line.row_id: line.happened_at for line in of_tickets}
    blanked = {
        line.row_id: line.happened_at for line in lines if line.table_name == "ticket_event" and line.op == "update"
    }
    for event_id, ticket_id in (tickets_of_events(connection, blanked) if blanked else {}).items():
        changed.setdefault(ticket_id, blanked[event_id])
    return changed


class Beside(NamedTuple):
    """A ticket of which something else is shown now, because of the ticket `cause` that it is, or was, linked with;
    None if that one is deleted."""

    ticket_id: int
    cause: int | None
    at: datetime


def _beside(
    connection: Connection[Any],
    lines: Sequence[ChangeLine],
    changed: Mapping[int, datetime],
    before: Mapping[int, Mapping[str, Any]],
) -> list[Beside]:
    """Returns the tickets that are linked with one which was moved, or which others may read now, and those of links
    that were added or removed. These tickets have not changed themselves (ADR 70)."""
    moved = [ticket_id for ticket_id, columns in before.items() if columns.keys() & {"status", "is_confidential"}]
    found = [
        Beside(ticket_id, cause, changed[cause])
        for ticket_id, causes in (linked_with(connection, moved) if moved else {}).items()
        for cause in causes
    ]
    if not any(line.table_name == "ticket_link" and line.op != "update" for line in lines):
        return found
    told = {line.row_id: line.happened_at for line in lines if line.table_name == "ticket_event"}
    return found + [
        Beside(line.ticket_id, line.other_ticket_id, told[line.id]) for line in link_lines(connection, told)
    ]


def _of_linked(
    beside: Iterable[Beside], facts: Mapping[int, TicketFacts], before: Mapping[int, dict[str, Any]]
) -> list[Announcement]:
    """Returns one event for each of these tickets, to those who could read one of its causes. That a deleted ticket was
    linked is told to staff."""
    causes: dict[int, list[Beside]] = {}
    for one in beside:
        causes.setdefault(one.ticket_id, []).append(one)
    found = []
    for ticket_id, of_one in causes.items():
        if ticket_id not in facts:
            continue
        event = LiveEvent(kind=LiveKind.TICKET, ticket_id=ticket_id, at=of_one[-1].at)
        there = [one.cause for one in of_one if one.cause is not None and one.cause in facts]
        states = [facts[ticket_id]]
        because_of = [state for cause in there for state in _states(facts[cause], before.get(cause, {}))]
        found.append(Announcement(event, states, because_of=because_of))
        if any(one.cause is None for one in of_one):
            found.append(Announcement(event, states, is_internal=True))
    return found


def _worked(connection: Connection[Any], lines: Sequence[ChangeLine]) -> list[Worked]:
    """Returns whose time on which ticket changed. A timer that was stopped is gone, but has left an entry; an entry
    that was corrected or deleted has left a line in the log of changes."""
    changed = {
        (line.table_name, line.row_id): line.happened_at
        for line in lines
        if line.table_name in WORK_TABLES and line.op != "delete"
    }
    return worked_rows(connection, changed) if changed else []


def _of_timers(worked: Iterable[Worked]) -> list[Announcement]:
    """Returns the events that tell people of their own timers, in their other tabs."""
    return [
        Announcement(LiveEvent(kind=LiveKind.TIMER, ticket_id=ticket_id, at=at), owner_id=person_id)
        for (person_id, ticket_id), at in {(one.person_id, one.ticket_id): one.at for one in worked}.items()
    ]


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
