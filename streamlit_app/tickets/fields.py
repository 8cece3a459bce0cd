"""The one list of a ticket's fields: what each is called, how it is edited, and how rows, cards, chips, the history
and the queue's columns, filters and orders show it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from contracts.board import BoardTicket
from contracts.tickets import ClosedReason, EventKind, Priority, Status, TicketRead, TicketSort, WaitsFor
from streamlit_app.components.ticket_card import Fact
from streamlit_app.components.ticket_table import Cell, Size
from streamlit_app.language import moments
from streamlit_app.language.text import isolated, one_line
from streamlit_app.language.words import PRIORITIES, STATUSES, Chip, count
from streamlit_app.state import lists, person_names
from streamlit_app.state.session import Reader
from streamlit_app.tickets.editors import Choice, Editor, LongText, Names, OneOfFew, Person, Tags, TextLine, YesNo
from streamlit_app.tickets.filters import (
    AnyOf,
    AnyOfFew,
    AnyPerson,
    AnyTag,
    AtLeast,
    Day,
    EitherWay,
    Filter,
    OnlyThese,
    Words,
    assignees,
    teams,
)

# Whose turn it is, for staff and for everybody else.
TURNS = {WaitsFor.DESK: "Our turn", WaitsFor.REQUESTER: "Their turn"}
TURNS_OF_OTHERS = {WaitsFor.DESK: "Helpdesk's turn", WaitsFor.REQUESTER: "Requester's turn"}
# Red is for urgent tickets alone.
CONFIDENTIAL = Chip("Confidential", "amber")
CLOSED_REASONS = {
    ClosedReason.SOLVED: "solved",
    ClosedReason.NO_LONGER_NEEDED: "no longer needed",
    ClosedReason.DUPLICATE: "a duplicate",
}


@dataclass(frozen=True)
class Column:
    """A column of the queue. `explains_itself`: its values need no label in a card on a phone. `assigns`: a press of
    its cell opens the dialog that assigns the ticket."""

    label: str
    cell: Callable[[TicketRead, Reader], Cell]
    size: Size = "medium"
    explains_itself: bool = False
    assigns: bool = False


@dataclass(frozen=True)
class TicketField:
    """How the pages present one field. An attribute that is left out means that the field has no such part. Fields are
    shown in the order of `FIELDS`, except where a list below `FIELDS` defines another order.

    `name`: the field's name in `TicketRead` and `TicketUpdate`.
    `noun`: what it is called in a sentence; the default is the label in lower case.
    `is_set_at_once`: staff change it with a widget beside the ticket, which saves at once; all other fields with an
    editor are in the edit form.
    `event`: the kind of its events in the history, if that differs from `name`. `verb`: what the history says; the
    default is "changed the …". `tells_values`: whether the history also gives the old and the new value.
    `chip`: makes the chip that rows and the card show; `card_chips` makes chips that only the card shows.
    `row`: makes a text for the second line of a row; `fact`: makes a line of the card. They return an empty text or
    None if there is nothing to say. `column`: its column in the queue.
    """

    name: str
    label: str = ""
    noun: str = ""
    editor: Editor | None = None
    is_set_at_once: bool = False
    event: str = ""
    verb: str = ""
    tells_values: bool = True
    chip: Callable[[TicketRead, Reader], Chip | None] | None = None
    card_chips: Callable[[TicketRead], list[Chip]] | None = None
    row: Callable[[TicketRead, Reader], str] | None = None
    fact: Callable[[TicketRead], Fact | None] | None = None
    column: Column | None = None
    filters: Sequence[Filter] = ()
    orders: Mapping[TicketSort, str] = field(default_factory=dict)

    def value(self, ticket: TicketRead) -> Any:
        """Returns the field's value in the form that an edit sends."""
        value = getattr(ticket, self.name)
        return self.editor.sent(value) if self.editor else value

    def called(self) -> str:
        """Returns the name of the field as it is written in a sentence."""
        return self.noun or self.label.lower()

    def in_words(self, value: Any) -> str:
        """Returns the value as it is written in a sentence."""
        if value in (None, "", []):
            return "nothing"
        return self.editor.in_words(value) if self.editor else one_line(str(value), 80)


def _statuses() -> Names:
    return {status: STATUSES[status].text for status in Status}


def _priorities() -> Names:
    return {level: PRIORITIES[level].text for level in Priority}


def _priority_chip(ticket: TicketRead, _: Reader) -> Chip | None:
    """Returns a chip for every priority but the normal one."""
    return None if ticket.priority is Priority.NORMAL else PRIORITIES[ticket.priority]


