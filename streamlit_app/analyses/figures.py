"""The answers of the analytics API that this tab shows. While the API is away, its last answers stay."""

from dataclasses import dataclass

import streamlit as st

from contracts.analyses import AnalysisAnswer, AnalysisRead
from streamlit_app.client.analytics import Parameters, TimedAnswer
from streamlit_app.client.errors import AnalyticsAway, ApiError
from streamlit_app.components.freshness import freshness
from streamlit_app.language import moments
from streamlit_app.language.text import plain
from streamlit_app.state import lists, session

RETRY_SECONDS = 3
MOST_HELD = 12

AWAY = AnalyticsAway.words
LAST_ONES = "The numbers cannot be reached at the moment, so these are the last ones."


@dataclass(frozen=True)
class ShownAnswer:
    """An answer to show. `is_last`: the analytics API does not answer now, and this is its last answer."""

    timed: TimedAnswer
    is_last: bool

    @property
    def answer(self) -> AnalysisAnswer:
        return self.timed.answer


def answer(slug: str, parameters: Parameters, *, as_of_now: bool) -> ShownAnswer:
    """Returns the answer, or the last one to the same question while the analytics API is away. Raises AnalyticsAway if
    there is neither."""
    question = (slug, tuple(sorted(parameters.items())))
    held: dict[object, TimedAnswer] = st.session_state.setdefault("held_figures", {})
    try:
        timed = session.analytics().answer(slug, parameters, as_of_now=as_of_now)
    except AnalyticsAway:
        if question not in held:
            raise
        return ShownAnswer(held[question], is_last=True)
    held.pop(question, None)
    held[question] = timed
    if len(held) > MOST_HELD:
        del held[next(iter(held))]
    return ShownAnswer(timed, is_last=False)


def age(*shown: ShownAnswer, renewed_every: int) -> None:
    """Shows how old the oldest of these answers is. This part of the page is drawn again every `renewed_every`
    seconds."""
    oldest = max(shown, key=lambda each: each.timed.age_seconds())
    is_last = any(each.is_last for each in shown)
    if is_last:
        st.info(LAST_ONES)
    as_of = moments.exact(oldest.answer.as_of)
    freshness("freshness", oldest.timed.age_seconds(), as_of, renewed_every=renewed_every, follows=not is_last)


def catalogue() -> list[AnalysisRead]:
    """Returns the analyses that this person can ask for. Says on the page which ones cannot run, that there are none,
    or that the analytics API is away; in the last two cases the list is empty."""
    try:
        found = lists.analyses()
    except AnalyticsAway:
        st.info(AWAY)
        _try_again()
        return []
    for analysis in found.unavailable:
        st.warning(plain(f"The analysis “{analysis.title}” cannot run: {analysis.reason}."))
    items = [analysis for analysis in found.items if analysis.needs is None or session.may(analysis.needs)]
    if not items:
        st.info("No analyses are installed here.")
    return items


@st.fragment(run_every=RETRY_SECONDS)
def _try_again() -> None:
    try:
        lists.analyses()
    except ApiError:
        return
    st.rerun()
