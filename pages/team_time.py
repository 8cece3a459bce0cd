"""How long the people of a team, or of all, worked on tickets, week by week; and the entries of one of them."""

from datetime import date

import streamlit as st

from streamlit_app.people.person import person_in_address
from streamlit_app.shell.live import live_part
from streamlit_app.tickets.my_week import choose_week
from streamlit_app.tickets.team_week import TEAM, choose_team, person_week, team_week


@live_part(time=True)
def week(monday: date, team: str | None, person: int | None) -> None:
    if person is not None:
        person_week(monday, person)
    else:
        team_week(monday, team)


st.title("Team time")
person = person_in_address()
team = choose_team() if person is None else None
more = {"person": str(person)} if person is not None else {TEAM: team} if team else {}
week(choose_week("team_time", more), team, person)