def _reports_chip(ticket: TicketRead, _: Reader) -> Chip | None:
    return Chip(count(ticket.reports, "report", "reports"), "amber") if ticket.reports > 1 else None


def _turn_chip(ticket: TicketRead, reader: Reader) -> Chip | None:
    """Returns a chip that says whose turn it is, from the reader's point of view."""
    if ticket.waits_for is None:
        return None
    if ticket.waits_for is WaitsFor.REQUESTER and ticket.requester.id == reader.id:
        return Chip("Your turn", "violet")
    if not reader.is_staff:
        return Chip(TURNS_OF_OTHERS[ticket.waits_for])
    return Chip(TURNS[ticket.waits_for], "violet" if ticket.waits_for is WaitsFor.DESK else "")


def is_our_turn(ticket: TicketRead | BoardTicket) -> bool:
    """Whether the helpdesk has to do or say the next thing."""
    return ticket.waits_for is WaitsFor.DESK


def _place(ticket: TicketRead) -> str:
    """Returns the building and room, as far as they are given."""
    building = lists.building_names().get(ticket.building, ticket.building) if ticket.building else ""
    room = f"room {isolated(one_line(ticket.room))}" if ticket.room else ""
    return ", ".join(part for part in (building, room) if part)


def _category(ticket: TicketRead) -> str:
    return lists.category_names().get(ticket.category, ticket.category)


def _requester_in_row(ticket: TicketRead, reader: Reader) -> str:
    return f"from {isolated(ticket.requester.name)}" if reader.is_staff else ""


def _assignee_in_row(ticket: TicketRead, reader: Reader) -> str:
    if not reader.is_staff:
        return ""
    return f"→ {isolated(ticket.assignee.name)}" if ticket.assignee else "unassigned"


def _team_in_row(ticket: TicketRead, reader: Reader) -> str:
    return isolated(lists.team_name(ticket.team)) if reader.is_staff and ticket.team else ""


def _team_fact(ticket: TicketRead) -> Fact | None:
    """Returns the team for those who know its name. Staff have the box beside the card."""
    name = lists.known_team_names().get(ticket.team or "")
    return Fact("Team", isolated(name)) if name else None


def _former_number_in_row(ticket: TicketRead, _: Reader) -> str:
    return f"formerly {isolated(one_line(ticket.external_number, 40))}" if ticket.external_number else ""


def _status_cell(ticket: TicketRead, _: Reader) -> Cell:
    return Cell(STATUSES[ticket.status].text, STATUSES[ticket.status].tone)


def priority_cell(ticket: TicketRead | BoardTicket, _: Reader) -> Cell:
    tone = {Priority.URGENT: "red", Priority.HIGH: "strong"}.get(ticket.priority, "quiet")
    return Cell(PRIORITIES[ticket.priority].text, tone)


def assignee_cell(ticket: TicketRead | BoardTicket, _: Reader) -> Cell:
    return Cell(f"→ {isolated(ticket.assignee.name)}") if ticket.assignee else Cell("Unassigned", "quiet")


def _team_cell(ticket: TicketRead, _: Reader) -> Cell:
    return Cell(isolated(lists.team_name(ticket.team))) if ticket.team else Cell("No team", "quiet")


def last_word_cell(ticket: TicketRead | BoardTicket, _: Reader) -> Cell:
    """Returns when the last public message was written and by whom, with a mark if it is the helpdesk's turn."""
    sign = TURNS[WaitsFor.DESK] if is_our_turn(ticket) else ""
    if ticket.last_message_at is None:
        return Cell("No answer yet", "quiet", sign)
    by = f" · {isolated(ticket.last_message_by.name)}" if ticket.last_message_by else ""
    return Cell(f"{moments.age(ticket.last_message_at)}{by}", sign=sign)


def _closed_cell(ticket: TicketRead, _: Reader) -> Cell:
    return Cell(moments.said(ticket.closed_at) if ticket.closed_at else "")


def _turn_cell(ticket: TicketRead, _: Reader) -> Cell:
    return Cell(TURNS[ticket.waits_for] if ticket.waits_for else "")


def _opened_fact(ticket: TicketRead) -> Fact:
    by = f"{moments.said(ticket.opened_at)} by {isolated(ticket.requester.name)}"
    return Fact("Reported", by, moments.exact(ticket.opened_at))


def _modified_fact(ticket: TicketRead) -> Fact | None:
    if ticket.modified_at <= ticket.opened_at:
        return None
    return Fact("Last update", moments.said(ticket.modified_at), moments.exact(ticket.modified_at))


