"""Rules of automatic assignment, which say what team a new ticket goes to, and how many tickets each person has.

Everything here needs the permission `assignment:manage`, except the last route:

    GET    /assignment-rules            → Page[AssignmentRuleRead], in order, one page
    POST   /assignment-rules            AssignmentRuleCreate → 201 AssignmentRuleRead; takes an Idempotency-Key
    PATCH  /assignment-rules/{id}       AssignmentRuleUpdate → AssignmentRuleRead; 409 StaleVersion
    DELETE /assignment-rules/{id}       → 204
    PUT    /assignment-rules/order      AssignmentRuleOrder → Page[AssignmentRuleRead]; 409 if there are other rules now
    POST   /assignment-rules/try        AssignmentTry → AssignmentTrial; writes nothing
    GET    /teams/{slug}/load           → TeamLoad; needs `teams:manage` or `people:manage`

A rule for confidential tickets (`confidential` is not `never`) is made, changed, moved and deleted only by those who
also have `tickets:read-confidential`: otherwise somebody could make themselves a reader of such tickets.

Working hours and expertise in buildings are fields of a person (`contracts.people`), changed by `PATCH /people/{id}`.
Why a ticket was assigned stands in `TicketRead.assigned_because` and `TicketEventRead.reason`.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from contracts.assignment import AssignmentReason
from contracts.base import Id, Input, Line, Name, NotNull, Output, Slug, Version
from contracts.pages import Cursor
from contracts.people import PersonBrief
from contracts.teams import TeamBrief
from contracts.tickets import Priority
from contracts.working_hours import WorkingSpan

MOST_RULES = 100
MOST_NAMED = 50
MOST_WORDS = 50
MOST_TRIED = 10_000
TRIED_DAYS = 30


class ConfidentialTickets(StrEnum):
    """Whether a rule is about confidential tickets. Whoever is assigned one may read it."""

    NEVER = "never"
    ALSO = "also"
    ONLY = "only"


def _without_twins(values: list[str]) -> list[str]:
    """Returns each value once, in the order in which they were given."""
    return list(dict.fromkeys(values))


Slugs = Annotated[list[Slug], Field(max_length=MOST_NAMED), AfterValidator(_without_twins)]
Priorities = Annotated[list[Priority], Field(max_length=len(Priority)), AfterValidator(_without_twins)]
Words = Annotated[
    list[Line],
    Field(
        max_length=MOST_WORDS,
        description="Words of the title or description. One entry may be several words, which must all be there. A "
        "word matches as in a search: also where a longer word begins with it.",
    ),
    AfterValidator(_without_twins),
]


class AssignmentRuleDraft(Input):
    """A ticket fits if it meets each of the conditions: it has any of the categories, any of the buildings, any of the
    priorities and any of the words. A condition without values is met by all. `team` is where it then goes."""

    name: Name
    is_on: bool = False
    categories: Slugs = Field(default=[])
    buildings: Slugs = Field(default=[])
    priorities: Priorities = Field(default=[])
    words: Words = Field(default=[])
    confidential: ConfidentialTickets = ConfidentialTickets.NEVER
    team: Slug


class AssignmentRuleCreate(AssignmentRuleDraft):
    """A new rule comes last, and is off unless `is_on` says otherwise."""


class AssignmentRuleUpdate(Input):
    """Fields that are left out stay as they are."""

    version: Version = Field(description="The version that was seen; a stale one is 409 with the present rule.")
    name: Annotated[Name | None, NotNull] = None
    is_on: Annotated[bool | None, NotNull] = None
    categories: Annotated[Slugs | None, NotNull] = None
    buildings: Annotated[Slugs | None, NotNull] = None
    priorities: Annotated[Priorities | None, NotNull] = None
    words: Annotated[Words | None, NotNull] = None
    confidential: Annotated[ConfidentialTickets | None, NotNull] = None
    team: Annotated[Slug | None, NotNull] = None


class AssignmentRuleRead(Output):
    """`number`: its place in the order, from 1, counting also rules that are off. The first rule that is on and fits
    decides."""

    id: int
    number: int
    name: str
    is_on: bool
    categories: list[str] = Field(description="Slugs.")
    buildings: list[str] = Field(description="Slugs.")
    priorities: list[Priority]
    words: list[str]
    confidential: ConfidentialTickets
    team: TeamBrief
    may_change: bool = Field(description="Whether the asking person may change, move and delete it.")
    created_at: datetime
    modified_at: datetime
    version: int


class AssignmentRuleOrder(Input):
    """All rules, in the order that they shall have."""

    ids: list[Id] = Field(max_length=MOST_RULES)


class AssignmentTry(Input):
    """What to try on the tickets of the last 30 days: `rules` as they stand here, whether on or off; without `rules`,
    the stored rules that are on, and those of `switch_on` as if they were on too, each at its place.

    `rule`, `team` and `person` choose examples: those that the rule of this number, this team or this person would have
    got. `rule` 0 chooses those that no rule fits."""

    rules: Annotated[list[AssignmentRuleDraft], Field(max_length=MOST_RULES)] | None = None
    switch_on: list[Id] = Field(default=[], max_length=MOST_RULES)
    rule: int | None = Field(default=None, ge=0, le=MOST_RULES)
    team: Slug | None = None
    person: Id | None = None
    limit: int = Field(default=20, ge=1, le=100)
    cursor: Cursor | None = None


class TriedRule(Output):
    """`number` is the rule's place among the stored rules, or among those of the request; `id` is null for the
    latter. `assigned` of its `tickets` would have gone to a person, the others to the team's queue."""

    number: int
    id: int | None
    name: str
    team: TeamBrief
    tickets: int
    assigned: int


