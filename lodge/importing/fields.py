"""From a row's texts to a ticket's checked values."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from contracts.base import Line, Name, Paragraphs, Room, Tag, name_key
from contracts.categorising import CategoryBy
from contracts.people import Role
from contracts.tickets import Priority, Status
from data_api.slugs import slug_from
from data_api.tickets.titles import title_from
from lodge.importing.drafts import PersonDraft, Stage, TicketDraft
from lodge.importing.mapping import FileFormat, LogTicket, ValueRule
from lodge.importing.refusals import RowRefused
from lodge.importing.templates import Row
from lodge.terminal import quoted

T = TypeVar("T")
LINE, NAME, PARAGRAPHS, ROOM, TAG, SOURCE_ID = map(TypeAdapter, (Line, Name, Paragraphs, Room, Tag, Line))
PRIORITIES = [priority.value for priority in Priority]


@dataclass(frozen=True)
class Lists:
    """The desk's short lists: category slugs, the default first; stages in the board's order; buildings' slugs and
    names."""

    categories: list[str]
    stages: list[Stage]
    buildings: dict[str, str]

    def first_stage(self, status: Status) -> Stage:
        return next(stage for stage in self.stages if stage.status is status)


class FieldReader:
    """Every method raises `RowRefused` with the field's name and what is wrong with it."""

    def __init__(self, lists: Lists, form: FileFormat, zone: ZoneInfo, *, adds_buildings: bool) -> None:
        self.lists = lists
        self.time_format = form.time_format
        self.zone = ZoneInfo(form.time_zone) if form.time_zone else zone
        self.adds_buildings = adds_buildings

    def draft(self, rules: LogTicket, row: Row, line: int, source_id: str, opened_at: datetime) -> TicketDraft:
        """A new, open ticket with what is common to all kinds of files."""
        description = checked(PARAGRAPHS, "description", rules.description.of(row))
        category = text_of(rules.category, row)
        return TicketDraft(
            line=line,
            source_id=checked(SOURCE_ID, "id", source_id),
            title=checked(LINE, "title", text_of(rules.title, row) or title_from(description)),
            description=description,
            category=self.category(category),
            category_by=CategoryBy.IMPORT if category else CategoryBy.DEFAULT,
            priority=self.priority(text_of(rules.priority, row)),
            building=self.building(text_of(rules.building, row)),
            room=checked(ROOM, "room", text_of(rules.room, row)) or None,
            requester=PersonDraft(Role.STUDENT, checked(NAME, "requester", rules.requester.of(row))),
            tags=sorted({checked(TAG, "tags", tag) for tag in (rule.of(row) for rule in rules.tags) if tag}),
            stage=self.lists.first_stage(Status.OPEN),
            opened_at=opened_at,
            modified_at=opened_at,
        )

    def category(self, slug: str) -> str:
        if slug and slug not in self.lists.categories:
            raise RowRefused(f"category: there is no {quoted(slug)}, only {', '.join(self.lists.categories)}")
        return slug or self.lists.categories[0]

    def priority(self, word: str) -> int:
        if word and word not in PRIORITIES:
            raise RowRefused(f"priority: there is no {quoted(word)}, only {', '.join(PRIORITIES)}")
        return PRIORITIES.index(word or Priority.NORMAL)

    def building(self, name: str) -> tuple[str, str] | None:
        """By its slug or its name, whatever their case."""
        if not name:
            return None
        slug = slug_from(name)
        by_name = {name_key(known): known_slug for known_slug, known in self.lists.buildings.items()}
        found = slug if slug in self.lists.buildings else by_name.get(name_key(name))
        if found:
            return found, self.lists.buildings[found]
        if not self.adds_buildings or not slug:
            raise RowRefused(f"building: there is no {quoted(name)} on this desk's list")
        return slug, checked(NAME, "building", name)

    def moment(self, field: str, text: str) -> datetime:
        """In UTC."""
        try:
            form = self.time_format
            moment = datetime.strptime(text, form) if form else datetime.fromisoformat(text)  # noqa: DTZ007
            return (moment if moment.tzinfo else moment.replace(tzinfo=self.zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            wanted = self.time_format or "ISO 8601, such as 2026-03-01T09:30:00"
            raise RowRefused(
                f"{field}: {quoted(text)} is no time ({wanted})" if text else f"{field}: is missing"
            ) from None


def text_of(rule: ValueRule | None, row: Row) -> str:
    return rule.of(row) if rule else ""


def checked(adapter: "TypeAdapter[str]", field: str, text: str) -> str:
    if not text and adapter is not ROOM:
        raise RowRefused(f"{field}: is missing")
    try:
        return adapter.validate_python(text)
    except ValidationError as error:
        raise RowRefused(f"{field}: {error.errors()[0]['msg']}") from None
