"""Links between tickets: how two tickets belong together."""

from datetime import datetime
from enum import StrEnum

from pydantic import ConfigDict, Field

from contracts.base import Id, Input, Output
from contracts.tickets import Status

MOST_LINKS = 100  # of one ticket
MOST_NUMBERS = 50  # asked for at once


class LinkKind(StrEnum):
    """What a ticket is to another one. The last two are `duplicates` and `blocks` as seen from the other ticket."""

    RELATES_TO = "relates-to"
    DUPLICATES = "duplicates"
    BLOCKS = "blocks"
    DUPLICATED_BY = "duplicated-by"
    BLOCKED_BY = "blocked-by"


class Link(Input):
    """`kind` is what the ticket in the path is to the ticket that is named here."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"kind": "blocks", "ticket": 12}]})

    kind: LinkKind
    ticket: Id


class TicketNumbers(Input):
    """The numbers of tickets, as they stand in a text."""

    id: list[Id] = Field(default=[], max_length=MOST_NUMBERS)


class LinkedTicket(Output):
    id: int
    title: str
    status: Status


class LinkRead(Output):
    """A link as seen from one of its tickets; `ticket` is the other one."""

    kind: LinkKind
    ticket: LinkedTicket
    created_at: datetime
