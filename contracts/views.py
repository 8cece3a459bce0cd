"""Saved views of the queue: filters, an order and the columns to show, under a name."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, get_origin

from pydantic import AfterValidator, Field, StringConstraints, ValidationError

from contracts.base import Input, Name, NoNul, NotNull, Output, Slug, Version
from contracts.people import PersonBrief
from contracts.teams import TeamBrief
from contracts.tickets import TicketQuery

MOST_COLUMNS = 30
MOST_POSITION = 10_000
# A view is the same list on every day, so it says neither which page is shown nor how long one is.
NOT_IN_VIEWS = frozenset({"limit", "cursor"})


class BuiltIn(StrEnum):
    """The views that everybody has."""

    MINE = "mine"
    UNASSIGNED = "unassigned"
    MY_TEAM = "my-team"
    ALL_OPEN = "all-open"
    OUR_TURN = "waiting-for-us"  # links have it from before the name on the screen


def ticket_query(query: Mapping[str, list[str]]) -> TicketQuery:
    """Returns the filters and the order of a view. Raises ValueError, which names the filter, for what a list would
    refuse, and for `limit` and `cursor`."""
    if refused := NOT_IN_VIEWS & set(query):
        raise ValueError(f"{min(refused)} does not belong in a view")
    given: dict[str, Any] = {}
    for name, values in query.items():
        field = TicketQuery.model_fields.get(name)
        if field is not None and get_origin(field.annotation) is not list:
            if len(values) > 1:
                raise ValueError(f"{name} takes one value")
            given[name] = values[0] if values else None
        else:
            given[name] = values
    try:
        return TicketQuery.model_validate({name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        raise ValueError(f"{first['loc'][0]}: {first['msg']}") from None


def view_query(query: TicketQuery) -> dict[str, list[str]]:
    """Returns a list's filters and order as a view holds them: each as its texts in an address, without defaults."""
    given = query.model_dump(exclude_defaults=True, exclude=set(NOT_IN_VIEWS))
    texts = {
        name: [_as_text(one) for one in (value if isinstance(value, list) else [value])]
        for name, value in given.items()
    }
    return {name: values for name, values in texts.items() if values}


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _checked(query: dict[str, list[str]]) -> dict[str, list[str]]:
    return view_query(ticket_query(query))


def refuse_twice(columns: list[str]) -> list[str]:
    if twice := [name for name in columns if columns.count(name) > 1]:
        raise ValueError(f"names {twice[0]} twice")
    return columns


Text = Annotated[str, StringConstraints(max_length=200), NoNul]
ViewQuery = Annotated[
    dict[Annotated[str, StringConstraints(max_length=40)], Annotated[list[Text], Field(max_length=50)]],
    Field(max_length=40, description="Filters and `sort` of `GET /tickets`, each with its values."),
    AfterValidator(_checked),
]
Column = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$", max_length=40)]
Columns = Annotated[list[Column], Field(max_length=MOST_COLUMNS), AfterValidator(refuse_twice)]
Position = Annotated[int, Field(ge=0, le=MOST_POSITION)]


class ViewCreate(Input):
    """`columns`: the names of the columns to show, in order; none means those that the page shows by default. `team`:
    the slug of one's own team, whose people then find the view too. Without `position`, it comes last of one's own."""

    name: Name
    query: ViewQuery = Field(default={})
    columns: Columns = Field(default=[])
    is_dense: bool = True
    team: Slug | None = None
    position: Position | None = None


class ViewUpdate(Input):
    """Fields that are left out stay as they are; null shares the view with nobody."""

    version: Version = Field(description="The version that was seen; a stale one is 409 with the present view.")
    name: Annotated[Name | None, NotNull] = None
    query: Annotated[ViewQuery | None, NotNull] = None
    columns: Annotated[Columns | None, NotNull] = None
    is_dense: Annotated[bool | None, NotNull] = None
    team: Slug | None = None
    position: Annotated[Position | None, NotNull] = None


class ViewRead(Output):
    """A view that everybody has holds a `slug`, and no `id`, `owner` and `version`; a saved one the other way round.
    `position`: views are shown in this order, equal ones by their ids."""

    id: int | None
    slug: BuiltIn | None
    name: str
    query: dict[str, list[str]]
    columns: list[str]
    is_dense: bool
    team: TeamBrief | None
    owner: PersonBrief | None
    is_mine: bool
    may_change: bool = Field(description="Whether the asking person may change and delete it.")
    version: int | None
    position: int

    @property
    def key(self) -> BuiltIn | int:
        """What `ViewCount.view` calls it."""
        if self.slug is not None:
            return self.slug
        assert self.id is not None
        return self.id


class ViewCount(Output):
    """How many tickets a view finds that the asking person may read. Counting stops at 999; then `capped` is true, and
    there are more. `total` is null where counting took too long."""

    view: BuiltIn | int = Field(description="The slug or the id.")
    total: int | None
    capped: bool


class ViewCounts(Output):
    counts: list[ViewCount]
