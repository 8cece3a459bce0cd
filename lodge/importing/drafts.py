"""A ticket that is about to be imported: its values are checked and converted, and it has no ids yet."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from contracts.categorising import CategoryBy
from contracts.links import LinkKind
from contracts.people import Role
from contracts.tickets import EventKind, Status, WaitsFor

ACTIVITY = "activity"  # the kind of an event for which Lodge has no kind of its own; its value is the file's text


class PersonDraft(NamedTuple):
    role: Role
    name: str


Said = str | PersonDraft | None  # a value in a ticket's history


class Stage(NamedTuple):
    slug: str
    status: Status
    waits_for_requester: bool


@dataclass(frozen=True)
class EventDraft:
    kind: str
    before: Said
    now: Said
    actor: PersonDraft | None
    at: datetime


class NoteDraft(NamedTuple):
    """An internal note."""

    body: str
    author: PersonDraft
    at: datetime


class LinkDraft(NamedTuple):
    """A link to the ticket that the same source knows by the id `other`."""

    kind: LinkKind
    other: str


@dataclass
class TicketDraft:
    """`line` is the ticket's (first) line in the file; category and building are (slug, name), team is a slug. `plain`
    holds, by name, the fields that are stored as they were read. `files` are names in the folder of files."""

    line: int
    source_id: str
    title: str
    description: str
    category: tuple[str, str]
    category_by: CategoryBy
    priority: int
    building: tuple[str, str] | None
    team: str | None
    plain: dict[str, Any]
    requester: PersonDraft
    tags: list[str]
    stage: Stage
    opened_at: datetime
    modified_at: datetime
    closed_at: datetime | None = None
    first_response_at: datetime | None = None
    assignee: PersonDraft | None = None
    events: list[EventDraft] = field(default_factory=list)
    notes: list[NoteDraft] = field(default_factory=list)
    links: list[LinkDraft] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    def record(self, kind: str, before: Said, now: Said, actor: PersonDraft | None, at: datetime) -> None:
        self.events.append(EventDraft(str(kind), before, now, actor, at))

    def move(self, stage: Stage, actor: PersonDraft | None, at: datetime) -> None:
        """Moves the ticket to another stage, and records the change of stage and, if it changes too, of status."""
        if stage.status != self.stage.status:
            self.record(EventKind.STATUS, self.stage.status.value, stage.status.value, actor, at)
        if stage.slug != self.stage.slug:
            self.record(EventKind.STAGE, self.stage.slug, stage.slug, actor, at)
        self.closed_at = at if stage.status is Status.CLOSED else None
        self.stage = stage

    def assign(self, assignee: PersonDraft, actor: PersonDraft | None, at: datetime) -> None:
        if self.assignee != assignee:
            self.record(EventKind.ASSIGNEE, self.assignee, assignee, actor, at)
        self.assignee = assignee

    @property
    def waits_for(self) -> WaitsFor | None:
        """Returns whom the ticket waits for. Its stage decides, because the file contains no messages that would show
        whose turn it is."""
        if self.stage.status is Status.CLOSED:
            return None
        return WaitsFor.REQUESTER if self.stage.waits_for_requester else WaitsFor.DESK

    @property
    def people(self) -> set[PersonDraft]:
        told = [said for event in self.events for said in (event.actor, event.before, event.now)]
        authors = [note.author for note in self.notes]
        return {one for one in (self.requester, self.assignee, *authors, *told) if isinstance(one, PersonDraft)}
