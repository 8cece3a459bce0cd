"""Notices about what a person did, such as why it was refused. A notice stays, through every redraw of the page, until
the person dismisses it, does the next thing in the same place, or leaves the page. That the desk is away is said no
longer than it is."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from streamlit_app.client.errors import ApiError
from streamlit_app.components.warning import warning
from streamlit_app.language.text import plain
from streamlit_app.state import last_answers, redraws


@dataclass(frozen=True)
class Offer:
    """A button of a notice that does what the notice is about. `label` is text, not markdown."""

    label: str
    do: Callable[..., object]
    args: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Notice:
    """`visit` is the visit of the page that it belongs to; `number` tells it from the notice before. `saw_outage`: it
    was drawn while the data API was away, so what it says of that has passed when the data API is back."""

    visit: int
    number: int
    sentence: str
    offer: Offer | None
    saw_outage: bool = False


def give_notice(place: str, sentence: str, offer: Offer | None = None) -> None:
    """Keeps a notice for this place on the page, which `show_notice` draws. It replaces the one before."""
    number = st.session_state["notices"] = st.session_state.get("notices", 0) + 1
    st.session_state[_key(place)] = Notice(redraws.visit(), number, sentence, offer)


def try_to(place: str, do: Callable[[], object], said: str = "") -> None:
    """Does what a button is for, outside of a dialog, and says so. If it is refused, a notice says why."""
    dismiss_notice(place)
    try:
        do()
    except ApiError as error:
        last_answers.note_if_away(error)
        give_notice(place, error.sentence)
    else:
        if said:
            st.toast(said)


def dismiss_notice(place: str) -> None:
    """Call it also when the person does the next thing in this place: the notice was about the one before."""
    st.session_state.pop(_key(place), None)


def has_notice(place: str) -> bool:
    notice: Notice | None = st.session_state.get(_key(place))
    return notice is not None and notice.visit == redraws.visit()


def show_notice(place: str) -> None:
    if not has_notice(place):
        return
    notice: Notice = st.session_state[_key(place)]
    if last_answers.is_away():
        notice = st.session_state[_key(place)] = replace(notice, saw_outage=True)
    elif notice.saw_outage and last_answers.has_passed(notice.sentence):
        return
    key = _key(place)
    with st.container(key=key, gap="xsmall"):
        warning(f"{key}_text", notice.sentence, notice.number)
        with st.container(horizontal=True):
            if offer := notice.offer:
                # The notice's number is in the key, so that a press meant for one notice never answers another.
                number = notice.number
                st.button(plain(offer.label), key=f"{key}_do_{number}", on_click=_accept, args=(place, offer))
            st.button("Dismiss", key=f"{key}_dismiss_{notice.number}", on_click=dismiss_notice, args=(place,))


def _accept(place: str, offer: Offer) -> None:
    dismiss_notice(place)
    offer.do(*offer.args)


def _key(place: str) -> str:
    return f"notice_{place}"
