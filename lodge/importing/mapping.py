"""The schema of mapping files. `docs/importing.md` lists every key; `docs/examples` has a file of each kind."""

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
from contracts.links import LinkKind
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
HEADER_LINES = 50  # the line with the columns' names is looked for among this many first lines


def _known_encoding(name: str) -> str:
    try:
        codec = codecs.lookup(name)
        codec.incrementaldecoder("surrogateescape").decode(b"a")
        "a".encode(name)  # fails for codecs that do not convert text to bytes
    except (LookupError, UnicodeError, TypeError, AssertionError, ValueError):
        raise ValueError(f"{quoted(name)} is no encoding, such as utf-8, cp1252 or latin-1") from None
    if codec.name in {"punycode", "unicode_escape", "raw_unicode_escape", "idna", "utf-7"}:
        raise ValueError(f"{quoted(name)} is no encoding of files, such as utf-8, cp1252 or latin-1")
    return codec.name


def _as_value(given: Any) -> Any:
    """Converts a plain text to a rule with only a template.

    Raises ValueError for a template without quotation marks, which YAML reads as a mapping.
    """
    if isinstance(given, dict) and given and not set(given) & set(VALUE_KEYS) and not any(given.values()):
        name = quoted(next(iter(given)))[1:-1]
        raise ValueError(f'a template stands in quotation marks: "{{{name}}}"')
    return {"from": given} if isinstance(given, str) else given


class Part(Input):
    """The base of all parts of a mapping. Numbers are read as texts: `values: {1: low}` means the text 1."""

    model_config = ConfigDict(coerce_numbers_to_str=True)


Template = Annotated[str, AfterValidator(check_template)]


class ValueRule(Part):
    """The rule for one value. Its text comes from a template (`from`) or from the column with the exact name `column`.

    `values` translates the text; `otherwise` replaces a text that `values` does not list, and `default` an empty one.
    The translations, `otherwise` and `default` are templates too.

    `take` chooses among several columns of the same name: the first or last one that is not empty, all of them joined,
    or the column at this position, counted from 1 at the left.
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
        """Returns the row's value; it is empty when the row's text is empty and there is no default."""
        pick = self._picker(row)
        return self._said(pick) or fill(parts_of(self.default), pick)

    def each(self, row: Row) -> list[str]:
        """Returns the values of all columns of the same name, or of the one that `take` chooses, except empty ones."""
        if self.take is not None:
            return list(filter(None, [self.of(row)]))
        count = max((len(row.columns[column]) for column in self.columns), default=1)
        said = [text for place in range(count) if (text := self._said(self._picker(row, place)))]
        return said or list(filter(None, [fill(parts_of(self.default), self._picker(row, 0))]))

    @property
    def columns(self) -> list[str]:
        """Returns every column that the rule names."""
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
        """Returns a function that gives a column's text. `place` chooses among columns of the same name."""

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


class ListRule(ValueRule):
    """The rule for several values. With `separator`, one text holds several, such as "wifi, printer"."""

    separator: Annotated[str, StringConstraints(min_length=1, max_length=10)] | None = None

    def items(self, row: Row) -> list[str]:
        """Returns the values, each once, in the order of the row; empty ones are left out."""
        texts = self.each(row)
        if self.separator is not None:
            texts = [part.strip() for text in texts for part in text.split(self.separator)]
        return list(dict.fromkeys(filter(None, texts)))


class LinkRule(ListRule):
    """The rule for the ids of other tickets of the same source to which a ticket is linked, all in the same way."""

    kind: LinkKind


VALUE_KEYS = [field.alias or name for name, field in ListRule.model_fields.items()]
Value = Annotated[ValueRule, BeforeValidator(_as_value)]
Listed = Annotated[ListRule, BeforeValidator(_as_value)]


class NoteRule(Part):
    """The rule for an internal note. Without `author`, the assignee wrote it; without `at`, it is as old as the last
    thing that the row tells of the ticket."""

    text: Value
    author: Value | None = None
    at: Value | None = None


class FileFormat(Part):
    """How the file is read. Without `time_format`, times are ISO 8601. Times without a zone are in `time_zone`, by
    default the campus's. Without `header_line`, the header is found by the columns' names."""

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
# Fields that are stored as the row gives them, and so need no code of their own in this package. Title and description
# are not among them, because each can be made from the other.
PLAIN = [name for name in fields.PLAIN if name not in {"title", "description"}]


def with_plain_fields(part: type[T]) -> type[T]:
    """Returns the class with an optional rule for each plain field."""
    keys: dict[str, Any] = dict.fromkeys(PLAIN, (Value | None, None))
    return create_model(part.__name__, __base__=part, __module__=part.__module__, __doc__=part.__doc__, **keys)


@with_plain_fields
class LogTicket(Part):
    """The rules for a ticket's fields, which are read from the first event of its case."""

    description: Value
    requester: Value
    title: Value | None = None
    category: Value | None = None
    priority: Value | None = None
    building: Value | None = None
    team: Value | None = None
    tags: list[Listed] = Field(default_factory=list)


class CsvTicket(LogTicket):
    """The rules for a ticket's fields, which are read from its row. Without `id`, a row's content identifies it."""

    opened_at: Value
    id: Value | None = None
    acknowledged_at: Value | None = None
    first_response_at: Value | None = None
    reopened_at: Value | None = None
    closed_at: Value | None = None
    status: Value | None = None
    assignee: Value | None = None
    attachments: list[Listed] = Field(default_factory=list)
    notes: list[NoteRule] = Field(default_factory=list)
    links: list[LinkRule] = Field(default_factory=list)


class Event(Part):
    """The rules for an event's fields, which are read from a line of the log. `resource` is the member of staff who
    did it."""

    case: Value
    activity: Value
    time: Value
    resource: Value | None = None


class Lifecycle(Part):
    """What activities do to a ticket. Those in `active` start the work: their resource becomes the assignee. Those in
    `stages` move the ticket to that stage of the board, those in `resumes` back to the first active stage. Those in
    `closed` close it until another activity follows. Those in `first_response` are the staff's first answer."""

    active: list[str]
    closed: list[str]
    stages: dict[str, Slug] = Field(default_factory=dict)
    resumes: list[str] = Field(default_factory=list)
    first_response: list[str] = Field(default_factory=list)


class MappingBase(Part):
    """`source` names the system that the tickets come from. Two tickets with the same source and id are the same."""

    source: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60), NoNul]
    file: FileFormat = Field(default_factory=FileFormat)
    unknown_buildings: Literal["add", "refuse"] = "refuse"
    unknown_categories: Literal["add", "default", "refuse"] = "refuse"
    too_long: Literal["refuse", "cut"] = "refuse"
    future: Literal["refuse", "keep"] = "refuse"
    html: Literal["auto", "yes", "no"] = "auto"


class TicketsMapping(MappingBase):
    """A row whose status and closing time contradict each other is refused, or read as `closed_without_date` and
    `open_with_date` say."""

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
    """Reads a mapping file. Raises `LodgeError` that names each wrong key."""
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
    """A rule and its key in the mapping. `takes_many` is true when its field holds several values."""

    key: str
    rule: ValueRule
    takes_many: bool


def wanted_columns(mapping: Mapping) -> set[str]:
    """Returns every column that the mapping names."""
    return {column for named in _rules(mapping, "") for column in named.rule.columns}


def check_columns(mapping: Mapping, header: list[str]) -> None:
    """Raises `LodgeError` when a rule names a column that the file does not have, or that it has several times although
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
    """Returns a hint when the whole header is one column that contains a separator, which the mapping should name."""
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
