"""The table of a ticket's fields: how each is read, who may change it and how, what the history records of a change,
and how lists filter and sort by it.

The names are those of the contracts. Rows, the presenter, changes, the rules of editing, the filters and orders of
lists, the columns of exports, and the fields that an import can set are derived from `FIELDS`: a new field is one more
entry.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Integer,
    Interval,
    Select,
    SQLColumnExpression,
    bindparam,
    case,
    exists,
    extract,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import InstrumentedAttribute, aliased
from sqlalchemy.orm.util import AliasedClass

from contracts.assignment import AssignmentReason
from contracts.people import PersonBrief
from contracts.teams import NO_TEAM
from contracts.tickets import NOT_CLOSED, EventKind, Priority, Status
from data_api.access.reading import ALL_STATUSES, ME, Reads, readable_by
from data_api.files.repository import attachments_read, attachments_where
from data_api.kit.paging import CursorType, OrNull
from data_api.lists.lookups import Lookups
from data_api.models import (
    Attachment,
    Building,
    Category,
    Person,
    Stage,
    Team,
    Ticket,
    TicketLink,
    TicketTag,
    TicketWatcher,
)
from data_api.models.ticket import MADE_UP_ID
from data_api.tickets.asker import Asker

PRIORITIES = list(Priority)
LIVE = frozenset(NOT_CLOSED)
CLOSED = frozenset({Status.CLOSED})
# Of a ticket whose moments are in order, each is not earlier than these. The others' tickets are in an index of their
# own, which is mostly empty.
EARLIER = {
    Ticket.closed_at: (Ticket.opened_at,),
    Ticket.last_message_at: (Ticket.opened_at,),
    Ticket.modified_at: (Ticket.opened_at, Ticket.closed_at, Ticket.last_message_at),
}
IS_OUT_OF_ORDER = or_(
    Ticket.opened_at > func.least(Ticket.closed_at, Ticket.last_message_at, Ticket.modified_at),
    Ticket.modified_at < func.greatest(Ticket.closed_at, Ticket.last_message_at),
)
# Few closed tickets are changed more than a week after they were closed; they too have an index of their own.
LATE = literal_column("interval '168 hours'", Interval)
CHANGED_AFTER_CLOSING = (Ticket.modified_at, Ticket.last_message_at)
# As in the index.
_modified, _closed = (
    extract("epoch", func.timezone(literal_column("'UTC'"), moment))
    for moment in (Ticket.modified_at, Ticket.closed_at)
)
IS_CHANGED_LATE = _modified - _closed > literal_column("604800")
# No person, stage or team has this id: a filter by it finds nothing.
NOTHING = 0

Attribute = InstrumentedAttribute[Any]
# Builds a condition, given whether there is only one value. The condition compares with a parameter and holds no value.
# One that `is_looked_up` also takes the columns to look at, those of `Ticket` by default.
Condition = Callable[..., ColumnElement[bool]]


class ToldPerson(NamedTuple):
    """A person in a line of the history, whose present name is shown when the line is read."""

    id: int


# A value in a line of the history.
Told = str | ToldPerson | None


@dataclass(frozen=True)
class Edit:
    """How a field is changed. `column`: the ticket's column, if its name is not the field's. `stored` converts the
    value that was sent to the value of the column; `told` converts that to the value in the history. `is_plain`: the
    value is stored as it was sent, and nothing follows from it."""

    kind: EventKind
    column: str | None = None
    by_requester: bool = False
    stored: Callable[[Lookups, Any], Any] = lambda _, value: value
    told: Callable[[Lookups, Any], Told] = lambda _, value: _as_text(value)
    is_plain: bool = False


@dataclass(frozen=True)
class Filter:
    """A filter of the list; `name` is its name in `TicketQuery`. `values` returns the values for each of its
    conditions; a condition without values is not applied. `statuses`: for conditions that only tickets of some statuses
    can meet, these statuses. `bounds`: what follows from the condition for other moments of the ticket, if these are in
    order. `late_bounds`: the same for tickets that are not changed late. `is_looked_up`: there is an index for the
    conditions, which has none of the list's orders."""

    name: str
    conditions: Mapping[str, Condition]
    values: Callable[[Any, Asker], Mapping[str, Sequence[Any]]]
    statuses: Mapping[str, frozenset[Status]] = field(default_factory=dict)
    bounds: Mapping[Attribute, ColumnElement[bool]] = field(default_factory=dict)
    late_bounds: Mapping[Attribute, ColumnElement[bool]] = field(default_factory=dict)
    is_looked_up: bool = False


