"""People, their roles, and what a role permits."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from contracts.base import Input, Name, Output, SearchText
from contracts.pages import PageQuery


class Role(StrEnum):
    STUDENT = "student"
    AGENT = "agent"
    MANAGER = "manager"
    ADMIN = "admin"
    ANALYST = "analyst"


class Permission(StrEnum):
    TICKETS_REPORT = "tickets:report"  # report a problem
    TICKETS_READ_SHARED = "tickets:read-shared"  # see tickets that are shared: not closed and not confidential
    TICKETS_READ_ALL = "tickets:read-all"  # see every ticket that is not confidential
    TICKETS_READ_CONFIDENTIAL = "tickets:read-confidential"  # with read-all: see confidential tickets too
    TICKETS_WORK = "tickets:work"  # edit all fields, assign, move, write internal notes, report for others
    TICKETS_DELETE = "tickets:delete"
    PEOPLE_READ = "people:read"  # look people up by name
    PEOPLE_MANAGE = "people:manage"  # give people roles
    LISTS_MANAGE = "lists:manage"  # categories and buildings
    ANALYSES_READ = "analyses:read"
    SQL_RUN = "sql:run"  # ask the replica in SQL, and take a copy of it away


class PersonBrief(Output):
    """A person as others see them under a ticket."""

    id: int
    name: str


class PersonRead(PersonBrief):
    roles: list[Role]


class Namesake(PersonRead):
    created_at: datetime
    tickets: int = Field(description="Reported by this person.")


class Twins(Output):
    """People with the same roles whose names look the same. They may be one person whose name was spelled in several
    ways, or who signed in with a name that an import had also brought."""

    name: str
    people: list[Namesake] = Field(description="The first who came first.")


class PersonCreate(Input):
    """Staff add the students they report for; administrators add anyone."""

    name: Name
    roles: list[Role] = Field(default=[Role.STUDENT], min_length=1, max_length=len(Role))


class Me(Output):
    """The person whom the token belongs to."""

    person: PersonRead
    roles: list[Role]
    permissions: list[Permission]
    expires_at: datetime


class Unread(Output):
    """`tickets`: how many tickets have a message that I have not read. `confirmed`: how many tickets that I confirmed
    have changed their status since I last looked. Each is counted up to 100."""

    tickets: int
    confirmed: int


class PersonQuery(PageQuery):
    """Selects people by their roles, by what these permit, and by the beginning of any word of the name."""

    role: list[Role] = Field(default=[], max_length=len(Role))
    permission: list[Permission] = Field(default=[], max_length=len(Permission))
    q: SearchText | None = None
