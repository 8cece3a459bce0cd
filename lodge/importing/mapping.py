"""What a mapping file may say. `docs/importing.md` lists every key; `docs/examples` has one of each kind."""

import codecs
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    create_model,
    model_validator,
)

from contracts.base import Input, NoNul, Slug
from contracts.errors import reason
from data_api.tickets import fields
from lodge.errors import LodgeError
from lodge.importing import templates
from lodge.importing.moments import check_time_format, literal_zone
from lodge.importing.templates import Row, check_template, column_name, columns_of, fill, parts_of
from lodge.importing.yaml_text import read_yaml
from lodge.terminal import quoted
from service_kit.settings import known_timezone

SHOWN_COLUMNS = 50
SHOWN_PROBLEMS = 20
HEADER_LINES = 50  # the line that names the columns stands among the first so many


def _known_encoding(name: str) -> str:
    try:
        codec = codecs.lookup(name)
        codec.incrementaldecoder("surrogateescape").decode(b"a")
        "a".encode(name)  # some are known, but between bytes and bytes
    except (LookupError, UnicodeError, TypeError, AssertionError, ValueError):
        raise ValueError(f"{quoted(name)} is no encoding, such as utf-8, cp1252 or latin-1") from None
    if codec.name in {"punycode", "unicode_escape", "raw_unicode_escape", "idna", "utf-7"}:
        raise ValueError(f"{quoted(name)} is no encoding of files, such as utf-8, cp1252 or latin-1")
    return codec.name


def _as_value(given: Any) -> Any:
    """A plain text is a template without more to say."""
    if isinstance(given, dict) and given and not set(given) & set(VALUE_KEYS) and not any(given.values()):
        name = quoted(next(iter(given)))[1:-1]
        raise ValueError(f'a template stands in quotation marks: "{{{name}}}"')
    return {"from": given} if isinstance(given, str) else given


class Part(Input):
    """Numbers are texts here: `values: {1: low}` means the text 1."""

    model_config = ConfigDict(coerce_numbers_to_str=True)


Template = Annotated[str, AfterValidator(check_template)]


class ValueRule(Part):
    """One value: a template or the exact name of a column, what its outcomes mean, what is taken for an outcome that is
    not listed, and what when there is none. Outcomes, `otherwise` and `default` are templates too.

    `take` says which of the columns counts whose name stands more than once in the header: the first or last one that
    holds something, all of them joined, or the column at that place, the leftmost being 1.
    """

    template: Template = Field(alias="from", default="")
    column: Annotated[str, AfterValidator(column_name), StringConstraints(min_length=1)] | None = None
    take: Literal["first", "last", "all"] | Annotated[int, Field(ge=1, le=10_000)] | None = None
    values: dict[str, Template] = Field(default_factory=dict)
    otherwise: Template | None = None
    default: Template = ""

    @model_validator(mode="after")
    def says_one_thing(self) -> "ValueRule":
        if self.column and self.template:
            raise ValueError("either 'from' or 'column' says what is taken")
        if self.otherwise is not None and not self.values:
            raise ValueError("'otherwise' is for what 'values' does not list, and there is no 'values'")
        return self

    def of(self, row: Row) -> str:
        """Empty when the row says nothing and there is no default."""
        pick = self._picker(row)
        return self._said(pick) or fill(parts_of(self.default), pick)

    def each(self, row: Row) -> list[str]:
        """One value for each of the columns that have the same name."""
        if self.take is not None:
            return list(filter(None, [self.of(row)]))
        count = max((len(row.columns[column]) for column in self.columns), default=1)
        said = [text for place in range(count) if (text := self._said(self._picker(row, place)))]
        return said or list(filter(None, [fill(parts_of(self.default), self._picker(row, 0))]))

    @property
    def columns(self) -> list[str]:
        """All that it names."""
        more = [self.default, *([self.otherwise] if self.otherwise is not None else []), *self.values.values()]
        return [*columns_of(self._parts), *(name for template in more for name in columns_of(parts_of(template)))]

    @property
    def _parts(self) -> tuple[templates.Part, ...]:
        return (templates.Part("", self.column),) if self.column else parts_of(self.template)

    def _said(self, pick: Callable[[str], str]) -> str:
        text = fill(self._parts, pick)
        if text in self.values:
            return fill(parts_of(self.values[text]), pick)
        if text and self.otherwise is not None:
            return fill(parts_of(self.otherwise), pick)
        return text

    def _picker(self, row: Row, place: int | None = None) -> Callable[[str], str]:
        """`place`: which of the columns with the same name."""

        def pick(column: str) -> str:
            found = row.all(column)
            if len(found) == 1:
                return found[0]
            if place is not None:
                return found[place]
            if isinstance(self.take, int):
                return found[self.take - 1]
            filled = [text.strip() for text in found if text.strip()]
            if self.take == "all":
                return ", ".join(filled)
            return (filled or [""])[-1 if self.take == "last" else 0]

        return pick


