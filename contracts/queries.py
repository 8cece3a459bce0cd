"""Saved queries of the SQL lab, and the history of what somebody ran there."""

from collections import Counter
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints, field_validator, model_validator

from contracts.base import MAX_ID, Input, Name, NoNul, Output, SearchText, Stripped, Version
from contracts.pages import PageQuery
from contracts.people import PersonBrief
from contracts.sql import Name as ParameterName
from contracts.sql import Statement
from contracts.sql_charts import SqlChart

MOST_PARAMETERS = 20
# More digits than any figure has, and few enough that the time of a statement can be added up.
LONGEST_MILLISECONDS = 1e12


def refuse_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be blank")
    return text


QueryText = Annotated[Statement, AfterValidator(refuse_blank)]
Description = Annotated[str, StringConstraints(max_length=2_000), Stripped, NoNul]
# What JSON and the database can both hold: no infinity, and no whole number above 2^63.
Default = (
    Annotated[str, StringConstraints(max_length=1_000), NoNul]
    | bool
    | Annotated[int, Field(ge=-MAX_ID, le=MAX_ID)]
    | Annotated[float, Field(allow_inf_nan=False)]
    | None
)


class ParameterKind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    YES_NO = "yes-no"


def kind_of(value: object) -> ParameterKind:
    """Returns the kind of a value. A text that is a date, such as "2026-11-30", is one."""
    if isinstance(value, bool):
        return ParameterKind.YES_NO
    if isinstance(value, int | float):
        return ParameterKind.NUMBER
    return ParameterKind.DATE if _is_date(value) else ParameterKind.TEXT


def _is_date(value: object) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


class QueryParameter(Input):
    """A value that the query asks for: `$name` in its text. Without `kind`, the default says of which kind it is. A
    date is a text such as "2026-11-30"."""

    name: ParameterName
    kind: ParameterKind = ParameterKind.TEXT
    default: Default = None

    @model_validator(mode="before")
    @classmethod
    def kind_of_default(cls, given: Any) -> Any:
        if isinstance(given, dict) and "kind" not in given:
            return {**given, "kind": kind_of(given.get("default"))}
        return given

    @model_validator(mode="after")
    def default_is_of_kind(self) -> "QueryParameter":
        is_text = self.kind is ParameterKind.TEXT and isinstance(self.default, str)
        if self.default is not None and not is_text and kind_of(self.default) is not self.kind:
            raise ValueError(f"the default of ${self.name} must be of the kind {self.kind}")
        return self


def refuse_twice(parameters: list[QueryParameter]) -> list[QueryParameter]:
    times = Counter(parameter.name.lower() for parameter in parameters)
    if twice := [name for name, often in times.items() if often > 1]:
        raise ValueError(f"names ${twice[0]} twice")
    return parameters


Parameters = Annotated[list[QueryParameter], Field(max_length=MOST_PARAMETERS), AfterValidator(refuse_twice)]


class SavedQueryCreate(Input):
    """`is_shared`: everybody who may run SQL finds the query and can run it, with their own rights."""

    name: Name
    description: Description = ""
    sql: QueryText
    chart: SqlChart | None = None
    parameters: Parameters = Field(default=[])
    is_shared: bool = False


class SavedQueryUpdate(Input):
    """Fields that are left out stay as they are; null removes the chart."""

    version: Version = Field(description="The version that was seen; a stale one is 409 with the present query.")
    name: Name | None = None
    description: Description | None = None
    sql: QueryText | None = None
    chart: SqlChart | None = None
    parameters: Parameters | None = None
    is_shared: bool | None = None

    @field_validator("name", "description", "sql", "parameters", "is_shared", mode="before")
    @classmethod
    def is_never_empty(cls, value: object) -> object:
        if value is None:
            raise ValueError("cannot be null; leave it out to keep it as it is")
        return value


class SavedQueryBrief(Output):
    """A saved query as lists show it, without its text."""

    id: int
    name: str
    description: str
    is_shared: bool
    owner: PersonBrief
    version: int
    created_at: datetime
    modified_at: datetime


class SavedQueryRead(SavedQueryBrief):
    sql: str
    chart: SqlChart | None
    parameters: list[QueryParameter]


class Whose(StrEnum):
    MINE = "mine"
    SHARED = "shared"


class SavedQueryQuery(PageQuery):
    """Selects saved queries by their owner, and by the beginning of any word of the name. Without `whose`: my own, and
    those that others share."""

    whose: Whose | None = None
    q: SearchText | None = None


class RunState(StrEnum):
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class QueryRunCreate(Input):
    """A statement that was run, and what became of it. `rows` is how many the result had, if there was one."""

    sql: QueryText
    state: RunState
    elapsed_ms: float = Field(ge=0, le=LONGEST_MILLISECONDS)
    rows: int | None = Field(default=None, ge=0, le=MAX_ID)


class QueryRunRead(Output):
    id: int
    sql: str
    state: RunState
    elapsed_ms: float
    rows: int | None
    ran_at: datetime
