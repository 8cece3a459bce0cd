"""The entry script: identifies the visitor, finds the page they want, and draws what surrounds it."""

import streamlit as st

from contracts.desk import SignIn
from streamlit_app.components.sign_in import provider_button, role_cards
from streamlit_app.language.text import plain
from streamlit_app.server.live_updates import News
from streamlit_app.shell import frame, live
from streamlit_app.shell.keys import draw_keys
from streamlit_app.shell.menu import draw_phone_bar
from streamlit_app.state import address, navigation, redraws, session
from streamlit_app.state.lists import desk, is_sign_in_by_choice
from streamlit_app.views.menu import views_menu


def sign_in_page() -> None:
    """Draws the page for those who have not signed in. The address stays, so that they get the page they wanted
    afterwards."""
    st.set_page_config(page_title=frame.tab_title("Sign in"), layout="centered")
    with st.container(key="narrow_door"), frame.errors_shown():
        about = desk()
        st.title(plain(about.name))
        if about.danger_note:
            st.warning(plain(about.danger_note))
        st.markdown(f"The campus helpdesk. {plain(about.opening_hours)}.")
        if is_sign_in_by_choice():
            role_cards(refused=session.token_fingerprint())
        if about.provider:
            with st.container(key="narrow_provider"):
                provider_button(about.provider, refused=session.token_fingerprint())
        if SignIn.PASSWORD in about.sign_in:
            # Imported here, because its library is of no use to a desk without passwords.
            from streamlit_app.people.password_form import password_form

            password_form(refused=session.token_fingerprint())


def signed_in_page(page: st.Page, screen: navigation.Screen, news: News) -> None:
    redraws.note_page(screen.stem)
    address.begin_page()
    frame.draw_sidebar(session.me(), screen, news, views_menu)
    draw_phone_bar(session.me(), screen, news)
    draw_keys(session.me())
    live.connect_tab(frame.tab_title(screen.title), session.me())
    frame.draw_timer(session.me())
    with frame.errors_shown():
        if navigation.is_for(session.me(), screen):
            page.run()
        else:
            navigation.say_not_for_this_role(screen)


visitor = session.identify_visitor()
page, screen = navigation.register(visitor.me)
news = session.news() if visitor.me else News()
frame.set_tab_title(screen.title, news.total)
frame.begin_page()
notice = st.container()
if visitor.is_unknown:
    st.session_state["is_away"] = True
elif visitor.me is None and screen is navigation.JOIN:
    with frame.errors_shown():
        page.run()
elif visitor.me is None:
    sign_in_page()
else:
    signed_in_page(page, screen, news)
with notice:
    frame.show_away_notice()