class Sort(NamedTuple):
    """An order of the list. The last two columns are a moment, which should be in the past, and the ticket's id.
    `types` says what the columns' values may be in a cursor. The first column may hold NULLs: they come last in both
    directions. `valued`: the statuses whose tickets have a value there, if it depends on the status alone. `name` is
    what the order is called, if it is not called like the field."""

    columns: Sequence[Attribute]
    types: Sequence[CursorType]
    valued: frozenset[Status] | None = None
    name: str = ""


class Join(NamedTuple):
    """The join to the row that a column of the ticket refers to."""

    table: type[Any] | AliasedClass[Any]
    condition: ColumnElement[bool]
    is_optional: bool = False


@dataclass(frozen=True)
class Exported:
    """A column of an exported file. `value`: a text, number, truth or moment in SQL, which may use the field's
    `joined`; by default, the ticket's column with the field's name. `name`: the column's, if it is not the field's.
    `is_usual`: it is there unless columns are chosen. `is_for_staff`: others may not have it."""

    label: str
    value: ColumnElement[Any] | Attribute | None = None
    name: str = ""
    is_usual: bool = True
    is_for_staff: bool = False


@dataclass(frozen=True, kw_only=True)
class Field:
    """`read`: the columns that the field is made of, by the names of their values in a row; by default, the ticket's
    column with the field's name. `shown` converts these values to what the contract carries; by default, the first of
    them is carried unchanged. `exported`: what an exported file has of it."""

    name: str
    read: Mapping[str, SQLColumnExpression[Any]] = field(default_factory=dict)
    joined: Join | None = None
    shown: Callable[..., Any] | None = None
    edit: Edit | None = None
    filters: Sequence[Filter] = ()
    sort: Sort | None = None
    exported: Sequence[Exported] = ()

    @property
    def columns(self) -> Mapping[str, SQLColumnExpression[Any]]:
        return self.read or {self.name: getattr(Ticket, self.name)}


# -- kinds of changes -------------------------------------------------------------------------------------------------


def plain(kind: EventKind, *, by_requester: bool = False) -> Edit:
    """Returns the edit of a text, moment or number that is stored as it was sent, except that an empty text becomes
    NULL."""
    return Edit(kind, by_requester=by_requester, stored=lambda _, value: None if value == "" else value, is_plain=True)


def _as_text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)


def _person(_: Lookups, person_id: int | None) -> ToldPerson | None:
    return ToldPerson(person_id) if person_id else None


def _building_id(lookups: Lookups, slug: str | None) -> int | None:
    return lookups.building(slug).id if slug else None


def _building_slug(lookups: Lookups, building_id: int | None) -> str | None:
    building = lookups.building_by_id(building_id)
    return building.slug if building else None


def _team_id(lookups: Lookups, slug: str | None) -> int | None:
    return lookups.team(slug).id if slug else None


def _team_slug(lookups: Lookups, team_id: int | None) -> str | None:
    team = lookups.team_by_id(team_id)
    return team.slug if team else None


# -- kinds of filters -------------------------------------------------------------------------------------------------


def any_of(name: str, column: Attribute, stored: Callable[[Any], Any] = lambda value: value) -> Filter:
    """`stored` converts a value in the query to the value of the column."""
    return Filter(
        name, {name: partial(_is_any_of, column, name)}, lambda asked, _: {name: [stored(value) for value in asked]}
    )