VALUE_KEYS = [field.alias or name for name, field in ValueRule.model_fields.items()]
Value = Annotated[ValueRule, BeforeValidator(_as_value)]


class FileFormat(Part):
    """How the file is read. Times are ISO 8601 when there is no format; those without a zone are in `time_zone`,
    the desk's own when that is left out. `header_line` is found by the columns' names when it is left out."""

    delimiter: Annotated[str, StringConstraints(pattern=r'^[^"\r\n\x00]$')] = ","
    encoding: Annotated[str, AfterValidator(_known_encoding)] = "utf-8"
    header_line: Annotated[int, Field(ge=1, le=HEADER_LINES)] | None = None
    time_format: Annotated[str, AfterValidator(check_time_format)] | None = None
    time_zone: Annotated[str, AfterValidator(known_timezone)] | None = None

    @model_validator(mode="after")
    def names_its_zone(self) -> "FileFormat":
        zone = literal_zone(self.time_format or "")
        if zone and not self.time_zone:
            raise ValueError(
                f"time_format {quoted(self.time_format or '')}: the letters {zone} are passed over there. Write %Z for "
                "a zone's name, %z for Z or an offset, or say `time_zone`"
            )
        return self


T = TypeVar("T", bound=Part)
# Fields of which a row says nothing but what is stored: they need no line anywhere in this package. Title and
# description stand for each other.
PLAIN = [name for name in fields.PLAIN if name not in {"title", "description"}]


def with_plain_fields(part: type[T]) -> type[T]:
    """With a key for each of them."""
    keys: dict[str, Any] = dict.fromkeys(PLAIN, (Value | None, None))
    return create_model(part.__name__, __base__=part, __module__=part.__module__, __doc__=part.__doc__, **keys)


@with_plain_fields
class LogTicket(Part):
    """What a case's first event says of its ticket."""

    description: Value
    requester: Value
    title: Value | None = None
    category: Value | None = None
    priority: Value | None = None
    building: Value | None = None
    tags: list[Value] = Field(default_factory=list)


class CsvTicket(LogTicket):
    """What a row says of its ticket. Without an id a row is known by what it holds."""

    opened_at: Value
    id: Value | None = None
    acknowledged_at: Value | None = None
    first_response_at: Value | None = None
    reopened_at: Value | None = None
    closed_at: Value | None = None
    status: Value | None = None
    assignee: Value | None = None


class Event(Part):
    """What a line of the log says. `resource` is the member of staff who did it."""

    case: Value
    activity: Value
    time: Value
    resource: Value | None = None


class Lifecycle(Part):
    """What activities do. `active` ones take a ticket on: their resource becomes its assignee. `stages` move it to a
    column of the board, `resumes` back to the first active one. `closed` ones close it, until something else
    happens. `first_response` ones are the desk's first answer."""

    active: list[str]
    closed: list[str]
    stages: dict[str, Slug] = Field(default_factory=dict)
    resumes: list[str] = Field(default_factory=list)
    first_response: list[str] = Field(default_factory=list)


class MappingBase(Part):
    """`source` names where the tickets come from: the same source and id are the same ticket."""

    source: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60), NoNul]
    file: FileFormat = Field(default_factory=FileFormat)
    unknown_buildings: Literal["add", "refuse"] = "refuse"
    unknown_categories: Literal["add", "default", "refuse"] = "refuse"
    too_long: Literal["refuse", "cut"] = "refuse"
    future: Literal["refuse", "keep"] = "refuse"
    html: Literal["auto", "yes", "no"] = "auto"


class TicketsMapping(MappingBase):
    """A status and a closing time that do not fit each other are refused, or read as the two keys say."""

    kind: Literal["tickets"]
    closed_without_date: Literal["refuse", "when-opened", "open"] = "refuse"
    open_with_date: Literal["refuse", "open", "closed"] = "refuse"
    ticket: CsvTicket


class EventLogMapping(MappingBase):
    kind: Literal["event-log"]
    event: Event
    lifecycle: Lifecycle
    ticket: LogTicket


