"""Suggestions while somebody writes a report: its category, and whether the problem may be known already."""

import re
import time
from dataclasses import dataclass

import streamlit as st
from pydantic import ValidationError

from contracts.suggestions import SuggestionCreate, SuggestionRead, Sureness
from streamlit_app.client.errors import ApiError, DeskAway
from streamlit_app.components.suggestion import Shown, suggestion
from streamlit_app.state import lists, session

FEWEST_WORDS = 3
# Languages without spaces: Thai, Lao, Khmer, Chinese, Japanese.
WITHOUT_SPACES = re.compile(r"[\u0e00-\u0eff\u1780-\u17ff\u3040-\u9fff]{6}")
# The data API reads only this much of a text.
READ_CHARACTERS = 2_000
# How long an answer is reused. It contains refs of similar reports, which are valid for one hour. When there was no
# answer, the data API is asked again soon.
GOOD_SECONDS, AWAY_SECONDS = 600, 5

NOTHING_YET = "Who it goes to follows from what you write."
NOT_NOW = "Nothing can be suggested at the moment: choose what it is about, or leave it to the helpdesk."
# The label of the empty choice in the list of categories. BY_THE_DESK is for times without predictions: then the label
# must not promise that the text decides.
BY_MY_WORDS, BY_THE_DESK = "What my words say", "Leave it to the helpdesk"
CHANGE, SOMETHING_ELSE = "Change", "Something else"


@dataclass(frozen=True)
class Suggested:
    """`found` is None if the text has too few words, or if no suggestion was possible. In the second case `why` gives
    the reason, and the requester has to choose the category.
    """

    found: SuggestionRead | None = None
    why: str = ""

    @property
    def must_choose(self) -> bool:
        return bool(self.why)


def suggested(name: str, text: str, building: str | None) -> Suggested:
    """Returns the suggestions for this text. The same question is not asked twice in a row."""
    if not is_enough(text):
        return Suggested()
    question = (text[:READ_CHARACTERS], building)
    kept: tuple[object, float, Suggested] | None = st.session_state.get(f"{name}_suggested")
    if kept and kept[0] == question and time.monotonic() < kept[1]:
        return kept[2]
    answer = _ask(*question)
    good_until = time.monotonic() + (AWAY_SECONDS if answer.must_choose else GOOD_SECONDS)
    st.session_state[f"{name}_suggested"] = (question, good_until, answer)
    return answer


def forget(name: str) -> None:
    """Forgets the kept answer, which is out of date after a report was confirmed or a confirmation taken back."""
    st.session_state.pop(f"{name}_suggested", None)


def is_enough(text: str) -> bool:
    return len(text.split()) >= FEWEST_WORDS or WITHOUT_SPACES.search(text) is not None


def _ask(text: str, building: str | None) -> Suggested:
    try:
        return Suggested(session.api().suggestions(SuggestionCreate(description=text, building=building)))
    except ValidationError:
        # The user learns what is wrong with the text when they send the report.
        return Suggested()
    except ApiError as error:
        if error.status == 401:
            raise
        # DeskAway is also raised when the data API runs but has no encoder: the client cannot tell the two cases apart.
        return Suggested(why=NOT_NOW if isinstance(error, DeskAway) else error.sentence)


class Kind:
    """The category that a requester has chosen for the report with this key. As long as they have chosen none, the text
    decides. `is_always_listed`: the list of categories is always beside the suggestion."""

    def __init__(self, key: str, *, is_always_listed: bool = False) -> None:
        self._chosen, self._is_listed, self._list = key, f"{key}_listed", f"{key}_list"
        self.is_always_listed = is_always_listed

    @property
    def chosen(self) -> str:
        return str(st.session_state.get(self._chosen, ""))

    @property
    def is_listed(self) -> bool:
        return self.is_always_listed or bool(st.session_state.get(self._is_listed))

    def choose(self, slug: str) -> None:
        st.session_state[self._chosen] = slug
        if self._list in st.session_state:
            st.session_state[self._list] = slug

    def open_or_close_list(self) -> None:
        st.session_state[self._is_listed] = not self.is_listed

    def draw_list_if_not_drawn(self, now: Suggested) -> None:
        """Draws the list somewhere else on the form, unless it is beside the suggestion."""
        if not (self.is_listed or now.must_choose):
            self.draw_list(now)

    def draw_list(self, now: Suggested) -> None:
        """Draws a select box of all categories, with an empty choice for those who choose none."""
        nothing = BY_THE_DESK if now.must_choose else BY_MY_WORDS
        options = ["", *lists.category_names()]
        st.selectbox(
            "Kind of problem",
            options,
            index=options.index(self.chosen) if self.chosen in options else 0,
            format_func=lambda slug: _called(slug) if slug else nothing,
            key=self._list,
            on_change=lambda: self.choose(st.session_state[self._list]),
        )


def kind_of_problem(name: str, kind: Kind, now: Suggested) -> None:
    """Draws the suggested category, and the list of all categories if the requester opened it or if nothing can be
    suggested."""
    suggestion(f"{name}_suggestion", _shown(kind, now), kind.choose, kind.open_or_close_list)
    if kind.is_listed or now.must_choose:
        kind.draw_list(now)


def _shown(kind: Kind, now: Suggested) -> Shown:
    aside = "It may be known already: see below." if now.found and now.found.similar else ""
    is_listed_anyway = now.must_choose or kind.is_always_listed
    change = "" if is_listed_anyway else CHANGE
    if kind.chosen:
        return Shown(f"For: {_called(kind.chosen)}, as you chose", {}, change, kind.is_listed, aside)
    if now.found is None:
        # Without predictions the list is on the page anyway.
        return Shown(now.why) if now.must_choose else Shown(NOTHING_YET, {}, change, kind.is_listed)
    if now.found.sureness is not Sureness.UNSURE:
        return Shown(f"For: {_called(now.found.category)}", {}, change, kind.is_listed, aside)
    likeliest = {one.category: _called(one.category) for one in now.found.alternatives[:2]}
    said = f"{' or '.join(likeliest.values())}? {aside}"
    other = "" if is_listed_anyway else SOMETHING_ELSE
    return Shown("Which is it?", likeliest, other, kind.is_listed, said)


def _called(slug: str) -> str:
    return lists.category_names().get(slug, slug)