def any_slug_of(name: str, column: Attribute, table: type[Category] | type[Building]) -> Filter:
    return Filter(name, {name: partial(_has_any_slug_of, column, table, name)}, lambda asked, _: {name: asked})


def any_person_of(name: str, column: Attribute) -> Filter:
    """In the query, `me` is the person who asks."""
    return Filter(name, {name: partial(_is_any_of, column, name)}, lambda asked, asker: {name: _people(asked, asker)})


def since(name: str, column: Attribute, statuses: frozenset[Status] = ALL_STATUSES) -> Filter:
    """`statuses`: those whose tickets have this moment."""
    later = [other for other, earlier in EARLIER.items() if column in earlier]
    return _by_moment(name, lambda moment: moment >= bindparam(name, type_=column.type), column, later, statuses)


def until(name: str, column: Attribute, statuses: frozenset[Status] = ALL_STATUSES) -> Filter:
    """Moments before this one, without the moment itself."""
    earlier = EARLIER.get(column, ())
    found = _by_moment(name, lambda moment: moment < bindparam(name, type_=column.type), column, earlier, statuses)
    if column is not Ticket.closed_at:
        return found
    is_before = {other: other < bindparam(name, type_=column.type) + LATE for other in CHANGED_AFTER_CLOSING}
    return replace(found, late_bounds=is_before)


def _by_moment(
    name: str,
    bound: Callable[[Attribute], ColumnElement[bool]],
    column: Attribute,
    others: Sequence[Attribute],
    statuses: frozenset[Status],
) -> Filter:
    return Filter(
        name,
        {name: lambda _: bound(column)},
        lambda asked, asker: {name: _in_zone(asked, asker)},
        {name: statuses},
        {other: bound(other) for other in others},
    )


def _in_zone(moment: datetime | None, asker: Asker) -> list[datetime]:
    if moment is None:
        return []
    return [moment if moment.tzinfo else moment.replace(tzinfo=asker.campus_zone)]


def _is_any_of(column: Attribute, name: str, is_one: bool) -> ColumnElement[bool]:
    """Compares with `=` where there is only one value, so that the index also supplies the list's order."""
    value = bindparam(name, type_=column.type, expanding=not is_one)
    return column == value if is_one else column.in_(value)


def _has_any_slug_of(
    column: Attribute, table: type[Category] | type[Building], name: str, is_one: bool
) -> ColumnElement[bool]:
    ids = select(table.id).where(_is_any_of(table.slug, name, is_one))
    return column == ids.scalar_subquery() if is_one else column.in_(ids)


def _people(values: Sequence[str], asker: Asker) -> list[int]:
    found = [person_id for value in values for person_id in _meant(value, asker)]
    return list(dict.fromkeys(found)) or ([NOTHING] if values else [])


def _meant(value: str, asker: Asker) -> Sequence[int]:
    if value == "me":
        return [asker.actor.person_id]
    return asker.team if value == "my-team" else [int(value)]


def _any_status() -> Filter:
    """Open and active together are the condition `live`, which has an index of its own."""

    def values(asked: Sequence[Status], _: Asker) -> Mapping[str, Sequence[Any]]:
        return {"live" if set(asked) == LIVE else "status": asked}

    conditions: dict[str, Condition] = {
        "live": lambda _: Ticket.status != Status.CLOSED,
        "status": partial(_is_any_of, Ticket.status, "status"),
    }
    return Filter("status", conditions, values, {"live": LIVE})


def _any_stage() -> Filter:
    """A stage belongs to one status. Where all stages asked for are of tickets that are not closed, or all of closed
    ones, the condition says that too: the few tickets that are not closed have indexes of their own."""

    def values(asked: Sequence[str], asker: Asker) -> Mapping[str, Sequence[Any]]:
        if not asked:
            return {}
        stages = [stage for stage in asker.lookups.stages if stage.slug in asked]
        statuses = {Status(stage.status) for stage in stages}
        name = "live_stage" if statuses <= LIVE else "closed_stage" if statuses <= CLOSED else "stage"
        return {name: [stage.id for stage in stages] or [NOTHING]}

    column = Ticket.stage_id
    conditions: dict[str, Condition] = {
        "stage": partial(_is_any_of, column, "stage"),
        "live_stage": lambda is_one: (Ticket.status != "closed") & _is_any_of(column, "live_stage", is_one),
        "closed_stage": lambda is_one: (Ticket.status == "closed") & _is_any_of(column, "closed_stage", is_one),
    }
    return Filter("stage", conditions, values, {"live_stage": LIVE, "closed_stage": CLOSED})


