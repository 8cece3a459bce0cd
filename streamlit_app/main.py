"""The entry script: who is there, which page they want, and what surrounds it."""

import streamlit as st

from streamlit_app.components import live
from streamlit_app.components.door import role_cards
from streamlit_app.language.text import plain
from streamlit_app.shell import frame
from streamlit_app.state import navigation, occasions, session
from streamlit_app.state.lists import desk


def door() -> None:
    """The first screen for those who have not entered. The address stays, so the wanted page comes next."""
    st.set_page_config(page_title=frame.tab_title("Enter"), layout="centered")
    with frame.errors_shown():
        about = desk()
        st.title(plain(about.name))
        st.markdown(f"The campus helpdesk. {plain(about.opening_hours)}.")
        role_cards()
        if about.danger_note:
            st.warning(plain(about.danger_note))


def inside(page: st.Page, screen: navigation.Screen) -> None:
    occasions.page_is_drawn(screen.stem)
    frame.side(session.me())
    live.listen(frame.tab_title(screen.title))
    with frame.errors_shown():
        if navigation.is_for(session.me(), screen):
            page.run()
        else:
            navigation.tell_not_for_you(screen)


visitor = session.look()
page, screen = navigation.register(visitor.me)
frame.head(screen.title, visitor.me)
frame.begin()
notice = st.container()
if visitor.is_unknown:
    st.session_state["is_away"] = True
elif visitor.me is None:
    door()
else:
    inside(page, screen)
with notice:
    frame.away_notice()
