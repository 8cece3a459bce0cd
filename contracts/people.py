"""People, and what roles permit them to do."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from contracts.base import Email, Input, Name, NotNull, Output, SearchText, Slug, Version
from contracts.pages import PageQuery
from contracts.teams import TeamBrief
from contracts.working_hours import WorkingHours, WorkingSpan


class Role(StrEnum):
    """The slugs of the roles that every desk has. Administrators can add other roles (`contracts.roles`)."""

    STUDENT = "student"
    AGENT = "agent"
    MANAGER = "manager"
    ADMIN = "admin"
    ANALYST = "analyst"


class Permission(StrEnum):
    TICKETS_REPORT = "tickets:report"
    TICKETS_READ_SHARED = "tickets:read-shared"
    TICKETS_READ_ALL = "tickets:read-all"
    TICKETS_READ_CONFIDENTIAL = "tickets:read-confidential"
    TICKETS_WORK = "tickets:work"
    TICKETS_DELETE = "tickets:delete"
    TIME_READ = "time:read"
    TIME_MANAGE = "time:manage"
    PEOPLE_READ = "people:read"
    PEOPLE_MANAGE = "people:manage"
    TEAMS_MANAGE = "teams:manage"
    ROLES_MANAGE = "roles:manage"
    LISTS_MANAGE = "lists:manage"
    ASSIGNMENT_MANAGE = "assignment:manage"
    ANALYSES_READ = "analyses:read"
    SQL_RUN = "sql:run"


# What each permission lets one do, for pages and documentation.
ALLOWS: dict[Permission, str] = {
    Permission.TICKETS_REPORT: "report a problem",
    Permission.TICKETS_READ_SHARED: "read open and active tickets of others that are not confidential, where students "
    "see all tickets",
    Permission.TICKETS_READ_ALL: "read every ticket that is not confidential",
    Permission.TICKETS_READ_CONFIDENTIAL: "read confidential tickets too",
    Permission.TICKETS_WORK: "edit all fields, assign, move, write internal notes, report for others, add students",
    Permission.TICKETS_DELETE: "delete tickets",
    Permission.TIME_READ: "read how long each person worked on tickets",
    Permission.TIME_MANAGE: "correct and delete the time that others worked on tickets",
    Permission.PEOPLE_READ: "look people and teams up",
    Permission.PEOPLE_MANAGE: "add, change and deactivate people, and give them roles that may do no more than one's "
    "own",
    Permission.TEAMS_MANAGE: "add, change and delete teams, change the views that are shared with one, and "
    "keep canned replies",
    Permission.ROLES_MANAGE: "make, change and delete roles that may do no more than one's own",
    Permission.LISTS_MANAGE: "keep categories, buildings, stages and tags, and delete saved queries that others share",
    Permission.ASSIGNMENT_MANAGE: "keep the rules by which new tickets are assigned, and try them",
    Permission.ANALYSES_READ: "read analyses",
    Permission.SQL_RUN: "ask the replica in SQL, and take a copy of it away",
}

# A permission that is of no use, or tells too much, without others: a role with the one must have the others too.
NEEDS: dict[Permission, tuple[Permission, ...]] = {
    Permission.TICKETS_READ_SHARED: (Permission.TICKETS_REPORT,),
    Permission.TICKETS_READ_ALL: (Permission.TICKETS_READ_SHARED,),
    Permission.TICKETS_READ_CONFIDENTIAL: (Permission.TICKETS_READ_ALL,),
    Permission.TICKETS_WORK: (Permission.TICKETS_READ_ALL, Permission.PEOPLE_READ),
    Permission.TICKETS_DELETE: (Permission.TICKETS_READ_ALL,),
    Permission.TIME_READ: (Permission.TICKETS_READ_ALL, Permission.PEOPLE_READ),
    Permission.TIME_MANAGE: (Permission.TICKETS_WORK,),
    Permission.PEOPLE_MANAGE: (Permission.PEOPLE_READ,),
    Permission.TEAMS_MANAGE: (Permission.PEOPLE_READ,),
    Permission.ROLES_MANAGE: (Permission.PEOPLE_MANAGE,),
    Permission.ASSIGNMENT_MANAGE: (Permission.TICKETS_READ_ALL, Permission.PEOPLE_READ),
}

MOST_ROLES = 5
MOST_CATEGORIES = 50
MOST_BUILDINGS = 50
MOST_IMPORTED = 5_000
MOST_CAPACITY = 1_000

Roles = Annotated[list[Slug], Field(min_length=1, max_length=MOST_ROLES)]
Expertise = Annotated[list[Slug], Field(max_length=MOST_CATEGORIES, description="Slugs of categories.")]
ExpertiseBuildings = Annotated[list[Slug], Field(max_length=MOST_BUILDINGS, description="Slugs of buildings.")]
Capacity = Annotated[
    int, Field(ge=0, le=MOST_CAPACITY, description="How many tickets they can work on at the same time.")
]


class PersonBrief(Output):
    """A person as others see them under a ticket."""

    id: int
    name: str


class PersonRead(PersonBrief):
    roles: list[str] = Field(description="Slugs of roles.")


class PersonDetails(PersonRead):
    """A person as staff see them, and as they see themselves. `email` and `username` are null for those who may not
    manage people, except for one's own. Days and hours are in the campus's time zone; `is_away` is about today,
    `works_now` about this minute of the week, whether they are away or not."""

    role_names: list[str] = Field(description="What the roles are called, the oldest role first.")
    email: str | None
    username: str | None = Field(description="What they sign in with; null if they have chosen no password.")
    team: TeamBrief | None
    expertise: list[str] = Field(description="Slugs of categories.")
    expertise_buildings: list[str] = Field(description="Slugs of buildings.")
    capacity: int | None = Field(description="How many tickets they can work on at the same time; null for any number.")
    working_hours: list[WorkingSpan] = Field(description="From Monday on; no span at all means always.")
    works_now: bool
    away_from: date | None
    away_until: date | None = Field(description="The last day of the absence; null if it is unknown.")
    is_away: bool
    deactivated_at: datetime | None
    created_at: datetime
    version: int


class PersonDeactivated(PersonDetails):
    """`assigned_tickets`: how many tickets that are not closed are still assigned to this person, among those that the
    asking person may read."""

    assigned_tickets: int


class Namesake(PersonRead):
    role_names: list[str]
    created_at: datetime
    tickets: int = Field(description="Reported by this person.")


class Twins(Output):
    """People with the same roles whose names look the same. They may be one person whose name was spelled in several
    ways, or who signed in with a name that an import had also brought."""

    name: str
    people: list[Namesake] = Field(description="The first who came first.")


class Absence(Input):
    """`away_until` is the last day of an absence. Without `away_from` it has begun; without `away_until`, its end is
    unknown; without either, the person is here."""

    away_from: date | None = None
    away_until: date | None = None

    @model_validator(mode="after")
    def ends_after_it_begins(self) -> Self:
        if self.away_from and self.away_until and self.away_until < self.away_from:
            raise ValueError("away_until is before away_from")
        return self


class PersonCreate(Absence):
    """Staff add the students they report for, by name; those who manage people add anyone, with all fields."""

    name: Name
    roles: Roles = Field(default=[Role.STUDENT.value])
    email: Email | None = None
    team: Slug | None = None
    expertise: Expertise = Field(default=[])
    expertise_buildings: ExpertiseBuildings = Field(default=[])
    capacity: Capacity | None = None
    working_hours: WorkingHours = Field(default=[])


class PersonUpdate(Absence):
    """Fields that are left out stay as they are; null clears a field that may be empty."""

    version: Version = Field(description="The version that was seen; a stale one is 409 with the present person.")
    name: Annotated[Name | None, NotNull] = None
    roles: Annotated[Roles | None, NotNull] = None
    email: Email | None = None
    team: Slug | None = None
    expertise: Annotated[Expertise | None, NotNull] = None
    expertise_buildings: Annotated[ExpertiseBuildings | None, NotNull] = None
    capacity: Capacity | None = None
    working_hours: Annotated[WorkingHours | None, NotNull] = None


class PersonRow(Input):
    """One row of a list of people, as it was typed. Each row is checked by itself, so that the preview can say of every
    row what is wrong with it."""

    name: str
    email: str | None = None
    roles: list[str] = Field(default=[Role.STUDENT.value])
    team: str | None = None


class PeopleImport(Input):
    """With `dry_run`, nothing is written. Otherwise all rows are added, or none if one of them is refused."""

    people: list[PersonRow] = Field(min_length=1, max_length=MOST_IMPORTED)
    dry_run: bool = False


class ImportOutcome(StrEnum):
    NEW = "new"
    KNOWN = "known"  # somebody has this mail address already; they stay as they are
    REFUSED = "refused"


class ImportedRow(Output):
    """`row` counts from 1. `field` and `message` say why a row is refused."""

    row: int
    outcome: ImportOutcome
    person_id: int | None = None
    field: str | None = None
    message: str | None = None


class PeopleImported(Output):
    """How many of the rows were new, known and refused. `rows` is left out when a request that was done already is sent
    again."""

    dry_run: bool
    new: int
    known: int
    refused: int
    rows: list[ImportedRow]


class Me(Output):
    """The person whom the token belongs to."""

    person: PersonRead
    roles: list[str]
    role_names: list[str]
    permissions: list[Permission]
    expires_at: datetime


class Unread(Output):
    """`tickets`: how many tickets have a message that I have not read. `confirmed`: how many tickets that I confirmed
    have changed their status since I last looked. Each is counted up to 100. `ticket_ids`: the tickets with a message
    that I have not read, in no order. `mentions`: how many messages mention me whose ticket I have not opened since,
    counted up to 100."""

    tickets: int
    confirmed: int
    ticket_ids: list[int]
    mentions: int = 0


class Active(StrEnum):
    """Whether people are listed who were deactivated."""

    TRUE = "true"
    FALSE = "false"
    ALL = "all"


class PersonQuery(PageQuery):
    """Selects people by their roles, by what these permit, by their team, and by the beginning of any word of the name;
    for those who may manage people, also by the beginning of the mail address, and by whether they have a password."""

    role: list[Slug] = Field(default=[], max_length=20)
    permission: list[Permission] = Field(default=[], max_length=len(Permission))
    team: list[Slug] = Field(default=[], max_length=20)
    active: Active = Active.TRUE
    has_password: bool | None = None
    q: SearchText | None = None
