"""Questions to the desk's figures: choose one, set what it is about, and read the answer, which follows the desk."""

import streamlit as st

from contracts.analyses import AnalysisRead
from streamlit_app.analyses import figures, view
from streamlit_app.analyses.choice import choose
from streamlit_app.client.analytics import Parameters
from streamlit_app.components.live import follows
from streamlit_app.state import occasions

# Seconds: numbers that look live are never older than five.
RENEWED_EVERY = 3


@follows(every_seconds=RENEWED_EVERY)
def answer(analysis: AnalysisRead, parameters: Parameters) -> None:
    is_news = occasions.is_news("answer")
    told = figures.told(analysis.slug, parameters, as_of_now=is_news)
    view.show(analysis, told, renewed_every=RENEWED_EVERY)


st.title("Analyses")
if catalogue := figures.catalogue():
    answer(*choose(catalogue))
