"""One editor for each type of field value: which widget edits it, and how the value is written in a sentence."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from contracts.people import PersonBrief, PersonRead
from streamlit_app.language import moments
from streamlit_app.language.text import one_line
from streamlit_app.state import lists, tag_names

Names = Mapping[Any, str]

# Without explicit bounds, Streamlit accepts only dates within ten years of the shown value.
EARLIEST, LATEST = "0001-01-01 00:00", "9999-12-31 23:59"


class Editor(ABC):
    """Base class. The parameter `value` is always the field's value as `TicketRead` has it."""

    def sent(self, value: Any) -> Any:
        """Returns the value in the form that an edit sends."""
        return value

    def in_words(self, value: Any) -> str:
        """Returns the value as text for the middle of a sentence. Values from the history are strings already."""
        return one_line(str(value), 80)

    @abstractmethod
    def draw(self, key: str, label: str, value: Any) -> Any:
        """Draws the widget and returns its value in the form that an edit sends."""


@dataclass(frozen=True)
class TextLine(Editor):
    longest: int
    can_be_empty: bool = False

    def draw(self, key: str, label: str, value: str | None) -> str | None:
        typed = st.text_input(label, value or "", key=key, max_chars=self.longest).strip()
        # An empty required text is sent too: the contract refuses it with a message for the user.
        return None if self.can_be_empty and not typed else typed


@dataclass(frozen=True)
class LongText(Editor):
    longest: int

    def draw(self, key: str, label: str, value: str) -> str:
        return st.text_area(label, value, key=key, max_chars=self.longest, height=160).strip()


@dataclass(frozen=True)
class Choice(Editor):
    """A choice of one of `names`. If `nothing` is set, an empty choice with that label comes first. With
    `are_proper_names`, the names keep their capital letters inside a sentence."""

    names: Callable[[], Names]
    nothing: str = ""
    are_proper_names: bool = True

    def in_words(self, value: Any) -> str:
        name = one_line(self.names().get(value, str(value)), 80)
        return name if self.are_proper_names else name.lower()

    def options(self, value: Any) -> Names:
        """Returns the options. The current value is one of them even if it is no longer on the list."""
        nothing: Names = {None: self.nothing} if self.nothing else {}
        options = {**nothing, **self.names()}
        return options if value in options else {value: str(value), **options}

    def draw(
        self,
        key: str,
        label: str,
        value: Any,
        on_change: Callable[..., None] | None = None,
        args: tuple[Any, ...] = (),
    ) -> Any:
        options = self.options(value)
        return st.selectbox(
            label,
            list(options),
            list(options).index(self.sent(value)),
            format_func=lambda option: options[option],
            key=key,
            on_change=on_change,
            args=args,
        )


class OneOfFew(Choice):
    """A choice of so few that beside a ticket each is a button: one click instead of two. The keys 1, 2, … press
    them."""


class Person(Choice):
    """A choice of a person. `TicketRead` has the person; an edit sends the person's id."""

    def __init__(self, people: Callable[[], Iterable[PersonRead]], nothing: str) -> None:
        super().__init__(lambda: {person.id: person.name for person in people()}, nothing)

    def sent(self, value: PersonBrief | None) -> int | None:
        return value.id if value else None

    def in_words(self, value: Any) -> str:
        return one_line(value.name if isinstance(value, PersonBrief) else str(value), 80)

    def options(self, value: PersonBrief | None) -> Names:
        """Returns the options. The current person is one of them even if no longer on the list."""
        present = {value.id: value.name} if value else {}
        return {None: self.nothing, **lists.with_distinct_names({**self.names(), **present})}


@dataclass(frozen=True)
class Tags(Editor):
    def in_words(self, value: Sequence[str] | str) -> str:
        return super().in_words(value if isinstance(value, str) else ", ".join(value))

    def draw(self, key: str, label: str, value: list[str]) -> list[str]:
        known = tag_names.with_known(value)
        return sorted(st.multiselect(label, known, value, key=key, accept_new_options=True, placeholder="Type a tag"))


@dataclass(frozen=True)
class YesNo(Editor):
    help: str

    def in_words(self, value: Any) -> str:
        return {True: "on", False: "off"}.get(value, str(value))

    def draw(self, key: str, label: str, value: bool) -> bool:
        return st.toggle(label, value, key=key, help=self.help)


@dataclass(frozen=True)
class Moment(Editor):
    """A date and a time of day in the campus's time zone. The field can be emptied."""

    def in_words(self, value: datetime | str) -> str:
        try:
            return moments.said(datetime.fromisoformat(value) if isinstance(value, str) else value)
        except ValueError:
            return super().in_words(value)

    def draw(self, key: str, label: str, value: datetime | None) -> datetime | None:
        shown = moments.here(value).replace(second=0, microsecond=0, tzinfo=None) if value else None
        # Streamlit lets a user empty this widget only if its initial value comes from the session state.
        st.session_state.setdefault(key, shown)
        chosen: datetime | None = st.datetime_input(label, None, EARLIEST, LATEST, key=key)
        # The widget drops the seconds: unless the user changed it, the original value must be kept.
        if chosen == shown:
            return value
        return chosen.replace(tzinfo=moments.zone()).astimezone(UTC) if chosen else None