def _any_assignee() -> Filter:
    """Tickets of these assignees, unassigned tickets, or both."""

    def values(asked: Sequence[str], asker: Asker) -> Mapping[str, Sequence[Any]]:
        people = _people([value for value in asked if value != "none"], asker)
        if "none" not in asked:
            return {"assignee": people}
        return {"assignee_or_none": people} if people else {"unassigned": [True]}

    column, is_nobody = Ticket.assignee_id, Ticket.assignee_id.is_(None)
    conditions: dict[str, Condition] = {
        "assignee": partial(_is_any_of, column, "assignee"),
        "assignee_or_none": lambda is_one: or_(is_nobody, _is_any_of(column, "assignee_or_none", is_one)),
        "unassigned": lambda _: is_nobody,
    }
    return Filter("assignee", conditions, values)


def _any_team() -> Filter:
    """Tickets of these teams, tickets of no team, or both. The teams are looked up first, because the planner knows how
    many tickets a team has, but not what a subquery will return."""

    def values(asked: Sequence[str], asker: Asker) -> Mapping[str, Sequence[Any]]:
        if not asked:
            return {}
        teams = asker.teams_called([slug for slug in asked if slug != NO_TEAM]) or [NOTHING]
        if NO_TEAM not in asked:
            return {"team": teams}
        return {"without_team": [True]} if teams == [NOTHING] else {"team_or_none": teams}

    column, has_none = Ticket.team_id, Ticket.team_id.is_(None)
    conditions: dict[str, Condition] = {
        "team": partial(_is_any_of, column, "team"),
        "team_or_none": lambda is_one: or_(has_none, _is_any_of(column, "team_or_none", is_one)),
        "without_team": lambda _: has_none,
    }
    return Filter("team", conditions, values)


def _any_turn(is_one: bool) -> ColumnElement[bool]:
    """`waits_for` is NULL on closed tickets. The first condition only tells the planner that it may use the index on
    `waits_for`, which leaves closed tickets out."""
    return (Ticket.status != "closed") & _is_any_of(Ticket.waits_for, "waits_for", is_one)


def _by_blockers() -> list[Filter]:
    """Tickets that wait for others, and those that do not. Only tickets that the person may read and that are not
    closed block: the conditions differ by what is read, and so do their names. The tickets that wait are few, and are
    looked up; all others are found by any walk."""

    def values(wanted: bool, name: str) -> Callable[[Any, Asker], Mapping[str, Sequence[Any]]]:
        return lambda asked, asker: {f"{name} {asker.actor.reads}": [True]} if asked is wanted else {}

    waits = {f"blocked {reads}": partial(_is_blocked, reads) for reads in Reads}
    waits_not = {f"not blocked {reads}": partial(_is_not_blocked, reads) for reads in Reads}
    return [
        Filter("blocked", waits, values(True, "blocked"), dict.fromkeys(waits, LIVE), is_looked_up=True),
        Filter("blocked", waits_not, values(False, "not blocked")),
    ]


def _is_blocked(reads: Reads, _: bool, found: Any = Ticket) -> ColumnElement[bool]:
    is_blocked: ColumnElement[bool] = found.id.in_(_blocked(reads))
    return is_blocked if found is not Ticket else (Ticket.status != "closed") & is_blocked


def _is_not_blocked(reads: Reads, _: bool) -> ColumnElement[bool]:
    return Ticket.id.not_in(_blocked(reads))


