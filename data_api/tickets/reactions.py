"""What can happen to a ticket, and the base class of what reacts to it.

A service does what it is asked for and reports what happened; it does not know who reacts. `data_api/reactions.py`
lists the reactions. They run in the request's transaction: an exception in one of them also rolls back the change.
"""

from collections.abc import Collection
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from data_api.access.actor import Actor
from data_api.models import Message, Ticket


@dataclass(frozen=True, kw_only=True)
class Reporting:
    """A report that is about to be stored. `values` are the new ticket's columns: a reaction may fill in what its
    requester left open."""

    actor: Actor
    values: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Expected:
    """Several tickets, all locked, that are about to be changed in this transaction. `named`: the fields that the
    change names, `status` among them. A reaction may do here what takes time: later it may have locked what every other
    transaction needs too. What it would write of each ticket, it may put off until `all_changed`, and write it of all
    of them together."""

    actor: Actor
    tickets: Collection[Ticket]
    named: AbstractSet[str]


@dataclass(frozen=True, kw_only=True)
class Happened:
    """Something that happened to a ticket. `ticket` is in its new state, and locked until the transaction ends."""

    actor: Actor
    ticket: Ticket
    at: datetime


class Reported(Happened):
    """The ticket was just created."""


@dataclass(frozen=True, kw_only=True)
class Changed(Happened):
    """Fields other than the stage were set. `named`: all that the request names; `changed`: those whose value is now
    another. Staff who name the present category confirm it."""

    named: AbstractSet[str]
    changed: AbstractSet[str]


class Standing(NamedTuple):
    """Where a ticket is on the board."""

    status: str
    stage_id: int


def standing_of(ticket: Ticket) -> Standing:
    return Standing(ticket.status, ticket.stage_id)


@dataclass(frozen=True, kw_only=True)
class Moved(Happened):
    """The ticket is in another stage, and perhaps another status, than `before`."""

    before: Standing


@dataclass(frozen=True, kw_only=True)
class Answered(Happened):
    """Somebody wrote a public message under the ticket."""

    message: Message


class Deleted(Happened):
    """The ticket is about to be deleted; its row still exists at this moment."""


class Reaction:
    """Reacts to what happens to tickets; created for one request. A subclass overrides the methods of what it reacts
    to."""

    def reporting(self, reporting: Reporting) -> None: ...

    def expected(self, expected: Expected) -> None: ...

    def all_changed(self, tickets: Collection[Ticket]) -> None:
        """Called after `expected`, once those of the tickets are written whose change was not refused. Of the others,
        what was put off must be left."""

    def reported(self, reported: Reported) -> None: ...

    def changed(self, changed: Changed) -> None: ...

    def moved(self, moved: Moved) -> None: ...

    def answered(self, answered: Answered) -> None: ...

    def deleted(self, deleted: Deleted) -> None: ...


class Reactions(Reaction):
    """Calls several reactions, one after the other."""

    def __init__(self, *each: Reaction) -> None:
        self.each = each

    def reporting(self, reporting: Reporting) -> None:
        for one in self.each:
            one.reporting(reporting)

    def expected(self, expected: Expected) -> None:
        for one in self.each:
            one.expected(expected)

    def all_changed(self, tickets: Collection[Ticket]) -> None:
        for one in self.each:
            one.all_changed(tickets)

    def reported(self, reported: Reported) -> None:
        for one in self.each:
            one.reported(reported)

    def changed(self, changed: Changed) -> None:
        for one in self.each:
            one.changed(changed)

    def moved(self, moved: Moved) -> None:
        for one in self.each:
            one.moved(moved)

    def moved_since(self, before: Standing, *, actor: Actor, ticket: Ticket, at: datetime) -> None:
        """Calls `moved` if the ticket's stage or status is no longer `before`, whether the service or a reaction has
        moved it."""
        if standing_of(ticket) != before:
            self.moved(Moved(actor=actor, ticket=ticket, at=at, before=before))

    def answered(self, answered: Answered) -> None:
        for one in self.each:
            one.answered(answered)

    def deleted(self, deleted: Deleted) -> None:
        for one in self.each:
            one.deleted(deleted)
