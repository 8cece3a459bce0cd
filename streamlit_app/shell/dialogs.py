"""Dialogs that change something: opened by a click, kept open while the page is redrawn, closed when the change is
made."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any

import streamlit as st
from pydantic import ValidationError
from streamlit.delta_generator import DeltaGenerator

from streamlit_app.client.api import Api
from streamlit_app.client.errors import ApiError, DeskAway
from streamlit_app.language.text import plain
from streamlit_app.shell.frame import errors_shown, rerun_if_desk_went_or_returned
from streamlit_app.state import last_answers, redraws, session

PROGRESS_SECONDS = 2.0
# Few at once: each is a deletion or a merge that moves very many tickets, and the desk does one of a kind at a time.
_long = ThreadPoolExecutor(4, thread_name_prefix="long change")
OPENED, NEEDS_PAGE = "dialog", "dialog_needs_page"
# What to say of anything that is wrong with these fields.
OF_FIELD = {
    "email": "Please write a mail address, such as ada@campus.edu.",
    "new": "At least ten characters, please.",
    "shortcut": "One word, please, without spaces and slashes.",
}

Places = Mapping[str, DeltaGenerator]


@dataclass(frozen=True)
class Opened:
    """The dialog that is open, during one visit of a page. `owner` is the part of the page that draws it."""

    visit: int
    owner: str
    title: str
    draw: Callable[..., None]
    args: tuple[Any, ...]


def open_dialog(owner: str, title: str, draw: Callable[..., None], *args: Any) -> None:
    """Opens a dialog at the next drawing of `owner`. `title` is markdown: escape what people typed."""
    st.session_state[OPENED] = Opened(redraws.visit(), owner, title, draw, args)


def opened_in_live_part() -> None:
    """Call it when something in a live part has opened a dialog, or a form outside that part. The page draws it, so a
    redraw of the live part alone would not show it."""
    st.session_state[NEEDS_PAGE] = True


def rerun_if_opened() -> None:
    """Call it first in a live part in which dialogs or forms are opened."""
    if st.session_state.pop(NEEDS_PAGE, False):
        st.rerun()


def close_dialog() -> None:
    st.session_state.pop(OPENED, None)


def show_dialog(owner: str) -> None:
    opened: Opened | None = st.session_state.get(OPENED)
    # A link inside a dialog leaves the page without closing the dialog, which must not reappear when the person
    # returns.
    if opened and (opened.visit, opened.owner) == (redraws.visit(), owner):
        st.dialog(opened.title, on_dismiss=close_dialog)(_draw)(opened)


def _draw(opened: Opened) -> None:
    """Draws the open dialog, with its own error handling: Streamlit redraws a dialog without the page when something in
    it is used."""
    with errors_shown():
        opened.draw(*opened.args)
    if last_answers.is_away():
        # The page's own notice is hidden behind the dialog.
        st.warning(plain(DeskAway.words))
    rerun_if_desk_went_or_returned()


@dataclass
class Form:
    """What was typed, by the contract's fields, and the container under each field for its error message."""

    key: str
    fields: dict[str, Any]
    places: dict[str, DeltaGenerator]
    labels: dict[str, str] = dataclass_field(default_factory=dict)

    def text(self, field: str, label: str, value: str, limit: int, hint: str = "") -> str:
        typed = st.text_input(label, value, max_chars=limit, key=f"{self.key}_{field}", placeholder=hint).strip()
        self.hold(field, label, typed)
        return typed

    def hold(self, field: str, label: str, value: Any) -> None:
        """Keeps the value of a widget that was just drawn, with a place for problems under it."""
        self.fields[field], self.places[field], self.labels[field] = value, st.container(), label


def keep_button(key: str, label: str = "Keep it") -> None:
    """Draws the button that closes a dialog which asks whether to delete something."""
    if st.button(label, key=key, on_click=close_dialog):
        st.rerun()


def attempt(
    places: Places,
    do: Callable[[Api], object],
    said: str,
    forget: Callable[[], None] = lambda: None,
    progress: Callable[[Api], str] | None = None,
) -> None:
    """Calls `do` and closes the dialog. If the change is refused, the reason is shown at its field, and what was typed
    stays. Afterwards `forget` is called, and `said` is told unless it is empty. With `progress`, what that returns is
    shown every other second while `do` runs, and `do` goes on when the page is left."""
    try:
        with st.spinner("One moment…"):
            if progress is None:
                do(session.api())
            else:
                _do_with_progress(session.api(), do, progress)
    except ValidationError as error:
        show_problems(places, [(field, _in_words(field, str(fault["type"]))) for field, fault in _faults(error)])
    except ApiError as error:
        last_answers.note_if_away(error)
        found = [(one.name.removeprefix("body."), one.message) for one in error.envelope.fields or []]
        show_problems(places, found or [("", error.sentence)])
    else:
        forget()
        close_dialog()
        if said:
            st.toast(said)
        st.rerun()


def _do_with_progress(api: Api, do: Callable[[Api], object], progress: Callable[[Api], str]) -> None:
    doing, place = _long.submit(do, api), st.empty()
    while not wait([doing], PROGRESS_SECONDS).done:
        # Whoever is told nothing new for a moment loses nothing.
        with suppress(ApiError):
            place.text(progress(api))
    doing.result()


def show_problems(places: Places, problems: Iterable[tuple[str, str]]) -> None:
    """Shows each problem at its field, and a problem that belongs to no field at the first field."""
    for field, problem in problems:
        places.get(field, next(iter(places.values()))).error(plain(problem))


def _faults(error: ValidationError) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """Returns each fault with its field; "" for one that belongs to no single field."""
    return ((str(next(iter(fault["loc"]), "")), fault) for fault in error.errors())


def _in_words(field: str, fault: str) -> str:
    """Returns the sentence for a fault that the contract found before anything was sent."""
    if field in OF_FIELD:
        return OF_FIELD[field]
    return {
        "too_short": "Please choose at least one.",
        "string_too_short": "Please write something here.",
        "string_pattern_mismatch": "Small letters from a to z, numbers and hyphens only, please.",
    }.get(fault, "This cannot be kept as it is.")