def _blocked(reads: Reads) -> Select[int]:
    """Selects the tickets that wait for one that the person `me` may read; neither is closed. It is the same set for
    every ticket of a list, and so found once."""
    waiting = aliased(Ticket)
    return (
        select(TicketLink.other_id)
        .join(Ticket, Ticket.id == TicketLink.ticket_id)
        .join(waiting, waiting.id == TicketLink.other_id)
        .where(TicketLink.kind == literal_column("'blocks'"), Ticket.status != "closed", waiting.status != "closed")
        .where(readable_by(reads, LIVE))
        .correlate(None)
    )


def _any_tag(is_one: bool, found: Any = Ticket) -> ColumnElement[bool]:
    tagged = select(TicketTag.ticket_id).where(_is_any_of(TicketTag.tag, "tag", is_one))
    has_one: ColumnElement[bool] = found.id.in_(tagged)
    return has_one


def _room_begins(_: bool, found: Any = Ticket) -> ColumnElement[bool]:
    """In the form that the index needs. The text is a LIKE pattern."""
    return func.lower(found.room).like(func.lower(bindparam("room", type_=Ticket.room.type)))


def _is_followed(_: bool) -> ColumnElement[bool]:
    return Ticket.id.in_(select(TicketWatcher.ticket_id).where(TicketWatcher.person_id == ME))


def as_pattern(text: str) -> str:
    """Returns the LIKE pattern that finds this very text."""
    return re.sub(r"([\\%_])", r"\\\1", text)


# -- kinds of orders --------------------------------------------------------------------------------------------------


def by_time(moment: Attribute, valued: frozenset[Status] | None = None, name: str = "") -> Sort:
    """Sorts by a moment that should be in the past. Not every ticket needs to have it."""
    return Sort((moment, Ticket.id), (OrNull(datetime) if _may_be_null(moment) else datetime, int), valued, name)


def then_by_opening(column: Attribute, wanted: type | range) -> Sort:
    """Sorts by any other column and then by the time of opening. The column may also be a moment that not every ticket
    has, or that may be in the future."""
    types = (OrNull(wanted) if _may_be_null(column) else wanted, datetime, int)
    return Sort((column, Ticket.opened_at, Ticket.id), types)


def _may_be_null(column: Attribute) -> bool:
    return bool(Ticket.__table__.c[column.key].nullable)


# -- what is shown ----------------------------------------------------------------------------------------------------


def brief(person_id: int | None, name: str | None) -> PersonBrief | None:
    return PersonBrief(id=person_id, name=name) if person_id and name else None


def reason_read(stored: Mapping[str, Any] | None) -> AssignmentReason | None:
    return None if stored is None else AssignmentReason.model_validate(stored)


def external_number(source_id: str | None) -> str | None:
    return None if source_id is None or re.fullmatch(MADE_UP_ID, source_id) else source_id


def _priority_name() -> ColumnElement[str]:
    return case({place: literal(priority.value) for place, priority in enumerate(PRIORITIES)}, value=Ticket.priority)


def _tags_in_words() -> ColumnElement[str]:
    words = func.string_agg(TicketTag.tag, aggregate_order_by(literal_column("', '"), TicketTag.tag))
    return select(words).where(TicketTag.ticket_id == Ticket.id).scalar_subquery()


def count_of(table: Any, *which: ColumnElement[bool]) -> ColumnElement[int]:
    return select(func.count()).where(table.ticket_id == Ticket.id, *which).scalar_subquery()


_Requester, _Assignee, _LastAuthor = aliased(Person), aliased(Person), aliased(Person)

