"""What surrounds every page: the menu at the side, the tab's title, and the messages when something is wrong."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st

from contracts.people import Me, Permission
from streamlit_app.client.api import Api
from streamlit_app.client.errors import AnalyticsAway, ApiError, DeskAway
from streamlit_app.client.service_client import NOT_AWAY
from streamlit_app.components.timer import timer
from streamlit_app.language.text import plain
from streamlit_app.server.live_updates import News
from streamlit_app.shell.menu import draw_menu
from streamlit_app.state import last_answers, navigation, redraws, session
from streamlit_app.state.lists import desk

STATIC = Path(__file__).resolve().parents[1] / "static"
# Its address and not its file: Streamlit forgets a file while a page is drawn, and the browser may ask for it then.
ICON = "/app/static/icon.png"
RETRY_SECONDS = 2
SIDEBAR_PIXELS = 220
FULL_DISK = 507


def set_tab_title(title: str, unread: int) -> None:
    """Sets the tab's title and icon."""
    st.set_page_config(
        page_title=tab_title(title, unread), page_icon=ICON, layout="wide", initial_sidebar_state=SIDEBAR_PIXELS
    )


def name_tab(title: str) -> None:
    """Gives the tab another title than the page's, such as the title of what the page is about."""
    st.set_page_config(page_title=tab_title(title, session.news().total))


def begin_page() -> None:
    """Call it before a whole page is drawn. page.css holds only the few rules of style for which the theme has no
    setting."""
    st.session_state.pop("away_is_told", None)
    redraws.count_whole_page()
    st.html(STATIC / "page.css")


def draw_sidebar(me: Me, screen: navigation.Screen, news: News, draw_views: Callable[[Me], None]) -> None:
    st.logo(ICON, size="large")
    with st.sidebar:
        with st.container(key="desk_name"):
            st.markdown(f"**{plain(desk_name())}**")
        if Permission.TICKETS_WORK in me.permissions:
            timer(in_menu=True)
        draw_menu(me, screen, news, draw_views)


def draw_timer(me: Me) -> None:
    """Draws the timer of somebody who works on tickets, for when the menu is closed."""
    if Permission.TICKETS_WORK in me.permissions:
        with st.container(key="hidden_timer"):
            timer(in_menu=False)


def tab_title(title: str, unread: int = 0) -> str:
    return f"({unread}) {title} · {desk_name()}" if unread else f"{title} · {desk_name()}"


def desk_name() -> str:
    """Returns the name that the campus gave its helpdesk; the product's name while the data API cannot be asked."""
    try:
        return desk().name
    except ApiError:
        return "Lodge"


@contextmanager
def errors_shown() -> Iterator[None]:
    """Shows a refusal by a service as a message; the page around it stays."""
    try:
        yield
    except DeskAway:
        st.session_state["is_away"] = True
    except ApiError as error:
        if error.status == 401:
            session.forget()
            st.rerun()
        show_error(error)


def show_error(error: ApiError) -> None:
    """Shows an error, mostly in the service's own words, which are written for people."""
    if isinstance(error, AnalyticsAway):
        st.info(error.sentence)
    elif error.envelope.error in NOT_AWAY:
        st.warning(plain(error.sentence))
    elif error.status == 404:
        st.info("There is nothing here, or it is not yours to see.")
    elif error.status >= 500 and error.status != FULL_DISK:
        st.error(
            f"Something went wrong at the desk. If it stays, name this to an administrator: "
            f"{plain(error.envelope.request_id)}"
        )
    else:
        st.error(plain(error.sentence))


def show_away_notice() -> None:
    """Shows that the data API cannot be reached, and redraws the page when it is back."""
    st.session_state["away_is_told"] = last_answers.is_away()
    if last_answers.is_away():
        st.warning("The desk cannot be reached; trying again. What you typed is kept.")
        _try_again()


def rerun_if_desk_went_or_returned() -> None:
    """Redraws the whole page if the data API has just gone away or come back. For parts that are redrawn alone.

    While the whole page is being drawn this does nothing, because the page's notice is drawn last.
    """
    if st.session_state.get("away_is_told", last_answers.is_away()) != last_answers.is_away():
        st.rerun()


@st.fragment(run_every=RETRY_SECONDS)
def _try_again() -> None:
    """Asks the data API, but not right after a redraw of the page: if the data API answered this request and not the
    page's own, the page would be redrawn without end."""
    if redraws.has_something_happened("try_again"):
        return
    try:
        Api().desk()
    except ApiError:
        return
    st.session_state["is_away"] = False
    st.rerun()
