"""People, for those who manage them: the list, one person, several at once, and people who may be the same."""

import streamlit as st

from streamlit_app.people.person import draw_person, person_in_address
from streamlit_app.people.person_list import draw_people
from streamlit_app.people.several import draw_several
from streamlit_app.people.twins import twins
from streamlit_app.state import address

VIEW = "view"
FIRST, SEVERAL, TWINS = "all", "several", "same"
VIEWS = {
    FIRST: ("All", draw_people),
    SEVERAL: ("Add several at once", draw_several),
    TWINS: ("Who may be the same", twins),
}
VIEW_KEY = "people_view"


def set_view() -> None:
    names = {name: label for name, (label, _) in VIEWS.items()}
    st.session_state[VIEW_KEY] = address.get_choice(VIEW, names) or FIRST


st.title("People")
if (person_id := person_in_address()) is not None:
    draw_person(person_id)
else:
    address.follow("people_view", set_view, is_new=VIEW_KEY not in st.session_state)
    chosen = st.segmented_control(
        "What to do",
        list(VIEWS),
        format_func=lambda name: VIEWS[name][0],
        required=True,
        key=VIEW_KEY,
        label_visibility="collapsed",
    )
    view = chosen or FIRST
    if view != FIRST:
        address.write({VIEW: view})
    VIEWS[view][1]()