def _closed_fact(ticket: TicketRead) -> Fact | None:
    if not ticket.closed_at:
        return None
    why = f", {CLOSED_REASONS[ticket.closed_reason]}" if ticket.closed_reason else ""
    return Fact("Closed", moments.said(ticket.closed_at) + why, moments.exact(ticket.closed_at))


FIELDS = (
    TicketField("title", "Title", editor=TextLine(200), tells_values=False),
    TicketField("description", "Description", editor=LongText(20_000), tells_values=False),
    TicketField(
        "opened_at",
        row=lambda ticket, _: moments.said(ticket.opened_at),
        fact=_opened_fact,
        column=Column("Age", lambda ticket, _: Cell(moments.age(ticket.opened_at)), "tiny"),
        filters=[Day("opened_after", "Opened from"), Day("opened_before", "Opened before")],
        orders={TicketSort.OPENED_LAST: "Newest first", TicketSort.OPENED_FIRST: "Oldest first"},
    ),
    TicketField(
        "modified_at",
        column=Column("Changed", lambda ticket, _: Cell(moments.age(ticket.modified_at)), "tiny"),
        filters=[Day("modified_after", "Changed from"), Day("modified_before", "Changed before")],
        fact=_modified_fact,
        orders={
            TicketSort.MODIFIED_LAST: "Most recently changed first",
            TicketSort.MODIFIED_FIRST: "Least recently changed first",
        },
    ),
    TicketField(
        "status",
        "Status",
        chip=lambda ticket, _: STATUSES[ticket.status],
        column=Column("Status", _status_cell, "short", explains_itself=True),
        filters=[AnyOfFew("status", "Status", _statuses)],
    ),
    TicketField(
        "building",
        "Building",
        editor=Choice(lists.building_names, nothing="None"),
        row=lambda ticket, _: _place(ticket),
        fact=lambda ticket: Fact("Where", _place(ticket), fields=("building", "room")),
        column=Column("Where", lambda ticket, _: Cell(_place(ticket)), "long", explains_itself=True),
        filters=[AnyOf("building", "Building", lists.building_names)],
    ),
    TicketField(
        "room",
        "Room",
        editor=TextLine(60, can_be_empty=True),
        filters=[Words("room", "Room", limit=60, hint="How it begins, such as 2.")],
    ),
    TicketField(
        "category",
        "Category",
        editor=Choice(lists.category_names),
        is_set_at_once=True,
        row=lambda ticket, _: _category(ticket),
        fact=lambda ticket: Fact("Category", _category(ticket)),
        column=Column("Category", lambda ticket, _: Cell(_category(ticket)), explains_itself=True),
        filters=[AnyOf("category", "Category", lists.category_names)],
    ),
    TicketField(
        "requester",
        row=_requester_in_row,
        column=Column("Requester", lambda ticket, _: Cell(isolated(ticket.requester.name)), explains_itself=True),
        filters=[AnyPerson("requester", "Requester"), OnlyThese("followed", "Only what I follow")],
    ),
    TicketField(
        "assignee",
        "Assigned to",
        noun="assignee",
        editor=Person(lists.staff, nothing="Nobody"),
        is_set_at_once=True,
        row=_assignee_in_row,
        fact=lambda ticket: Fact("Handled by", ticket.assignee.name if ticket.assignee else "Nobody yet"),
        column=Column("Assignee", assignee_cell, explains_itself=True, assigns=True),
        filters=[AnyOf("assignee", "Assigned to", assignees, person_names.name_of)],
    ),
    TicketField(
        "team",
        "Team",
        editor=Choice(lists.known_team_names, nothing="No team"),
        is_set_at_once=True,
        row=_team_in_row,
        fact=_team_fact,
        column=Column("Team", _team_cell, explains_itself=True, assigns=True),
        filters=[AnyOf("team", "Team", teams)],
    ),
    TicketField(
        "external_number",
        row=_former_number_in_row,
        fact=lambda ticket: Fact("Formerly", isolated(ticket.external_number or "")),
        column=Column("Formerly", lambda ticket, _: Cell(isolated(one_line(ticket.external_number or "", 40)))),
    ),
    TicketField(
        "stage",
        "Stage",
        editor=Choice(lists.stage_names),
        is_set_at_once=True,
        verb="moved it",
        column=Column("Stage", lambda ticket, _: Cell(lists.stage_names().get(ticket.stage, ticket.stage))),
        filters=[AnyOf("stage", "Stage", lists.stage_names)],
    ),
    TicketField(
        "priority",
        "Priority",
        editor=OneOfFew(_priorities, are_proper_names=False),
        is_set_at_once=True,
        chip=_priority_chip,
        column=Column("Priority", priority_cell, "short", explains_itself=True),
        filters=[AnyOfFew("priority", "Priority", _priorities)],
        orders={
            TicketSort.PRIORITY_HIGHEST: "Most urgent first",
            TicketSort.PRIORITY_LOWEST: "Least urgent first",
        },
    ),
    TicketField(
        "reports",
        chip=_reports_chip,
        column=Column("Reports", lambda ticket, _: Cell(str(ticket.reports)), "tiny"),
        filters=[AtLeast("reports_at_least", "Reports, at least")],
        orders={TicketSort.REPORTS_MOST: "Most reports first", TicketSort.REPORTS_FEWEST: "Fewest reports first"},
    ),
    TicketField(
        "waits_for",
        chip=_turn_chip,
        column=Column("Whose turn", _turn_cell, explains_itself=True),
        filters=[
            AnyOfFew("waits_for", "Whose turn", lambda: TURNS),
            EitherWay("blocked", "Blocked by another ticket", "Yes", "No"),
        ],
    ),
    TicketField(
        "last_message_at",
        column=Column("Last word", last_word_cell, "long"),
        orders={
            TicketSort.LAST_WORD_LAST: "Latest word first",
            TicketSort.LAST_WORD_FIRST: "Longest without a word first",
        },
    ),
    TicketField(
        "tags",
        "Tags",
        editor=Tags(),
        card_chips=lambda ticket: [Chip(tag) for tag in ticket.tags],
        column=Column("Tags", lambda ticket, _: Cell(", ".join(isolated(tag) for tag in ticket.tags))),
        filters=[AnyTag("tag", "Tag")],
    ),
    TicketField(
        "is_confidential",
        "Confidential",
        editor=YesNo("Only the requester, administrators and whoever is named on the ticket may read it."),
        event=EventKind.CONFIDENTIAL,
        verb="changed who may read it",
        tells_values=False,
        chip=lambda ticket, _: CONFIDENTIAL if ticket.is_confidential else None,
        filters=[OnlyThese("confidential", "Confidential tickets only")],
    ),
    TicketField(
        "closed_at",
        fact=_closed_fact,
        column=Column("Closed", _closed_cell),
        filters=[Day("closed_after", "Closed from"), Day("closed_before", "Closed before")],
        orders={TicketSort.CLOSED_LAST: "Most recently closed first", TicketSort.CLOSED_FIRST: "Longest closed first"},
    ),
)
BY_NAME = {one.name: one for one in FIELDS}
BY_EVENT = {one.event or one.name: one for one in FIELDS}