Mapping = TicketsMapping | EventLogMapping
KINDS: dict[str, type[TicketsMapping] | type[EventLogMapping]] = {
    "tickets": TicketsMapping,
    "event-log": EventLogMapping,
}


def load_mapping(path: Path) -> Mapping:
    """Raises `LodgeError` that names each wrong key."""
    said = read_yaml(path)
    kind = said.get("kind") if isinstance(said, dict) else None
    if not isinstance(kind, str) or kind not in KINDS:
        raise LodgeError(f"{path}: the key 'kind' must say what the file holds: {' or '.join(KINDS)}")
    try:
        return KINDS[kind].model_validate(said)
    except ValidationError as error:
        wrong = [f"{_key(item['loc'])}: {reason(item['msg'])}" for item in error.errors()]
        raise LodgeError(f"{path}: these keys are wrong:\n  " + "\n  ".join(_first(wrong))) from None


def _key(path: tuple[str | int, ...]) -> str:
    return ".".join(quoted(part)[1:-1] if isinstance(part, str) else str(part) for part in path)


def _first(problems: list[str]) -> list[str]:
    more = len(problems) - SHOWN_PROBLEMS
    return problems[:SHOWN_PROBLEMS] + ([f"… and {more:,} more"] if more > 0 else [])


class NamedRule(NamedTuple):
    """A rule and where it stands in the mapping. `takes_many`: it fills a field that holds several values."""

    key: str
    rule: ValueRule
    takes_many: bool


def wanted_columns(mapping: Mapping) -> set[str]:
    """Every column that the mapping names."""
    return {column for named in _rules(mapping, "") for column in named.rule.columns}


def check_columns(mapping: Mapping, header: list[str]) -> None:
    """Raises `LodgeError` when a rule names a column that the file does not have, or that it has several times while
    the field takes one value."""
    places = templates.places(header)
    missing = [
        f"{named.key}: there is no column {quoted(column)}"
        for named in _rules(mapping, "")
        for column in dict.fromkeys(named.rule.columns)
        if column not in places
    ]
    if missing:
        raise LodgeError(
            "The mapping does not fit the file:\n  "
            + "\n  ".join(_first(missing))
            + f"\nIt has: {_named(header)}"
            + _separator_hint(header)
            + _braces_hint(header)
        )
    repeated = [problem for named in _rules(mapping, "") for problem in _repeated(named, places)]
    if repeated:
        raise LodgeError("The mapping does not fit the file:\n  " + "\n  ".join(_first(repeated)))


def _repeated(named: NamedRule, places: dict[str, list[int]]) -> Iterator[str]:
    several = [column for column in dict.fromkeys(named.rule.columns) if len(places[column]) > 1]
    take = named.rule.take
    for column in several:
        count = len(places[column])
        if isinstance(take, int) and take > count:
            yield f"{named.key}: the column {quoted(column)} stands {count} times, so there is no number {take}"
        if take is None and not named.takes_many:
            yield (
                f"{named.key}: the column {quoted(column)} stands {count} times. Say which one counts with `take`: "
                "first, last, all or its number"
            )
    if take is None and named.takes_many and len(several) > 1:
        names = ", ".join(map(quoted, several))
        yield f"{named.key}: the columns {names} stand several times: name one of them, or say `take`"


def _separator_hint(header: list[str]) -> str:
    """One wide column is a table whose separator was not told."""
    signs = [sign for sign in ";,\t|" if len(header) == 1 and sign in header[0]]
    return f"\nIts columns look separated by {signs[0]!r}: say so with 'delimiter' under 'file'." if signs else ""


def _braces_hint(header: list[str]) -> str:
    has_braces = any("{" in name or "}" in name for name in header)
    return "\nA column with braces in its name is named by 'column' instead of 'from'." if has_braces else ""


def _named(header: list[str]) -> str:
    more = f" and {len(header) - SHOWN_COLUMNS:,} more" if len(header) > SHOWN_COLUMNS else ""
    return ", ".join(map(quoted, header[:SHOWN_COLUMNS])) + more


def _rules(part: object, key: str, *, takes_many: bool = False) -> Iterator[NamedRule]:
    if isinstance(part, ValueRule):
        yield NamedRule(key, part, takes_many)
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from _rules(getattr(part, name), f"{key}.{name}".lstrip("."))
    elif isinstance(part, list):
        for number, item in enumerate(part):
            yield from _rules(item, f"{key}.{number}", takes_many=True)
