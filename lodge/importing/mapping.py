"""What a mapping file may say. `docs/examples` has one of each kind, with comments."""

import codecs
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from contracts.base import Input, NoNul, Slug
from contracts.errors import reason
from lodge.errors import LodgeError
from lodge.importing.templates import Row, check_template, columns_of, fill
from lodge.terminal import quoted
from service_kit.settings import known_timezone

SHOWN_COLUMNS = 50


def _known_encoding(name: str) -> str:
    try:
        "a".encode(name)  # some are known, but between bytes and bytes
        return codecs.lookup(name).name
    except (LookupError, UnicodeError):
        raise ValueError(f"{quoted(name)} is no encoding, such as utf-8 or latin-1") from None


def _known_time_format(form: str) -> str:
    moment = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    try:
        datetime.strptime(moment.strftime(form), form)  # noqa: DTZ007 (whether it can be read at all)
    except (ValueError, re.error):
        raise ValueError(f"{quoted(form)} is no format that times can be read by, such as %d.%m.%Y %H:%M") from None
    return form


def _as_value(given: Any) -> Any:
    """A plain text is a template without more to say."""
    return {"from": given} if isinstance(given, str) else given


class Part(Input):
    """Numbers are texts here: `values: {1: low}` means the text 1."""

    model_config = ConfigDict(coerce_numbers_to_str=True)


class ValueRule(Part):
    """One value: a template, what its outcomes mean, and what is taken when there is none."""

    template: Annotated[str, AfterValidator(check_template)] = Field(alias="from", default="")
    values: dict[str, str] = Field(default_factory=dict)
    default: str = ""

    def of(self, row: Row) -> str:
        """Empty when the row says nothing and there is no default."""
        text = fill(self.template, row)
        return self.values.get(text, text) or self.default


Value = Annotated[ValueRule, BeforeValidator(_as_value)]


class FileFormat(Part):
    """How the file is read. Times are ISO 8601 when there is no format; those without a zone are in `time_zone`,
    the desk's own when that is left out."""

    delimiter: Annotated[str, StringConstraints(pattern=r'^[^"\r\n]$')] = ","
    encoding: Annotated[str, AfterValidator(_known_encoding)] = "utf-8"
    time_format: Annotated[str, AfterValidator(_known_time_format)] | None = None
    time_zone: Annotated[str, AfterValidator(known_timezone)] | None = None


class LogTicket(Part):
    """What a case's first event says of its ticket."""

    description: Value
    requester: Value
    title: Value | None = None
    category: Value | None = None
    priority: Value | None = None
    building: Value | None = None
    room: Value | None = None
    tags: list[Value] = Field(default_factory=list)


class CsvTicket(LogTicket):
    """What a row says of its ticket. Without an id a row is known by what it holds."""

    opened_at: Value
    id: Value | None = None
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


class TicketsMapping(MappingBase):
    kind: Literal["tickets"]
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
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:  # ValueError: other bytes than text, a 31st of February
        raise LodgeError(f"{path} cannot be read as YAML: {error}") from None
    if not isinstance(said, dict) or str(said.get("kind")) not in KINDS:
        raise LodgeError(f"{path}: the key 'kind' must say what the file holds: {' or '.join(KINDS)}")
    try:
        return KINDS[said["kind"]].model_validate(said)
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, item['loc']))}: {reason(item['msg'])}" for item in error.errors()]
        raise LodgeError(f"{path}: these keys are wrong:\n  " + "\n  ".join(wrong)) from None


def check_columns(mapping: Mapping, header: list[str]) -> None:
    """Raises `LodgeError` when a template names a column that the file does not have."""
    missing = [
        f"{key}: there is no column {quoted(column)}"
        for key, rule in _rules(mapping, "")
        for column in columns_of(rule.template)
        if column not in header
    ]
    if missing:
        raise LodgeError(
            "The mapping does not fit the file:\n  "
            + "\n  ".join(missing)
            + f"\nIt has: {_named(header)}"
            + _separator_hint(header)
        )


def _separator_hint(header: list[str]) -> str:
    """One wide column is a table whose separator was not told."""
    signs = [sign for sign in ";,\t|" if len(header) == 1 and sign in header[0]]
    return f"\nIts columns look separated by {signs[0]!r}: say so with 'delimiter' under 'file'." if signs else ""


def _named(header: list[str]) -> str:
    more = f" and {len(header) - SHOWN_COLUMNS:,} more" if len(header) > SHOWN_COLUMNS else ""
    return ", ".join(map(quoted, header[:SHOWN_COLUMNS])) + more


def _rules(part: object, key: str) -> Iterator[tuple[str, ValueRule]]:
    if isinstance(part, ValueRule):
        yield key, part
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from _rules(getattr(part, name), f"{key}.{name}".lstrip("."))
    elif isinstance(part, list):
        for number, item in enumerate(part):
            yield from _rules(item, f"{key}.{number}")
