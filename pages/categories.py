"""Categories, for the people who manage them: the list, the examples of each, how often predictions were right, and the
versions of the model."""

import streamlit as st

from streamlit_app.categories.category_list import keep_categories
from streamlit_app.categories.examples import OWNER, VIEW, draw_examples
from streamlit_app.categories.figures import draw_figures
from streamlit_app.categories.models import draw_models
from streamlit_app.state import address

FIRST = "all"
VIEWS = {
    FIRST: ("All", keep_categories),
    OWNER: ("Examples", draw_examples),
    "right": ("How often right", draw_figures),
    "versions": ("Versions", draw_models),
}


def set_view() -> None:
    names = {name: label for name, (label, _) in VIEWS.items()}
    st.session_state[VIEW] = address.get_choice(VIEW, names) or FIRST


st.title("Categories")
address.follow("categories", set_view, is_new=VIEW not in st.session_state)
chosen = st.segmented_control(
    "What to look at",
    list(VIEWS),
    format_func=lambda name: VIEWS[name][0],
    required=True,
    key=VIEW,
    label_visibility="collapsed",
)
view = chosen or FIRST
if view != OWNER:
    address.write({VIEW: view} if view != FIRST else {})
VIEWS[view][1]()
