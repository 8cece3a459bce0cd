"""The types of filters in the queue: which widget each draws, and which value it sends to the data API."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

import streamlit as st

Names = Mapping[Any, str]


@dataclass(frozen=True)
class Filter(ABC):
    """Base class. `name` is the parameter of `TicketQuery`, and also the filter's parameter in the page's URL."""

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

    @abstractmethod
    def draw(self) -> None:
        """Draws the widget in the current container."""


@dataclass(frozen=True)
class AnyOf(Filter):
    """Any of several values. Values that are not in `names` are dropped."""

    names: Callable[[], Names]
    has_many = True

    def chosen(self, asked: list[Any]) -> list[Any]:
        return [value for value in asked if value in self.names()]

    def draw(self) -> None:
        names = self.names()
        st.multiselect(self.label, list(names), format_func=lambda value: names[value], key=self.key)


@dataclass(frozen=True)
class AnyOfInView(AnyOf):
    """Like `AnyOf`, for a few values: all are visible at once, above the other filters."""

    def draw(self) -> None:
        names = self.names()
        st.pills(self.label, list(names), selection_mode="multi", format_func=lambda value: names[value], key=self.key)


@dataclass(frozen=True)
class AnyTag(Filter):
    has_many = True

    def draw(self) -> None:
        present = st.session_state.get(self.key, [])
        st.multiselect(self.label, present, accept_new_options=True, key=self.key, placeholder="Type a tag")


@dataclass(frozen=True)
class OneOf(Filter):
    """One value, although the data API would accept several. `everything` is the label of the choice that filters
    nothing."""

    everything: str
    names: Callable[[], Names]

    def chosen(self, asked: list[Any]) -> Any:
        return asked[0] if asked and asked[0] in self.names() else ""

    def asked(self, chosen: Any) -> list[Any]:
        return [chosen]

    def draw(self) -> None:
        names = {"": self.everything, **self.names()}
        st.selectbox(self.label, list(names), format_func=lambda value: names[value], key=self.key)


@dataclass(frozen=True)
class OnlyThese(Filter):
    """Only tickets that have this mark, or all."""

    def chosen(self, asked: bool | None) -> bool:
        return bool(asked)

    def draw(self) -> None:
        st.toggle(self.label, key=self.key)


@dataclass(frozen=True)
class Day(Filter):
    """A date, which stands for the start of that day in the campus's time zone."""

    def chosen(self, asked: datetime | None) -> date | None:
        return asked.date() if asked else None

    def draw(self) -> None:
        st.date_input(self.label, value=None, key=self.key)
