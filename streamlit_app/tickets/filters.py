"""The kinds of filters that the queue has: the widget of each, and how it is told to the data API."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

import streamlit as st

Names = Mapping[Any, str]


@dataclass(frozen=True)
class Filter(ABC):
    """`name` is the parameter of `TicketQuery`, and the filter's name in the address."""

    name: str
    label: str
    # Whether the address may name it several times.
    has_many: ClassVar[bool] = False

    @property
    def key(self) -> str:
        """The widget's, under which the session holds what is chosen."""
        return f"queue_{self.name}"

    def chosen(self, asked: Any) -> Any:
        """What the widget shows for this value of `TicketQuery`."""
        return asked

    def asked(self, chosen: Any) -> Any:
        """The value of `TicketQuery` for what the widget shows."""
        return chosen

    @abstractmethod
    def draw(self) -> None:
        """Where the script stands."""


@dataclass(frozen=True)
class AnyOf(Filter):
    """Any of several values. What is called like none of `names` is left out."""

    names: Callable[[], Names]
    has_many = True

    def chosen(self, asked: list[Any]) -> list[Any]:
        return [value for value in asked if value in self.names()]

    def draw(self) -> None:
        names = self.names()
        st.multiselect(self.label, list(names), format_func=lambda value: names[value], key=self.key)


@dataclass(frozen=True)
class AnyOfInView(AnyOf):
    """For a few values: all of them are in view, above the other filters."""

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
    """One value, of which the data API would take several; `everything` is what no filter is called."""

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
class Day(Filter):
    """The beginning of a day on the campus."""

    def chosen(self, asked: datetime | None) -> date | None:
        return asked.date() if asked else None

    def draw(self) -> None:
        st.date_input(self.label, value=None, key=self.key)