# The order matters, because PostgreSQL joins in the order that is written: the statement that finds the tickets of a
# list has its conditions in this order, and the one that then reads their rows its joins.
FIELDS = (
    Field(name="id", exported=[Exported("Number")]),
    Field(
        name="external_number",
        read={"source_id": Ticket.source_id},
        shown=external_number,
        exported=[
            Exported("Former number", case((Ticket.source_id.op("!~")(MADE_UP_ID), Ticket.source_id)), is_usual=False)
        ],
    ),
    Field(name="title", edit=plain(EventKind.TITLE, by_requester=True), exported=[Exported("Title")]),
    Field(name="description", edit=plain(EventKind.DESCRIPTION, by_requester=True), exported=[Exported("Description")]),
    Field(name="status", filters=[_any_status()], exported=[Exported("Status")]),
    Field(
        name="stage",
        read={"stage": Stage.slug},
        joined=Join(Stage, Stage.id == Ticket.stage_id),
        edit=Edit(
            EventKind.STAGE,
            "stage_id",
            stored=lambda lookups, slug: lookups.stage(slug).id,
            told=lambda lookups, stage_id: lookups.stage_by_id(stage_id).slug,
        ),
        filters=[_any_stage()],
        exported=[Exported("Stage", Stage.name)],
    ),
    Field(
        name="category",
        read={"category": Category.slug, "category_by": Ticket.category_by},
        joined=Join(Category, Category.id == Ticket.category_id),
        edit=Edit(
            EventKind.CATEGORY,
            "category_id",
            stored=lambda lookups, slug: lookups.category(slug).id,
            told=lambda lookups, category_id: lookups.category_by_id(category_id).slug,
        ),
        filters=[any_slug_of("category", Ticket.category_id, Category)],
        exported=[Exported("Category", Category.name)],
    ),
    Field(
        name="building",
        read={"building": Building.slug},
        joined=Join(Building, Building.id == Ticket.building_id, is_optional=True),
        edit=Edit(EventKind.BUILDING, "building_id", by_requester=True, stored=_building_id, told=_building_slug),
        filters=[any_slug_of("building", Ticket.building_id, Building)],
        exported=[Exported("Building", Building.name)],
    ),
    Field(
        name="priority",
        shown=PRIORITIES.__getitem__,
        edit=Edit(
            EventKind.PRIORITY,
            stored=lambda _, priority: PRIORITIES.index(priority),
            told=lambda _, place: PRIORITIES[place],
        ),
        filters=[any_of("priority", Ticket.priority, PRIORITIES.index)],
        sort=then_by_opening(Ticket.priority, range(len(PRIORITIES))),
        exported=[Exported("Priority", _priority_name())],
    ),
    Field(
        name="room",
        edit=plain(EventKind.ROOM, by_requester=True),
        filters=[
            Filter(
                "room",
                {"room": _room_begins},
                lambda asked, _: {"room": [f"{as_pattern(asked)}%"] if asked else []},
                is_looked_up=True,
            )
        ],
        exported=[Exported("Room")],
    ),
    Field(
        name="requester",
        read={"requester_id": Ticket.requester_id, "requester_name": _Requester.name},
        joined=Join(_Requester, _Requester.id == Ticket.requester_id),
        shown=brief,
        filters=[any_person_of("requester", Ticket.requester_id)],
        exported=[
            Exported("Requester", _Requester.name),
            Exported("Requester's number", Ticket.requester_id, name="requester_id", is_usual=False),
        ],
    ),
    Field(
        name="waits_for",
        filters=[
            Filter("waits_for", {"waits_for": _any_turn}, lambda asked, _: {"waits_for": asked}, {"waits_for": LIVE}),
            *_by_blockers(),
        ],
        exported=[Exported("Waits for")],
    ),
    Field(
        name="tags",
        read={"tags": select(func.array_agg(TicketTag.tag)).where(TicketTag.ticket_id == Ticket.id).scalar_subquery()},
        shown=lambda tags: sorted(tags or ()),
        edit=Edit(EventKind.TAGS),
        filters=[Filter("tag", {"tag": _any_tag}, lambda asked, _: {"tag": asked}, is_looked_up=True)],
        exported=[Exported("Tags", _tags_in_words())],
    ),
    Field(
        name="attachments",
        read={"attachments": attachments_where(Attachment.ticket_id == Ticket.id, Attachment.message_id.is_(None))},
        shown=attachments_read,
        exported=[Exported("Files", count_of(Attachment, Attachment.message_id.is_(None)), is_usual=False)],
    ),
    Field(
        name="is_followed",
        read={"is_followed": exists().where(TicketWatcher.ticket_id == Ticket.id, TicketWatcher.person_id == ME)},
        filters=[
            Filter("followed", {"followed": _is_followed}, lambda asked, _: {"followed": [True] if asked else []})
        ],
        exported=[
            Exported(
                "Followed by me",
                exists().where(TicketWatcher.ticket_id == Ticket.id, TicketWatcher.person_id == ME),
                is_usual=False,
            )
        ],
    ),
    Field(
        name="is_confidential",
        edit=Edit(EventKind.CONFIDENTIAL),
        filters=[
            Filter(
                "confidential",
                {"confidential": lambda _: Ticket.is_confidential.is_(True)},
                lambda asked, _: {"confidential": [True] if asked else []},
            )
        ],
        exported=[Exported("Confidential")],
    ),
    Field(
        name="opened_at",
        filters=[since("opened_after", Ticket.opened_at), until("opened_before", Ticket.opened_at)],
        sort=by_time(Ticket.opened_at),
        exported=[Exported("Opened")],
    ),
    Field(
        name="modified_at",
        filters=[since("modified_after", Ticket.modified_at), until("modified_before", Ticket.modified_at)],
        sort=by_time(Ticket.modified_at),
        exported=[Exported("Changed")],
    ),
    Field(
        name="closed_at",
        filters=[since("closed_after", Ticket.closed_at, CLOSED), until("closed_before", Ticket.closed_at, CLOSED)],
        sort=by_time(Ticket.closed_at, CLOSED),
        exported=[Exported("Closed")],
    ),
    Field(name="closed_reason", exported=[Exported("Closed because")]),
    Field(name="first_response_at", exported=[Exported("First response")]),
    Field(
        name="last_message_at",
        sort=by_time(Ticket.last_message_at, name="last_word"),
        exported=[Exported("Last message")],
    ),
    Field(
        name="last_message_by",
        read={"last_message_by_id": Ticket.last_message_author_id, "last_message_by_name": _LastAuthor.name},
        joined=Join(_LastAuthor, _LastAuthor.id == Ticket.last_message_author_id, is_optional=True),
        shown=brief,
        exported=[Exported("Last message by", _LastAuthor.name)],
    ),
    Field(
        name="reports",
        filters=[
            Filter(
                "reports_at_least",
                {"reports_at_least": lambda _: Ticket.reports >= bindparam("reports_at_least", type_=Integer)},
                lambda asked, _: {"reports_at_least": [asked] if asked else []},
            )
        ],
        sort=then_by_opening(Ticket.reports, int),
        exported=[Exported("Reports")],
    ),
    Field(name="version", exported=[Exported("Version", is_usual=False)]),
    Field(
        name="assignee",
        read={"assignee_id": Ticket.assignee_id, "assignee_name": _Assignee.name},
        joined=Join(_Assignee, _Assignee.id == Ticket.assignee_id, is_optional=True),
        shown=brief,
        edit=Edit(EventKind.ASSIGNEE, "assignee_id", told=_person),
        filters=[_any_assignee()],
        exported=[
            Exported("Assignee", _Assignee.name),
            Exported("Assignee's number", Ticket.assignee_id, name="assignee_id", is_usual=False),
        ],
    ),
    Field(
        name="team",
        read={"team": Team.slug},
        joined=Join(Team, Team.id == Ticket.team_id, is_optional=True),
        edit=Edit(EventKind.TEAM, "team_id", stored=_team_id, told=_team_slug),
        filters=[_any_team()],
        exported=[Exported("Team", Team.name)],
    ),
    Field(name="assigned_because", shown=reason_read),
)
EDITS = {one.name: one.edit for one in FIELDS if one.edit is not None}
PLAIN = [name for name, edit in EDITS.items() if edit.is_plain]
FILTERS = [one for field_ in FIELDS for one in field_.filters]
