"""What the words of a report suggest while they are written: where it will go, and that it may be known already."""

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
# The data API reads no further.
READ_CHARACTERS = 2_000
# What names a similar report is good for an hour; a desk that could not tell is asked again soon.
GOOD_SECONDS, AWAY_SECONDS = 600, 5

NOTHING_YET = "Who it goes to follows from what you write."
NOT_NOW = "Nothing can be suggested at the moment: choose what it is about, or leave it to the helpdesk."
# The empty choice of the list: where words say nothing, it must not promise that they do.
BY_MY_WORDS, BY_THE_DESK = "What my words say", "Leave it to the helpdesk"
CHANGE, SOMETHING_ELSE = "Change", "Something else"


@dataclass(frozen=True)
class Suggested:
    """`found` is None for too few words, and where nothing can be suggested: `why` says it, and the requester must
    choose.
    """

    found: SuggestionRead | None = None
    why: str = ""

    @property
    def must_choose(self) -> bool:
        return bool(self.why)


def suggested(name: str, text: str, building: str | None) -> Suggested:
    """For this text. The same question is not asked twice in a row."""
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
    """Something was confirmed or taken back."""
    st.session_state.pop(f"{name}_suggested", None)


def is_enough(text: str) -> bool:
    return len(text.split()) >= FEWEST_WORDS or WITHOUT_SPACES.search(text) is not None


def _ask(text: str, building: str | None) -> Suggested:
    try:
        return Suggested(session.api().suggestions(SuggestionCreate(description=text, building=building)))
    except ValidationError:
        # The report itself will be told why.
        return Suggested()
    except ApiError as error:
        if error.status == 401:
            raise
        # Where the data API is there and cannot understand texts, the wire cannot tell it from one that is away.
        return Suggested(why=NOT_NOW if isinstance(error, DeskAway) else error.sentence)


class Kind:
    """The kind of problem that a requester chose for the report of this key; none as long as the words decide."""

    def __init__(self, key: str) -> None:
        self._chosen, self._is_listed, self._list = key, f"{key}_listed", f"{key}_list"

    @property
    def chosen(self) -> str:
        return str(st.session_state.get(self._chosen, ""))

    @property
    def is_listed(self) -> bool:
        return bool(st.session_state.get(self._is_listed))

    def choose(self, slug: str) -> None:
        st.session_state[self._chosen] = slug
        if self._list in st.session_state:
            st.session_state[self._list] = slug

    def open_or_close_list(self) -> None:
        st.session_state[self._is_listed] = not self.is_listed

    def draw_list(self, nothing: str) -> None:
        """All there are, and none of them, which is called `nothing`."""
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
    """Draws what is suggested, and the list where it was asked for or is all there is."""
    suggestion(f"{name}_suggestion", _shown(kind, now), kind.choose, kind.open_or_close_list)
    if kind.is_listed or now.must_choose:
        kind.draw_list(BY_THE_DESK if now.must_choose else BY_MY_WORDS)


def _shown(kind: Kind, now: Suggested) -> Shown:
    aside = "It may be known already: see below." if now.found and now.found.similar else ""
    if kind.chosen:
        others = "" if now.must_choose else CHANGE
        return Shown(f"For: {_called(kind.chosen)}, as you chose", {}, others, kind.is_listed, aside)
    if now.found is None:
        return Shown(now.why or NOTHING_YET)
    if now.found.sureness is not Sureness.UNSURE:
        others = CHANGE if now.found.sureness is Sureness.LIKELY or kind.is_listed else ""
        return Shown(f"For: {_called(now.found.category)}", {}, others, kind.is_listed, aside)
    likeliest = {one.category: _called(one.category) for one in now.found.alternatives[:2]}
    said = f"{' or '.join(likeliest.values())}? {aside}"
    return Shown("Which is it?", likeliest, SOMETHING_ELSE, kind.is_listed, said)


def _called(slug: str) -> str:
    return lists.category_names().get(slug, slug)
