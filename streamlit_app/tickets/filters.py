"""The types of filters in the queue: which widget each draws, which value it sends to the data API, and how a chip says
it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, ClassVar

import streamlit as st

from contracts.teams import MY_TEAM, NO_TEAM
from streamlit_app.language import moments
from streamlit_app.language.text import isolated, one_line
from streamlit_app.state import lists, person_names, session, tag_names

Names = Mapping[Any, str]
Changed = Callable[[], None]

MOST_FOUND = 10


@dataclass(frozen=True)
class Filter(ABC):
    """Base class. `name` is the parameter of `TicketQuery`, and also the filter's parameter in the page's URL. A value
    that is false filters nothing."""

    name: str
    label: str
    # Whether the parameter may be repeated in the URL.
    has_many: ClassVar[bool] = False

    @property
    def key(self) -> str:
        """The widget's key in the session state."""
        return f"queue_{self.name}"

    def chosen(self, asked: Any) -> Any:
        """Converts a value of `TicketQuery` to the widget's value."""
        return asked

    def asked(self, chosen: Any) -> Any:
        """Converts the widget's value to the value of `TicketQuery`."""
        return chosen

    def drawn(self, chosen: Any) -> Any:
        """Returns what the widget shows of the value."""
        return chosen

    def said(self, chosen: Any) -> str:
        """Returns the widget's value in words; an empty text if the label says it all."""
        return isolated(one_line(str(chosen), 60))

    @abstractmethod
    def draw(self, changed: Changed) -> None:
        """Draws the widget in the current container. It calls `changed` when somebody uses it."""


def _no_longer_listed(value: Any) -> str:
    return f"{value} (no longer on the list)"


@dataclass(frozen=True)
class AnyOf(Filter):
    """Any of several values. A link or a saved view may have others than those in `names`, which are offered: they
    filter too, and `other_name` says what they are called."""

    names: Callable[[], Names]
    other_name: Callable[[Any], str] = _no_longer_listed
    has_many = True

    def chosen(self, asked: list[Any]) -> list[Any]:
        return list(dict.fromkeys(asked))

    def said(self, chosen: list[Any]) -> str:
        names = self.names()
        return ", ".join(isolated(one_line(self._name(names, value), 60)) for value in chosen)

    def draw(self, changed: Changed) -> None:
        names = self.names()
        options = dict.fromkeys([*names, *st.session_state.get(self.key, [])])
        labels = lists.with_distinct_names({value: self._name(names, value) for value in options})
        st.multiselect(
            self.label,
            list(labels),
            format_func=labels.__getitem__,
            key=self.key,
            on_change=changed,
            placeholder="Any",
        )

    def _name(self, names: Names, value: Any) -> str:
        return names[value] if value in names else self.other_name(value)


@dataclass(frozen=True)
class AnyOfFew(AnyOf):
    """Like `AnyOf`, for a few values: all are visible at once."""

    def draw(self, changed: Changed) -> None:
        names = self.names()
        st.pills(
            self.label,
            list(names),
            selection_mode="multi",
            format_func=lambda value: names[value],
            wrap=True,
            key=self.key,
            on_change=changed,
        )


@dataclass(frozen=True)
class AnyTag(Filter):
    has_many = True

    def said(self, chosen: list[str]) -> str:
        return ", ".join(isolated(one_line(tag, 40)) for tag in chosen)

    def draw(self, changed: Changed) -> None:
        st.multiselect(
            self.label,
            tag_names.with_known(st.session_state.get(self.key, [])),
            accept_new_options=True,
            key=self.key,
            on_change=changed,
            placeholder="Type a tag",
        )


