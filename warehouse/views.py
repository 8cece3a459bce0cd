"""Views inside the replica's file, for people: names in place of numbers, and what else a question usually needs.

The analyses do not use them, because a join that a question does not need takes time. `warehouse/tables.py` makes the
statements of them, with the columns that the installation copies.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ViewColumn:
    """`source` is SQL in DuckDB."""

    name: str
    source: str
    says: str


@dataclass(frozen=True)
class View:
    """A view with one row for each row of `table`, and its columns; those in `instead` are replaced, and those in
    `beside` are added at the end."""

    name: str
    table: str
    says: str
    joins: str
    instead: Mapping[str, ViewColumn] = field(default_factory=dict)
    beside: Sequence[ViewColumn] = ()


CATEGORY = ViewColumn("category", "category.name", "The category's name")
BUILDING = ViewColumn("building", "building.name", "The building's name, if it was said")
STATUS = ViewColumn("status", "ticket.status", "The ticket's status now")
CONFIDENTIAL = ViewColumn("is_confidential", "ticket.is_confidential", "Whether the ticket is confidential")
NAMES = "LEFT JOIN category ON category.id = ticket.category_id LEFT JOIN building ON building.id = ticket.building_id"

ALL_VIEWS = (
    View(
        "tickets",
        "ticket",
        "Tickets, with names in place of numbers",
        f"{NAMES} LEFT JOIN stage ON stage.id = ticket.stage_id "
        "LEFT JOIN person AS requester ON requester.id = ticket.requester_id "
        "LEFT JOIN team ON team.id = ticket.team_id",
        {
            "stage_id": ViewColumn("stage", "stage.name", "The name of its column on the board"),
            "category_id": CATEGORY,
            "building_id": BUILDING,
            "team_id": ViewColumn("team", "team.name", "The name of the team whose queue it is in, if any"),
            "priority": ViewColumn(
                "priority", "['low', 'normal', 'high', 'urgent'][ticket.priority + 1]", "low, normal, high or urgent"
            ),
        },
        [ViewColumn("requester_role", "requester.role", "The requester's role; none if confidential")],
    ),
    View(
        "messages",
        "message",
        "Messages, with what their ticket is about",
        f"LEFT JOIN ticket ON ticket.id = message.ticket_id {NAMES}",
        {},
        [STATUS, CATEGORY, BUILDING, CONFIDENTIAL],
    ),
    View(
        "history",
        "ticket_event",
        "The lines of all tickets' histories, with what the ticket is about",
        f"LEFT JOIN ticket ON ticket.id = ticket_event.ticket_id {NAMES}",
        {},
        [STATUS, CATEGORY, BUILDING, CONFIDENTIAL],
    ),
    View(
        "tags",
        "ticket_tag",
        "Tags, with what their ticket is about",
        f"LEFT JOIN ticket ON ticket.id = ticket_tag.ticket_id {NAMES}",
        {},
        [
            STATUS,
            CATEGORY,
            BUILDING,
            CONFIDENTIAL,
            ViewColumn("opened_day", "ticket.opened_day", "The day of opening, in the campus's time"),
        ],
    ),
    View(
        "work",
        "time_entry",
        "Time that people worked, with what its ticket is about",
        f"LEFT JOIN ticket ON ticket.id = time_entry.ticket_id {NAMES} LEFT JOIN team ON team.id = ticket.team_id",
        {},
        [
            STATUS,
            CATEGORY,
            BUILDING,
            ViewColumn("team", "team.name", "The name of the team whose queue the ticket is in, if any"),
            CONFIDENTIAL,
        ],
    ),
    View(
        "predictions",
        "ticket_prediction",
        "Predicted categories, beside those that the tickets have now",
        "LEFT JOIN ticket ON ticket.id = ticket_prediction.ticket_id "
        "LEFT JOIN category AS predicted ON predicted.id = ticket_prediction.category_id "
        "LEFT JOIN category ON category.id = ticket.category_id",
        {"category_id": ViewColumn("predicted", "predicted.name", "The name of the predicted category")},
        [
            ViewColumn("category", "category.name", "The name of the category that the ticket has now"),
            ViewColumn("category_by", "ticket.category_by", "Who chose that one"),
            ViewColumn(
                "is_right",
                "ticket_prediction.category_id = ticket.category_id",
                "Whether the ticket has the predicted category now",
            ),
            STATUS,
            ViewColumn("opened_at", "ticket.opened_at", "When the ticket was reported, UTC"),
            ViewColumn("opened_month", "ticket.opened_month", "The first day of the month of opening"),
        ],
    ),
)
