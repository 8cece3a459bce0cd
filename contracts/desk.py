"""The helpdesk as a whole: its public settings, the overview, live events, and health."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from contracts.base import Output
from contracts.messages import MessageRead
from contracts.people import PersonBrief
from contracts.tickets import TicketEventRead


class SignIn(StrEnum):
    CHOICE = "choice"
    PASSWORD = "password"  # noqa: S105 the name of a way to sign in, not a secret
    OIDC = "oidc"


class StudentsSee(StrEnum):
    ALL = "all"
    OWN = "own"


class DeskRead(Output):
    """What anybody may read before signing in."""

    name: str
    danger_note: str
    opening_hours: str
    timezone: str
    sign_in: list[SignIn] = Field(description="The ways to sign in; choice stands alone.")
    provider: str | None = Field(
        default=None, description="What people call their account with the identity provider; null without one."
    )
    students_see: StudentsSee
    reopen_days: int


class OverviewMessage(MessageRead):
    ticket_title: str
    is_confidential: bool = Field(description="Whether the ticket is.")


class OverviewEvent(TicketEventRead):
    ticket_title: str
    is_confidential: bool = Field(description="Whether the ticket is.")


class Overview(Output):
    """The present state of the helpdesk. "Today" is the day in the campus's time zone."""

    open: int
    active: int
    closed_today: int
    waits_for_desk: int
    waits_for_requester: int
    unassigned: int
    recent_events: list[OverviewEvent]
    latest_messages: list[OverviewMessage]


class PersonLoad(PersonBrief):
    """How many tickets are assigned to somebody and not closed, of those that the asking person may read."""

    open: int
    active: int
    capacity: int | None = Field(description="How many tickets they can work on at the same time; null if unknown.")
    is_away: bool = Field(description="Today, in the campus's time zone.")
    is_deactivated: bool


class Workload(Output):
    """The people who work on tickets, and everybody else to whom one is still assigned: first those with more tickets
    than they have capacity for, then those with the most tickets; at most 200."""

    people: list[PersonLoad]


class LiveKind(StrEnum):
    """`time`: an entry of time on the ticket, for staff. `timer`: the listening person's own timer."""

    TICKET = "ticket"
    MESSAGE = "message"
    TIME = "time"
    TIMER = "timer"


class LiveEvent(Output):
    """Something that the listening person may read has changed; the client should request it again."""

    kind: LiveKind
    ticket_id: int | None = Field(description="Null when more changed at once than is worth naming.")
    at: datetime


class Health(Output):
    """`status` is "ok" or "degraded"; each check says "ok" or what is wrong."""

    status: str
    version: str
    checks: dict[str, str] = Field(default_factory=dict)
