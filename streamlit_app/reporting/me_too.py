"""The part under the description field that shows reports of what may be the same problem, and lets the writer confirm
one of them."""

from collections.abc import Callable, Sequence

import streamlit as st

from contracts.suggestions import MeTooRead, SimilarRead
from streamlit_app.client.errors import ApiError
from streamlit_app.components.known import known
from streamlit_app.reporting import confirmed_refs, known_reports, suggestions
from streamlit_app.shell.notices import dismiss_notice, give_notice, show_notice
from streamlit_app.state import session

MOST_SHOWN = 3
# As long as the first BEGINNING letters of a text do not change, it counts as being about the same problem: people add
# to a text or correct its end, but for another problem they write another beginning.
BEGINNING = 20
LEAD = "This may be known already. Is it the same problem?"
LEAD_WITHOUT_BUTTON = "This may be known already."
TOO_OLD = "This page had been open for too long. Similar reports have been looked for again: choose once more."
THANKS = "Thank you. You are counted, and there is nothing more to do."
DONE = "Done"


def known_already(
    key: str, text: str, similar: Sequence[SimilarRead], mine: MeTooRead | None, *, for_oneself: bool
) -> None:
    """Draws the similar reports, or thanks if the writer has confirmed one of them (`mine`) while writing this text."""
    if mine is not None:
        known(f"{key}_thanks", THANKS, [known_reports.thanks(mine)], lambda _: _take_back(key))
    elif similar:
        items = [known_reports.similar(report, offer_me_too=for_oneself) for report in similar[:MOST_SHOWN]]
        can_confirm = any(item.act for item in items)
        known(key, LEAD if can_confirm else LEAD_WITHOUT_BUTTON, items, lambda ref: _confirm(key, ref, text))
    show_notice(key)


def confirmed_now(key: str, text: str) -> MeTooRead | None:
    """Returns the report that was confirmed while writing this text. Forgets it when the text begins differently: then
    it is about another problem."""
    kept: tuple[str, MeTooRead] | None = st.session_state.get(f"{key}_mine")
    if kept is None or not begin_alike(kept[0], text):
        st.session_state.pop(f"{key}_mine", None)
        return None
    return kept[1]


def begin_alike(one: str, other: str) -> bool:
    """Whether the shorter of the two beginnings (at most BEGINNING letters) is the start of the other. An empty text is
    like no other."""
    beginnings = [" ".join(text.casefold().split())[:BEGINNING] for text in (one, other)]
    shorter, longer = sorted(beginnings, key=len)
    return bool(shorter) and longer.startswith(shorter)


def _confirm(key: str, ref: str, text: str) -> None:
    def confirm() -> None:
        st.session_state[f"{key}_mine"] = (text, session.api().me_too(ref))

    _attempt(key, confirm)


def _take_back(key: str) -> None:
    def take_back() -> None:
        # If the button is pressed twice, the second press has nothing to take back.
        if kept := st.session_state.get(f"{key}_mine"):
            mine: MeTooRead = kept[1]
            confirmed_refs.take_back(mine.ref, [mine])
            st.session_state.pop(f"{key}_mine", None)

    _attempt(key, take_back)


def _attempt(key: str, act: Callable[[], None]) -> None:
    """Does this, or says why it is refused. In both cases the similar reports are then requested again."""
    dismiss_notice(key)
    try:
        act()
    except ApiError as error:
        is_old = error.status == confirmed_refs.NAMES_NOTHING
        give_notice(key, TOO_OLD if is_old else error.sentence)
    suggestions.forget(key)