class TriedTeam(Output):
    team: TeamBrief
    tickets: int
    assigned: int


class TriedPerson(Output):
    """`most_at_once`: how many tickets the person would have had at the same time at most."""

    person: PersonBrief
    team: TeamBrief
    tickets: int
    most_at_once: int


class TriedTicket(Output):
    """What would have become of a ticket. `assignee_now`: who has it in truth. Without a rule that fits, `rule`,
    `team`, `assignee` and `because` are null."""

    id: int
    title: str
    opened_at: datetime
    category: str
    building: str | None
    priority: Priority
    is_confidential: bool
    rule: int | None
    team: TeamBrief | None
    assignee: PersonBrief | None
    because: AssignmentReason | None
    assignee_now: PersonBrief | None


class TrialExamples(Output):
    """Examples, the latest ticket first."""

    items: list[TriedTicket]
    next_cursor: str | None


class AssignmentTrial(Output):
    """Of `tickets` opened between the two moments, among those that the asking person may read, `fitting` fit a rule,
    and `assigned` of these would have gone to a person. `is_capped`: there were more, and only the
    latest were tried, at most 10,000 and as many as can be looked at within some seconds. `caveats`: sentences on what
    cannot be known any more, and what was taken instead."""

    opened_after: datetime
    opened_before: datetime
    tickets: int
    is_capped: bool
    fitting: int
    assigned: int
    by_rule: list[TriedRule]
    by_team: list[TriedTeam]
    by_person: list[TriedPerson]
    examples: TrialExamples
    caveats: list[str]


class TeamMemberLoad(PersonBrief):
    """A person of the team who was not deactivated. `open_tickets`: assigned to them and not closed, also confidential
    ones, because they count for the capacity. `is_free`: automatic assignment could give them a ticket now.
    `last_opened_at`: when the latest ticket that they have was reported. `version` is what `PATCH /people/{id}`
    needs."""

    works_on_tickets: bool
    open_tickets: int
    capacity: int | None
    is_full: bool
    away_from: date | None
    away_until: date | None
    is_away: bool
    working_hours: list[WorkingSpan]
    works_now: bool
    is_free: bool
    expertise: list[str] = Field(description="Slugs of categories.")
    expertise_buildings: list[str] = Field(description="Slugs of buildings.")
    last_opened_at: datetime | None
    version: int


class TeamLoad(Output):
    """`queued`: tickets of the team that are not closed and assigned to nobody, also confidential ones. `people` by
    name."""

    team: TeamBrief
    queued: int
    people: list[TeamMemberLoad]
