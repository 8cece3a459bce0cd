"""The analyses: choose one, set its parameters, and read the answer, which follows what happens at the helpdesk."""

import streamlit as st

from contracts.analyses import AnalysisRead
from streamlit_app.analyses import figures, view
from streamlit_app.analyses.choice import choose
from streamlit_app.client.analytics import Parameters
from streamlit_app.shell.live import live_part
from streamlit_app.state import redraws

# Seconds. Numbers on this page look live, so they must never be older than five seconds.
RENEWED_EVERY = 3


@live_part(every_seconds=RENEWED_EVERY)
def answer(analysis: AnalysisRead, parameters: Parameters) -> None:
    is_news = redraws.has_something_happened("answer")
    shown = figures.answer(analysis.slug, parameters, as_of_now=is_news)
    view.show(analysis, shown, renewed_every=RENEWED_EVERY)


st.title("Analyses")
if catalogue := figures.catalogue():
    answer(*choose(catalogue))
