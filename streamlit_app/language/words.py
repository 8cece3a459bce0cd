"""What the desk's terms are called on the screen."""

from dataclasses import dataclass

from contracts.people import Role
from contracts.tickets import ClosedReason, EventKind, Priority, Status, TicketRead, TicketSort, WaitsFor


@dataclass(frozen=True)
class Chip:
    """A small mark. `tone` is one of blue, amber, green, red, violet, or empty for grey."""

    text: str
    tone: str = ""


ROLES = {
    Role.STUDENT: "Student",
    Role.AGENT: "Helpdesk staff",
    Role.ANALYST: "Data team",
    Role.MANAGER: "Manager",
    Role.ADMIN: "Administrator",
}

STATUSES = {
    Status.OPEN: Chip("Open", "blue"),
    Status.ACTIVE: Chip("Active", "amber"),
    Status.CLOSED: Chip("Closed", "green"),
}

PRIORITIES = {
    Priority.LOW: Chip("Low"),
    Priority.NORMAL: Chip("Normal"),
    Priority.HIGH: Chip("High", "amber"),
    Priority.URGENT: Chip("Urgent", "red"),
}

TURNS = {WaitsFor.DESK: "Waits for the desk", WaitsFor.REQUESTER: "Waits for the requester"}

CLOSED_REASONS = {ClosedReason.SOLVED: "solved", ClosedReason.NO_LONGER_NEEDED: "no longer needed"}

SORTS = {
    TicketSort.OPENED_LAST: "Newest first",
    TicketSort.OPENED_FIRST: "Oldest first",
    TicketSort.MODIFIED_LAST: "Changed last first",
    TicketSort.MODIFIED_FIRST: "Unchanged longest first",
    TicketSort.PRIORITY_HIGHEST: "Most urgent first",
    TicketSort.PRIORITY_LOWEST: "Least urgent first",
    TicketSort.REPORTS_MOST: "Most reported first",
    TicketSort.REPORTS_FEWEST: "Least reported first",
}

# In the history of imported tickets: what was done, as the former helpdesk called it.
ACTIVITY = "activity"

EVENTS: dict[str, str] = {
    ACTIVITY: "did",
    EventKind.OPENED: "reported it",
    EventKind.STATUS: "changed the status",
    EventKind.STAGE: "moved it",
    EventKind.ASSIGNEE: "changed the assignee",
    EventKind.CATEGORY: "changed the category",
    EventKind.PRIORITY: "changed the priority",
    EventKind.BUILDING: "changed the building",
    EventKind.ROOM: "changed the room",
    EventKind.TITLE: "changed the title",
    EventKind.DESCRIPTION: "changed the description",
    EventKind.CONFIDENTIAL: "changed who may read it",
    EventKind.TAGS: "changed the tags",
}


@dataclass(frozen=True)
class Reader:
    """Who looks at a ticket: what it says depends on where one sits."""

    id: int
    is_staff: bool


def turn(ticket: TicketRead, reader: Reader) -> Chip | None:
    """Whose turn it is, as the reader sees it. None when it is nobody's."""
    if ticket.waits_for is None:
        return None
    if ticket.waits_for is WaitsFor.REQUESTER and ticket.requester.id == reader.id:
        return Chip("Your turn", "violet")
    if ticket.waits_for is WaitsFor.DESK and reader.is_staff:
        return Chip("Our turn", "violet")
    return Chip(TURNS[ticket.waits_for])


def chips_of(ticket: TicketRead, reader: Reader) -> list[Chip]:
    """Status first; a priority and a number of reports only where they are not the usual ones."""
    marks = [STATUSES[ticket.status]]
    if ticket.priority is not Priority.NORMAL:
        marks.append(PRIORITIES[ticket.priority])
    if ticket.reports > 1:
        marks.append(Chip(count(ticket.reports, "report", "reports"), "amber"))
    if (whose := turn(ticket, reader)) is not None:
        marks.append(whose)
    if ticket.is_confidential:
        marks.append(Chip("Confidential", "red"))
    return marks


def count(number: int, one: str, more: str) -> str:
    return f"{number:,} {one if number == 1 else more}"
