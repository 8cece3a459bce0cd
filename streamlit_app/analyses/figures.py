"""The answers that this tab shows: asked anew as the desk moves on; the last ones stay while nobody answers."""

from dataclasses import dataclass

import streamlit as st

from contracts.analyses import AnalysisAnswer, AnalysisRead
from streamlit_app.client.analytics import Heard, Parameters
from streamlit_app.client.errors import AnalyticsAway, ApiError
from streamlit_app.components.freshness import freshness
from streamlit_app.language import moments
from streamlit_app.state import lists, session

RETRY_SECONDS = 3
MOST_HELD = 12

AWAY = AnalyticsAway.told
LAST_ONES = "The numbers cannot be reached at the moment, so these are the last ones."


@dataclass(frozen=True)
class Told:
    """`is_last`: the service does not answer, this is what it said before."""

    heard: Heard
    is_last: bool

    @property
    def answer(self) -> AnalysisAnswer:
        return self.heard.answer


def told(slug: str, parameters: Parameters, *, as_of_now: bool) -> Told:
    """Raises AnalyticsAway where there is no answer, old or new."""
    question = (slug, tuple(sorted(parameters.items())))
    held: dict[object, Heard] = st.session_state.setdefault("held_figures", {})
    try:
        heard = session.analytics().answer(slug, parameters, as_of_now=as_of_now)
    except AnalyticsAway:
        if question not in held:
            raise
        return Told(held[question], is_last=True)
    held.pop(question, None)
    held[question] = heard
    if len(held) > MOST_HELD:
        del held[next(iter(held))]
    return Told(heard, is_last=False)


def age(*shown: Told, renewed_every: int) -> None:
    """How old the oldest of them is. `renewed_every`: seconds after which this part of the page is drawn again."""
    oldest = max(shown, key=lambda each: each.heard.age_seconds())
    is_last = any(each.is_last for each in shown)
    if is_last:
        st.info(LAST_ONES)
    as_of = moments.exact(oldest.answer.as_of)
    freshness("freshness", oldest.heard.age_seconds(), as_of, renewed_every=renewed_every, follows=not is_last)


def catalogue() -> list[AnalysisRead]:
    """What can be asked. Where that cannot be had, or is nothing, it says so and there is none."""
    try:
        if not (analyses := lists.analyses()):
            st.info("No analyses are installed here.")
        return analyses
    except AnalyticsAway:
        st.info(AWAY)
        _try_again()
        return []


@st.fragment(run_every=RETRY_SECONDS)
def _try_again() -> None:
    try:
        lists.analyses()
    except ApiError:
        return
    st.rerun()
