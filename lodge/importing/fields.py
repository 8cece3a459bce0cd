"""Converts the texts of a row into the checked values of a ticket."""

import hashlib
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import count
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import DateTime

from contracts.base import Line, Name, Paragraphs, Tag, name_key
from contracts.categorising import CategoryBy
from contracts.people import Role
from contracts.tickets import Priority, Status, TicketUpdate
from data_api.kit.slugs import slug_from
from data_api.models import Ticket
from data_api.texts.titles import title_from
from lodge.importing.drafts import PersonDraft, Stage, TicketDraft
from lodge.importing.html_text import is_html, text_of_html
from lodge.importing.mapping import PLAIN, LogTicket, MappingBase, ValueRule
from lodge.importing.moments import MomentReader
from lodge.importing.refusals import RowRefused
from lodge.importing.templates import Row
from lodge.terminal import quoted

LINE, NAME, PARAGRAPHS, TAG, SOURCE_ID, SLUG_NAME = map(TypeAdapter, (Line, Name, Paragraphs, Tag, Line, Name))
PLAIN_FIELDS = {name: TypeAdapter[Any](TicketUpdate.model_fields[name].rebuild_annotation()) for name in PLAIN}
MOMENTS = [name for name in PLAIN if isinstance(Ticket.__table__.c[name].type, DateTime)]
SHORTENED = (
    LINE,
    PARAGRAPHS,
    TAG,
    *PLAIN_FIELDS.values(),
)  # may be cut if the mapping says so; names and ids may not, because a cut one would mean another person or ticket
PRIORITIES = [priority.value for priority in Priority]
T = TypeVar("T")
MAX_HTML = 200_000  # characters
MAX_NEW_CATEGORIES = 50
SHOWN_CATEGORIES = 10


@dataclass(frozen=True)
class Lists:
    """The lists of this installation: names of categories by slug, the default first; stages in the board's order;
    names of buildings and teams by slug."""

    categories: dict[str, str]
    stages: list[Stage]
    buildings: dict[str, str]
    teams: dict[str, str]

    def first_stage(self, status: Status) -> Stage:
        return next(stage for stage in self.stages if stage.status is status)


class FieldReader:
    """Reads the fields of a row. Every method raises `RowRefused` with the field's name and what is wrong with it."""

    def __init__(self, lists: Lists, mapping: MappingBase, moments: MomentReader) -> None:
        self.lists = lists
        self.mapping = mapping
        self.moments = moments
        self.slugs = {kind: _by_name(known) for kind, known in self._known.items()}
        # The key of the name that has each slug, including the slugs that this file adds.
        self.taken = {
            kind: {slug: name_key(name) for slug, name in known.items()} for kind, known in self._known.items()
        }

    @property
    def _known(self) -> dict[str, dict[str, str]]:
        return {"category": self.lists.categories, "building": self.lists.buildings, "team": self.lists.teams}

    def draft(self, rules: LogTicket, row: Row, line: int, source_id: str, opened_at: datetime) -> TicketDraft:
        """Returns a new, open ticket with the fields that all kinds of files have."""
        makers: dict[str, Callable[[], Any]] = {
            "source_id": lambda: checked(SOURCE_ID, "id", source_id),
            "texts": lambda: self._texts(rules, row),
            "category": lambda: self.category(text_of(rules.category, row)),
            "priority": lambda: self.priority(text_of(rules.priority, row)),
            "building": lambda: self.building(text_of(rules.building, row)),
            "team": lambda: self.team(text_of(rules.team, row)),
            "plain": lambda: self._plain_fields(rules, row),
            "requester": lambda: PersonDraft(Role.STUDENT, checked(NAME, "requester", rules.requester.of(row))),
            "tags": lambda: sorted({self.checked(TAG, "tags", tag) for rule in rules.tags for tag in rule.items(row)}),
        }
        made = _all_of(makers)
        (title, description), (category, category_by) = made.pop("texts"), made.pop("category")
        return TicketDraft(
            line=line,
            title=title,
            description=description,
            category=category,
            category_by=category_by,
            stage=self.lists.first_stage(Status.OPEN),
            opened_at=opened_at,
            modified_at=opened_at,
            **made,
        )

    def _plain_fields(self, rules: LogTicket, row: Row) -> dict[str, Any]:
        texts = {name: text_of(getattr(rules, name), row) for name in PLAIN}
        return _all_of({name: partial(self._plain_field, name, text) for name, text in texts.items() if text})

    def _plain_field(self, name: str, text: str) -> Any:
        if name in MOMENTS:
            return self.moments.read(name, text, may_lie_ahead=True).at
        value = self.checked(PLAIN_FIELDS[name], name, text)
        return None if value == "" else value

    def _texts(self, rules: LogTicket, row: Row) -> tuple[str, str]:
        """Returns title and description; when one of them is empty, it is made from the other."""
        title = " ".join(self.plain_text("title", text_of(rules.title, row)).split())
        description = self.plain_text("description", rules.description.of(row)) or title
        description = self.checked(PARAGRAPHS, "description", description)
        return self.checked(LINE, "title", title or title_from(description)), description

    def category(self, name: str) -> tuple[tuple[str, str], CategoryBy]:
        """Returns the category's slug and name, and who chose it."""
        default = next(iter(self.lists.categories.items()))
        if not name:
            return default, CategoryBy.DEFAULT
        if found := self._listed("category", name):
            return found, CategoryBy.IMPORT
        if self.mapping.unknown_categories == "default":
            return default, CategoryBy.DEFAULT
        if self.mapping.unknown_categories == "refuse":
            slugs = list(self.lists.categories)
            more = f" and {len(slugs) - SHOWN_CATEGORIES:,} more" if len(slugs) > SHOWN_CATEGORIES else ""
            raise RowRefused(
                f"category: there is no {quoted(name)}, only {', '.join(slugs[:SHOWN_CATEGORIES])}{more}",
                hint="Labels are translated by `values`, the rest of them by `otherwise`; `unknown_categories: add` "
                "makes categories of them, `unknown_categories: default` takes the desk's default.",
            )
        return self._new_category(name), CategoryBy.IMPORT

    def _new_category(self, name: str) -> tuple[str, str]:
        new = self._new("category", name)
        if len(self.taken["category"]) - len(self.lists.categories) > MAX_NEW_CATEGORIES:
            raise RowRefused(
                f"category: {quoted(name)} would be new, and more than {MAX_NEW_CATEGORIES} are not added at once",
                hint="Is the category's column the right one?",
            )
        return new

    def priority(self, word: str) -> int:
        if word and word.lower() not in PRIORITIES:
            raise RowRefused(
                f"priority: there is no {quoted(word)}, only {', '.join(PRIORITIES)}",
                hint="Priorities are translated by `values`, the rest of them by `otherwise`.",
            )
        return PRIORITIES.index(word.lower() or Priority.NORMAL)

    def building(self, name: str) -> tuple[str, str] | None:
        if not name:
            return None
        if found := self._listed("building", name):
            return found
        if self.mapping.unknown_buildings == "refuse":
            raise RowRefused(
                f"building: there is no {quoted(name)} on this desk's list",
                hint="`unknown_buildings: add` puts them on the list.",
            )
        return self._new("building", name)

    def team(self, name: str) -> str | None:
        """Returns the slug of the team. Teams are not added, because people belong to them."""
        if not name:
            return None
        if found := self._listed("team", name):
            return found[0]
        raise RowRefused(
            f"team: there is no {quoted(name)} on this desk",
            hint="Teams are added on the page Teams. Labels are translated by `values`, the rest of them by "
            '`otherwise`; `otherwise: ""` leaves such tickets without a team.',
        )

    def _listed(self, kind: str, name: str) -> tuple[str, str] | None:
        """Finds a known category, building or team by its name or its slug, ignoring case.

        The slug made from the name is not compared, because different names such as C++ and C# give the same slug.
        """
        known = self._known[kind]
        slug = self.slugs[kind].get(name_key(name), name.lower())
        return (slug, known[slug]) if slug in known else None

    def _new(self, kind: str, name: str) -> tuple[str, str]:
        """Returns slug and name of a new category or building. The slug is the first one that no other name has."""
        name = checked(SLUG_NAME, kind, name)
        key, taken = name_key(name), self.taken[kind]
        return next(slug for slug in _slugs(kind, name) if taken.setdefault(slug, key) == key), name

    def plain_text(self, field: str, text: str) -> str:
        """Converts HTML, in which some systems store their texts, to plain text, unless the mapping forbids it."""
        said = self.mapping.html
        if said == "no" or ("<" not in text and "&" not in text) or (said == "auto" and not is_html(text)):
            return text
        if len(text) > MAX_HTML:
            raise RowRefused(
                f"{field}: {quoted(text)} has {len(text):,} characters of HTML, at most {MAX_HTML:,} are read"
            )
        return text_of_html(text)

    def checked(self, adapter: TypeAdapter[T], field: str, text: str) -> T:
        """Validates a text, and shortens it if it is too long and the mapping says so."""
        return checked(adapter, field, text, cuts=self.mapping.too_long == "cut")


