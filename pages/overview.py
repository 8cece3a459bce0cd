"""The helpdesk now: what is mine, what nobody has, whose turn it is, what is oldest, and what was solved; for those who
manage teams first who has how much to do. Each number and list leads to its tickets."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from contracts.desk import Overview
from contracts.people import Permission
from contracts.tickets import NOT_CLOSED
from streamlit_app.analyses import overview_figures
from streamlit_app.components.numbers import numbers
from streamlit_app.components.rows import rows
from streamlit_app.home import short_lists
from streamlit_app.home.counts import counts, draw_statuses
from streamlit_app.home.workload import draw_workload
from streamlit_app.language.words import count
from streamlit_app.shell.frame import errors_shown
from streamlit_app.shell.live import FALLBACK_SECONDS, live_part
from streamlit_app.state import navigation, redraws, session
from streamlit_app.state.last_answers import ask_or_reuse
from streamlit_app.tickets.rows import event_rows, message_rows

NOT_COUNTED = "Confidential tickets that you may not see are not counted."

manages = session.may(Permission.TEAMS_MANAGE)


def unassigned_confidential(total: int) -> None:
    """Draws a link to the confidential tickets that nobody works on: only those who read them all see these."""
    if total:
        label = f"{count(total, 'confidential ticket is', 'confidential tickets are')} not assigned to anybody"
        navigation.link("queue", label, {"status": NOT_CLOSED, "assignee": "none", "confidential": "true"})


@live_part()
def overview() -> None:
    # Both are asked for before anything is drawn, so that they appear together.
    now = ask_or_reuse("overview", session.api().overview)
    found = ask_or_reuse("overview_lists", session.api().overview_lists)
    with st.container(key="place_of_counts"):
        numbers("counts", "The desk now", counts(now, found))
    if found.unassigned_confidential is not None:
        unassigned_confidential(found.unassigned_confidential)
    else:
        st.caption(NOT_COUNTED)
    draw_statuses(now, found)
    if manages:
        # An error in it must not hide the tickets.
        with errors_shown():
            draw_workload()
        place = figures_place()
        short_lists.draw(found)
    else:
        short_lists.draw(found)
        place = figures_place()
    lately(now)
    # The figures are drawn last although they are higher on the page, so that the rest does not wait for them.
    with place:
        overview_figures.draw(as_of_now=redraws.has_something_happened("figures"), renewed_every=FALLBACK_SECONDS)


def figures_place() -> DeltaGenerator:
    """Returns a container whose height is reserved (page.css)."""
    return st.container(key="place_of_figures")


def lately(now: Overview) -> None:
    left, right = st.columns(2, gap="medium")
    with left:
        st.header("Recent activity")
        if now.recent_events:
            rows("events", "Recent activity", event_rows(now.recent_events))
        else:
            st.info("No activity to show. Reports, moves and closings appear here.")
    with right:
        st.header("Latest messages")
        if now.latest_messages:
            rows("messages", "Latest messages", message_rows(now.latest_messages))
        else:
            st.info("No messages to show. Messages under tickets appear here.")


with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
    st.title("Overview", width="content")
    navigation.link("queue", "All tickets: filter, sort, search")
overview()
