"""The board: a column for each stage, with its first tickets and how many there are."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from contracts.base import Output
from contracts.pages import Cursor
from contracts.people import PersonBrief
from contracts.tickets import Priority, Status, TicketFilters, WaitsFor, WithoutEmpty

FIRST_CARDS = 20  # of each column, unless more are asked for
MOST_CARDS = 50


class BoardQuery(TicketFilters):
    """The filters of a list. `status` and `stage` choose the columns; all others choose the tickets in them."""

    limit: int = Field(default=FIRST_CARDS, ge=1, le=MOST_CARDS, description="The most tickets in one column.")


class ColumnQuery(BoardQuery):
    """`cursor` is the `next_cursor` of the column: the answer goes on after its last ticket."""

    cursor: Annotated[Cursor | None, WithoutEmpty] = None


class BoardTicket(Output):
    """What a card shows of a ticket, and what moving it needs. The fields are those of `TicketRead`: a whole ticket
    costs several times as much to read and to send, and a board has a hundred of them."""

    id: int
    title: str
    status: Status
    stage: str
    priority: Priority
    requester: PersonBrief
    assignee: PersonBrief | None
    team: str | None
    opened_at: datetime
    version: int
    reports: int = Field(description="Itself, and everybody who confirmed it.")
    is_confidential: bool
    waits_for: WaitsFor | None = Field(description="Null when closed.")
    last_message_at: datetime | None = Field(description="The last public message.")
    last_message_by: PersonBrief | None
    allowed_statuses: list[Status]
    blocked_by: list[int] = Field(
        description="The tickets that block it and are not closed, of what the person may read. Empty when closed."
    )


class BoardColumn(Output):
    """A stage with its tickets. Those that are not closed are in order of priority, the highest first, and then by
    opening, the oldest first; closed ones by the moment they were closed, the latest first. What a search names by its
    number comes first, and tickets dated in the future last."""

    stage: str = Field(description="The stage's slug, as a ticket has it.")
    name: str
    status: Status
    limit: int | None = Field(
        description="How many tickets the stage should have at most; null for no limit. It is about all tickets of the "
        "stage, so `count` may be compared with it only when nothing is filtered."
    )
    count: int = Field(description="How many tickets the column has that the asking person may read.")
    count_capped: bool = Field(description="Cut off at 1,000 or after 50 ms: there are at least `count`.")
    tickets: list[BoardTicket]
    next_cursor: str | None = Field(description="Null where `tickets` ends the column.")


class BoardRead(Output):
    """Columns are in the order of the board: by status, then as administrators have arranged the stages."""

    columns: list[BoardColumn]