def _these_first(*names: str) -> list[TicketField]:
    """Returns all fields, starting with those named; the others follow in the order of `FIELDS`."""
    return sorted(FIELDS, key=lambda one: names.index(one.name) if one.name in names else len(names))


IN_FORM = [one for one in FIELDS if one.editor and not one.is_set_at_once]
IN_FORM_BY_NAME = {one.name: one for one in IN_FORM}
SET_AT_ONCE = [one for one in _these_first("assignee", "team", "stage", "priority") if one.is_set_at_once]
FILTERS = [
    each
    for one in _these_first(
        "status", "waits_for", "assignee", "team", "requester", "category", "priority", "building", "room"
    )
    for each in one.filters
]
ON_CARD = _these_first("external_number")
ORDERS = {order: name for one in FIELDS for order, name in one.orders.items()}
FIRST_COLUMNS = ("requester", "category", "status", "priority", "assignee", "opened_at", "last_message_at")
COLUMNS = {one.name: one.column for one in _these_first(*FIRST_COLUMNS) if one.column}


def chips(ticket: TicketRead, reader: Reader) -> list[Chip]:
    return _present(one.chip(ticket, reader) for one in FIELDS if one.chip)


def card_chips(ticket: TicketRead, reader: Reader) -> list[Chip]:
    more = (chip for one in FIELDS if one.card_chips for chip in one.card_chips(ticket))
    return [*chips(ticket, reader), *more]


def row_texts(ticket: TicketRead, reader: Reader) -> list[str]:
    return [text for one in FIELDS if one.row and (text := one.row(ticket, reader))]


def facts(ticket: TicketRead, reader: Reader) -> list[Fact]:
    """Returns the lines of the card. Staff have widgets beside it that show what they set at once."""
    shown = (one for one in ON_CARD if one.fact and not (reader.is_staff and one.is_set_at_once))
    found = _present(one.fact(ticket) for one in shown if one.fact)
    return [fact for fact in found if fact.value]


def _present(found: Iterable[Any]) -> list[Any]:
    return [one for one in found if one is not None]
