"""The time that this person worked, week by week, and the timers that they paused."""

from datetime import date, timedelta

import streamlit as st

from streamlit_app.language import moments
from streamlit_app.shell.live import live_part
from streamlit_app.state import address, navigation
from streamlit_app.tickets.my_week import monday_of, my_week, paused_timers, week_said

# The parameter in the URL: a day of the week that is shown.
WEEK = "week"
WEEK_LONG = timedelta(days=7)


@live_part(time=True)
def week(monday: date) -> None:
    my_week(monday)
    paused_timers()


def asked_week(this_monday: date) -> date:
    """Returns the Monday of the week in the URL; of this week, if the URL has none that has begun."""
    try:
        asked = monday_of(date.fromisoformat(address.get(WEEK) or ""))
    except (ValueError, OverflowError):
        return this_monday
    return min(max(asked, date(2000, 1, 3)), this_monday)


def link_to(monday: date, label: str) -> None:
    navigation.link("my_time", label, {WEEK: monday.isoformat()})


st.title("My time")
this_monday = monday_of(moments.today())
monday = asked_week(this_monday)
with st.container(horizontal=True, vertical_alignment="center", key="week_bar"):
    link_to(monday - WEEK_LONG, "← Week before")
    st.subheader(week_said(monday), width="content")
    if monday < this_monday:
        link_to(monday + WEEK_LONG, "Week after →")
        navigation.link("my_time", "This week")
week(monday)
