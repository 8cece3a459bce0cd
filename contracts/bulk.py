"""One change of many tickets at once: what is asked for, what it would do, and how far it has come."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from contracts.base import Id, Input, NotNull, Output, Slug, Tag, Version
from contracts.tickets import DESPITE, MOST_TAGS, ClosedReason, Priority, Status, TicketQuery

MOST_TICKETS = 1_000
LONGEST_WAIT_SECONDS = 60.0
# A list is asked for whole, so it says neither where a page begins nor how long it is.
NOT_IN_QUERY = frozenset({"limit", "cursor"})


def _without_page(query: TicketQuery) -> TicketQuery:
    if refused := NOT_IN_QUERY & query.model_fields_set:
        raise ValueError(f"{min(refused)} does not belong here: all tickets that are found are changed")
    return query


def _each_once(ids: list[int]) -> list[int]:
    if len(set(ids)) < len(ids):
        twice = next(number for number in ids if ids.count(number) > 1)
        raise ValueError(f"names {twice} twice")
    return ids


Ids = Annotated[list[Id], Field(min_length=1, max_length=MOST_TICKETS), AfterValidator(_each_once)]
Filters = Annotated[TicketQuery, AfterValidator(_without_page)]
SomeTags = Annotated[list[Tag], Field(max_length=MOST_TAGS)]


class BulkChange(Input):
    """What is changed, the same on each ticket. Fields that are left out stay as they are; null clears the assignee or
    the team. Tags are added and removed one by one, because each ticket has others."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "closed", "reason": "solved"}]})

    assignee: Id | None = Field(default=None, description="Leaves the team as it is.")
    team: Slug | None = Field(default=None, description="Leaves the assignee as they are.")
    status: Annotated[Status | None, NotNull] = None
    reason: Annotated[ClosedReason | None, NotNull] = Field(
        default=None, description="Goes with the status closed; solved when left out."
    )
    starts_work: bool = Field(
        default=False, description="Goes with the status closed: makes open tickets active first, in the same step."
    )
    stage: Annotated[Slug | None, NotNull] = Field(
        default=None, description="A stage of another status is that transition."
    )
    despite_blockers: bool = Field(
        default=False, description="Goes with the status closed, or a stage of closed tickets: " + DESPITE
    )
    category: Annotated[Slug | None, NotNull] = None
    priority: Annotated[Priority | None, NotNull] = None
    tags_added: SomeTags = Field(default=[])
    tags_removed: SomeTags = Field(default=[])

    @model_validator(mode="after")
    def is_one_change(self) -> Self:
        named = self.model_fields_set - {"reason", "starts_work", "despite_blockers", "tags_added", "tags_removed"}
        if not (named or self.tags_added or self.tags_removed):
            raise ValueError("names nothing to change")
        if {"status", "stage"} <= named:
            raise ValueError("status and stage do not go together: a stage belongs to a status")
        if (self.reason or self.starts_work) and self.status is not Status.CLOSED:
            raise ValueError("reason and starts_work go with the status closed only")
        if self.despite_blockers and self.stage is None and self.status is not Status.CLOSED:
            raise ValueError("despite_blockers goes with the status closed or a stage only")
        if both := set(self.tags_added) & set(self.tags_removed):
            raise ValueError(f"adds and removes the tag {min(both)}")
        return self


class BulkTickets(Input):
    """Which tickets: by their ids, or all that a list finds."""

    ids: Annotated[Ids | None, NotNull] = None
    query: Annotated[Filters | None, NotNull] = Field(
        default=None, description="The filters of GET /tickets, without `limit` and `cursor`."
    )

    @model_validator(mode="after")
    def is_one_selection(self) -> Self:
        if (self.ids is None) == (self.query is None):
            raise ValueError("takes either ids or query")
        return self


class BulkPreviewCreate(BulkTickets):
    """Without `change`, the answer only says which tickets there are. If the query finds more than 1,000 tickets, the
    answer is about the first 1,000 of them."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"query": {"tag": ["outage"]}, "change": {"priority": "high"}}]}
    )

    change: Annotated[BulkChange | None, NotNull] = None


class BulkCreate(BulkTickets):
    """Refused if the query finds more than 1,000 tickets. With `versions`, tickets that were changed since are not
    changed; the preview says the versions."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"ids": [12, 15], "versions": [3, 1], "change": {"priority": "high"}}]}
    )

    change: BulkChange
    versions: Annotated[list[Version] | None, NotNull] = Field(
        default=None, max_length=MOST_TICKETS, description="The version of each of `ids` that was seen."
    )

    @model_validator(mode="after")
    def has_a_version_for_each(self) -> Self:
        if self.versions is not None and len(self.versions) != len(self.ids or []):
            raise ValueError("versions: one for each of ids")
        return self


class BulkWait(Input):
    wait_seconds: float = Field(
        default=30.0,
        ge=0,
        le=LONGEST_WAIT_SECONDS,
        description="How long to wait for the end. The work goes on afterwards; the answer then says how far it is.",
    )


class BulkState(StrEnum):
    """`stopped`: nobody works on it any more, because the person signed out or the service ended; it can be
    continued."""

    RUNNING = "running"
    STOPPED = "stopped"
    FINISHED = "finished"


class BulkRefusal(Output):
    """A ticket that was not changed, with the error that a change of this ticket alone would be answered with."""

    id: int
    error: str
    detail: str


class BulkTicket(Output):
    id: int
    version: int


class BulkPreview(Output):
    """What a change would do now. `tickets` are those that may be read, in the order of the list or of the ids."""

    tickets: list[BulkTicket]
    found_more: bool = Field(description="Whether the query finds more tickets than one change may have.")
    done: int = Field(description="How many tickets it would be done on, with those that are as wanted already.")
    unchanged: int = Field(description="How many of these are as wanted already.")
    refused: list[BulkRefusal]


class BulkBrief(Output):
    """A change of many tickets. `change` is as it was asked for. `done` and `refusals` together are how many of the
    `total` tickets were dealt with so far."""

    id: int
    change: dict[str, Any]
    state: BulkState
    total: int
    done: int = Field(description="On how many tickets it was done, with those that were as wanted already.")
    unchanged: int = Field(description="How many of these were as wanted already.")
    refusals: int
    created_at: datetime
    finished_at: datetime | None


class BulkRead(BulkBrief):
    refused: list[BulkRefusal]