def _all_of(makers: dict[str, Callable[[], Any]]) -> dict[str, Any]:
    """Returns the results of all makers. Raises all refusals together, so that the next try can succeed."""
    made, problems = {}, []
    for name, make in makers.items():
        try:
            made[name] = make()
        except RowRefused as refused:
            problems.append(refused)
    if problems:
        raise RowRefused.for_all(problems)
    return made


def text_of(rule: ValueRule | None, row: Row) -> str:
    return rule.of(row) if rule else ""


def checked(adapter: TypeAdapter[T], field: str, text: str, *, cuts: bool = False) -> T:
    if not text:
        raise RowRefused(f"{field}: is missing")
    try:
        return adapter.validate_python(text)
    except ValidationError as error:
        wrong = error.errors()[0]
        if wrong["type"] == "string_too_short":
            raise RowRefused(f"{field}: is missing") from None
        if wrong["type"] != "string_too_long":
            raise RowRefused(f"{field}: {wrong['msg']}") from None
        limit, whole = wrong["ctx"]["max_length"], str(wrong["input"])
        if cuts and adapter in SHORTENED:
            return checked(adapter, field, whole[: limit - 1].rstrip() + "…")
        raise _too_long(field, text, len(whole), limit, can_cut=adapter in SHORTENED) from None


def _too_long(field: str, text: str, length: int, limit: int, *, can_cut: bool) -> RowRefused:
    return RowRefused(
        f"{field}: {quoted(text)} has {length:,} characters, at most {limit:,} are possible",
        hint="`too_long: cut` shortens titles, descriptions, notes, rooms and tags." if can_cut else None,
    )


def _by_name(names: dict[str, str]) -> dict[str, str]:
    return {name_key(name): slug for slug, name in names.items()}


def _slugs(kind: str, name: str) -> Iterator[str]:
    """Yields candidates for a name's slug: the plain slug, unless letters are lost in it, then slugs with a digest of
    the name, which are distinct."""
    slug, key = slug_from(name), name_key(name)
    if all(letter.isascii() or not letter.isalnum() for letter in unicodedata.normalize("NFKD", name)):
        yield slug or kind
    for number in count():
        digest = hashlib.sha256(f"{key}{number or ''}".encode()).hexdigest()[:8]
        yield f"{slug[:50].strip('-') or kind}-{digest}"
