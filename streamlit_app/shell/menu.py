"""The menu at the side, and the bar at the bottom of a phone."""

from collections.abc import Callable
from itertools import islice
from urllib.parse import urlencode

import streamlit as st

from contracts.people import Me
from contracts.tickets import NOT_CLOSED
from contracts.views import BuiltIn
from streamlit_app.components.menu import Entry, menu, phone_bar
from streamlit_app.components.sign_in import person_menu
from streamlit_app.server.live_updates import News
from streamlit_app.state import lists, navigation
from streamlit_app.state.navigation import Screen

MINE = {"assignee": "me", "status": NOT_CLOSED}
MY_TICKETS = "my_tickets"
MENTIONS = navigation.MENTIONS.stem
# What is counted beside the link to a page.
COUNTS = {MY_TICKETS: "unread", MENTIONS: "mentions"}
# What the pages are called in the bar.
SHORT = {"report": "Report", MY_TICKETS: "Mine", "open_tickets": "Open", "analyses": "Analyses"}


def draw_menu(me: Me, screen: Screen, news: News, draw_views: Callable[[Me], None]) -> None:
    """Draws the menu at the side. `screen` is the page that is shown; `draw_views` draws the views of the queue."""
    groups = {name: [_entry(one, screen) for one in screens] for name, screens in navigation.groups_for(me).items()}
    new = navigation.new_ticket(me)
    button = _entry(new, screen) if new else None
    # The page that searches has a field of its own.
    search = "" if screen is navigation.SEARCH else navigation.search_at(me)
    menu("menu", dict(islice(groups.items(), 1)), new=button, search=search, news=news._asdict())
    draw_views(me)
    menu("menu_more", dict(islice(groups.items(), 1, None)), has_keys=True)
    person_menu(me, switches=lists.is_sign_in_by_choice())


def draw_phone_bar(me: Me, screen: Screen, news: News) -> None:
    with st.container(key="hidden_phone_bar"):
        # The bar has no room for their page.
        more_counts = COUNTS[MENTIONS] if navigation.is_for(me, navigation.MENTIONS) else ""
        phone_bar(_bar(me, screen), more_counts=more_counts, news=news._asdict())


def _bar(me: Me, screen: Screen) -> list[Entry]:
    if navigation.is_for(me, navigation.QUEUE):
        is_queue = screen is navigation.QUEUE
        is_mine = st.query_params.get("assignee") == "me" or st.query_params.get("view") == BuiltIn.MINE
        return [
            Entry("Queue", "queue", is_queue and not is_mine),
            Entry("Mine", f"queue?{urlencode(MINE, doseq=True)}", is_queue and is_mine),
            Entry("New", "report_for", screen is navigation.NEW_FOR_ANYBODY),
        ]
    shown = navigation.menu_for(me)
    return [_entry(one, screen, SHORT[one.stem]) for one in shown if one.stem in SHORT]


def _entry(one: Screen, shown: Screen, label: str = "") -> Entry:
    return Entry(label or one.title, one.stem, one is shown, COUNTS.get(one.stem, ""))
