"""Categories, for the people who manage them: the list, the examples of each, how often predictions were right, and the
versions of the model."""

import streamlit as st

from streamlit_app.categories.category_list import keep_categories
from streamlit_app.categories.examples import OWNER, VIEW, draw_examples
from streamlit_app.categories.figures import draw_figures
from streamlit_app.categories.models import draw_models

VIEWS = {
    "all": ("All", keep_categories),
    OWNER: ("Examples", draw_examples),
    "right": ("How often right", draw_figures),
    "versions": ("Versions", draw_models),
}

st.title("Categories")
view = st.segmented_control(
    "What to look at",
    list(VIEWS),
    format_func=lambda name: VIEWS[name][0],
    default="all",
    required=True,
    key=VIEW,
    bind="query-params",
    label_visibility="collapsed",
)
VIEWS[view][1]()
