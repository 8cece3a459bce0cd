"""The types of filters in the queue: which widget each draws, which value it sends to the data API, and how a chip says
it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

import streamlit as st

from contracts.people import Permission
from contracts.teams import MY_TEAM, NO_TEAM
from streamlit_app.client.errors import ApiError
from streamlit_app.language.text import isolated, one_line
from streamlit_app.state import lists, session

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

    def said(self, chosen: Any) -> str:
        """Returns the widget's value in words; an empty text if the label says it all."""
        return isolated(one_line(str(chosen), 60))

    @abstractmethod
    def draw(self, changed: Changed) -> None:
        """Draws the widget in the current container. It calls `changed` when somebody uses it."""


@dataclass(frozen=True)
class AnyOf(Filter):
    """Any of several values. Values that are not in `names` are dropped."""

    names: Callable[[], Names]
    has_many = True

    def chosen(self, asked: list[Any]) -> list[Any]:
        return [value for value in asked if value in self.names()]

    def said(self, chosen: list[Any]) -> str:
        names = self.names()
        return ", ".join(isolated(one_line(names.get(value, str(value)), 60)) for value in chosen)

    def draw(self, changed: Changed) -> None:
        names = self.names()
        # What was chosen may be on the list no more.
        options = dict.fromkeys([*names, *st.session_state.get(self.key, [])])
        st.multiselect(
            self.label,
            list(options),
            format_func=lambda value: names.get(value, str(value)),
            key=self.key,
            on_change=changed,
            placeholder="Any",
        )


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
            st.session_state.get(self.key, []),
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
        options = list(dict.fromkeys([*st.session_state.get(self.key, []), *found, "me"]))
        st.multiselect(self.label, options, format_func=self._name, key=self.key, on_change=changed, placeholder="Any")

    def _find(self, typed: str) -> list[str]:
        """Returns the ids of the people whose name has a word that begins like this."""
        if not typed:
            return []
        found = {str(person.id): person.name for person in session.api().people(q=typed[:100], limit=MOST_FOUND)}
        self._known().update(found)
        return list(found)

    def _name(self, id_: str) -> str:
        if id_ == "me":
            return "Me"
        if id_ not in self._known():
            self._known()[id_] = self._asked_name(id_)
        return self._known()[id_]

    def _asked_name(self, id_: str) -> str:
        """Returns the name of a person whom a link or a saved view has brought; the number if it cannot be had."""
        if session.may(Permission.PEOPLE_READ):
            try:
                return session.api().person(int(id_)).name
            except ApiError:
                pass
        return f"no. {id_}"

    def _known(self) -> dict[str, str]:
        names: dict[str, str] = st.session_state.setdefault(f"{self.key}_names", {})
        return names


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
class Day(Filter):
    """A date, which stands for the start of that day in the campus's time zone."""

    def chosen(self, asked: datetime | None) -> date | None:
        return asked.date() if asked else None

    def said(self, chosen: date) -> str:
        return f"{chosen.day} {chosen:%b %Y}"

    def draw(self, changed: Changed) -> None:
        st.date_input(self.label, value=None, key=self.key, on_change=changed)


def teams() -> Names:
    return {MY_TEAM: "My team", NO_TEAM: "No team", **lists.team_names()}


def assignees() -> Names:
    mine = {"me": "Me", "none": "Nobody", "my-team": "Anybody in my team"}
    return mine | {str(id_): name for id_, name in lists.staff_names().items()}
