"""The time that this person worked, week by week, and the timers that they paused or forgot."""

from datetime import date

import streamlit as st

from streamlit_app.shell.live import live_part
from streamlit_app.tickets.my_week import choose_week, forgotten_timers, my_week, paused_timers


@live_part(time=True)
def week(monday: date) -> None:
    forgotten_timers()
    my_week(monday)
    paused_timers()


st.title("My time")
week(choose_week("my_time"))