@dataclass(frozen=True)
class AnyPerson(Filter):
    """Any of several people, who are looked up by name: there may be too many for a list."""

    has_many = True

    def chosen(self, asked: list[str]) -> list[str]:
        return list(dict.fromkeys(asked))

    def said(self, chosen: list[str]) -> str:
        return ", ".join(isolated(one_line(self._name(id_), 60)) for id_ in chosen)

    def draw(self, changed: Changed) -> None:
        hint = "The beginning of a name"
        typed = st.text_input(f"Find by name: {self.label.lower()}", key=f"{self.key}_name", placeholder=hint)
        found = self._find((typed or "").strip())
        options = dict.fromkeys([*st.session_state.get(self.key, []), *found, "me"])
        labels = lists.with_distinct_names({value: self._name(value) for value in options})
        st.multiselect(
            self.label,
            list(labels),
            format_func=labels.__getitem__,
            key=self.key,
            on_change=changed,
            placeholder="Any",
        )

    def _find(self, typed: str) -> list[str]:
        """Returns the ids of the people whose name has a word that begins like this."""
        if not typed:
            return []
        found = session.api().people(q=typed[:100], limit=MOST_FOUND)
        person_names.note(found)
        return [str(person.id) for person in found]

    def _name(self, id_: str) -> str:
        return "Me" if id_ == "me" else person_names.name_of(id_)


@dataclass(frozen=True)
class Words(Filter):
    """What somebody types, without white space at both ends."""

    limit: int
    hint: str = ""

    def chosen(self, asked: str | None) -> str:
        return asked or ""

    def asked(self, chosen: str) -> str | None:
        return chosen or None

    def draw(self, changed: Changed) -> None:
        st.text_input(self.label, key=self.key, max_chars=self.limit, placeholder=self.hint, on_change=changed)


@dataclass(frozen=True)
class AtLeast(Filter):
    def draw(self, changed: Changed) -> None:
        st.number_input(self.label, min_value=1, max_value=10_000, value=None, key=self.key, on_change=changed)


@dataclass(frozen=True)
class OnlyThese(Filter):
    """Only tickets that have this mark, or all."""

    def chosen(self, asked: bool | None) -> bool:
        return bool(asked)

    def said(self, chosen: bool) -> str:
        return ""

    def draw(self, changed: Changed) -> None:
        st.toggle(self.label, key=self.key, on_change=changed)


@dataclass(frozen=True)
class EitherWay(Filter):
    """Only tickets that have this mark, only those that do not have it, or all."""

    yes: str
    no: str

    def chosen(self, asked: bool | None) -> str | None:
        return None if asked is None else str(asked).lower()

    def asked(self, chosen: str | None) -> bool | None:
        return None if chosen is None else chosen == "true"

    def said(self, chosen: str) -> str:
        return self._names()[chosen]

    def draw(self, changed: Changed) -> None:
        names = self._names()
        st.pills(self.label, list(names), format_func=names.__getitem__, wrap=True, key=self.key, on_change=changed)

    def _names(self) -> dict[str, str]:
        return {"true": self.yes, "false": self.no}


@dataclass(frozen=True)
class Day(Filter):
    """A date, which stands for the start of that day in the campus's time zone. A link or a saved view may have a
    moment instead."""

    def chosen(self, asked: datetime | None) -> date | None:
        is_day = asked is not None and asked.tzinfo is None and asked.time() == time.min
        return asked.date() if asked and is_day else asked

    def drawn(self, chosen: date | None) -> date | None:
        return _on_campus(chosen).date() if isinstance(chosen, datetime) else chosen

    def said(self, chosen: date) -> str:
        day = self.drawn(chosen) or chosen
        at = f", {_on_campus(chosen):%H:%M}" if isinstance(chosen, datetime) else ""
        return f"{day.day} {day:%b %Y}{at}"

    def draw(self, changed: Changed) -> None:
        st.date_input(self.label, value=None, key=self.key, on_change=changed)


def teams() -> Names:
    return {MY_TEAM: "My team", NO_TEAM: "No team", **lists.team_names()}


def _on_campus(moment: datetime) -> datetime:
    """Without a zone, a moment is in the campus's."""
    return moments.here(moment) if moment.tzinfo else moment


def assignees() -> Names:
    mine = {"me": "Me", "none": "Nobody", "my-team": "Anybody in my team"}
    return mine | {str(id_): name for id_, name in lists.staff_names().items()}
