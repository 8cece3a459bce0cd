"""How long each person of a team worked in one week."""

from collections.abc import Sequence
from datetime import date, timedelta

import streamlit as st

from contracts.people import PersonBrief
from contracts.time_tracking import PersonDays, TeamTime
from streamlit_app.components.time_week import WeekDay, WeekEntry, WeekLink, WeekRow, time_week
from streamlit_app.language.csv_files import csv_file
from streamlit_app.language.text import one_line, plain
from streamlit_app.language.words import count, worked
from streamlit_app.state import address, lists, navigation, session
from streamlit_app.state.last_answers import ask_or_reuse
from streamlit_app.tickets.my_week import WEEK, draw_entries, seven_days, week_day, week_row, week_said

TEAM = "team"
CHOSEN = "time_team"
EVERYBODY = ""


def choose_team() -> str | None:
    """Draws the choice of a team, which the URL holds, and returns its slug; None for everybody."""
    names = {EVERYBODY: "Everybody", **lists.team_names()}
    asked = address.get(TEAM) or EVERYBODY
    address.follow("team_time", lambda: _set_team(asked, names), is_new=st.session_state.get(CHOSEN) not in names)
    slug = st.selectbox("Team", list(names), format_func=names.__getitem__, key=CHOSEN, width=260)
    address.write(_kept() | ({TEAM: slug} if slug else {}))
    return slug or None


def _set_team(asked: str, names: dict[str, str]) -> None:
    st.session_state[CHOSEN] = asked if asked in names else EVERYBODY


def _kept() -> dict[str, str]:
    return {WEEK: week} if (week := address.get(WEEK)) else {}


def team_week(monday: date, team: str | None) -> None:
    """Draws the sums by person and day."""
    found = _asked(monday, team, None)
    if not found.people:
        st.info("Nobody of them has time in this week." if team else "Nobody has time in this week.")
        return
    st.markdown(f"**{worked(found.seconds)}** by {count(len(found.people), 'person', 'people')}")
    label = f"Time by person and day, {week_said(monday)}"
    rows = [_row(one, monday) for one in found.people]
    time_week(label, "Person", _days(found.people, monday), rows, worked(found.seconds), lists_days=False)
    if found.more_people:
        st.caption("Only the first 100 people are listed, by name. The sum of the week is of all.")
    if unsure := sum(one.unconfirmed for one in found.people):
        are = "is of a timer" if unsure == 1 else "are of timers"
        st.caption(f"{count(unsure, 'entry', 'entries')} {are} that ran too long, and may be wrong.")
    _explain()
    st.download_button(
        "Save as CSV", _file(found.people, monday), f"time-{monday}.csv", "text/csv", key="team_time_file"
    )


def person_week(monday: date, person_id: int) -> None:
    """Draws one person's entries, by ticket and day."""
    found = _asked(monday, None, person_id)
    navigation.link("team_time", "← All people", {WEEK: monday.isoformat()})
    if not found.people:
        st.info("This person has no time in this week.")
        return
    (one,) = found.people
    st.header(plain(one.person.name))
    st.markdown(f"**{worked(one.seconds)}** in this week")
    draw_entries(found.items, one.days, one.seconds, monday, has_more=found.next_cursor is not None)
    _explain()


def _asked(monday: date, team: str | None, person: int | None) -> TeamTime:
    sunday = monday + timedelta(days=6)
    key = f"team_time_{monday}_{team}_{person}"
    return ask_or_reuse(key, lambda: session.api().team_time(monday, sunday, team, person))


def _explain() -> None:
    st.caption("Time on tickets that you may not read is not in it. Timers that are not stopped yet are not either.")


def _row(one: PersonDays, monday: date) -> WeekRow:
    return week_row(_link(one.person, monday), {day.day: day.seconds for day in one.days}, monday)


def _link(person: PersonBrief, monday: date) -> WeekLink:
    return WeekLink(f"team_time?{WEEK}={monday}&person={person.id}", one_line(person.name, 60))


def _days(people: Sequence[PersonDays], monday: date) -> list[WeekDay]:
    return [_day(day, people, monday) for day in seven_days(monday)]


def _day(day: date, people: Sequence[PersonDays], monday: date) -> WeekDay:
    seconds = [(one.person, part.seconds) for one in people for part in one.days if part.day == day]
    entries = [WeekEntry(_link(person, monday), worked(part)) for person, part in seconds]
    return week_day(day, sum(part for _, part in seconds), entries)


def _file(people: Sequence[PersonDays], monday: date) -> bytes:
    """Returns the table as a file for spreadsheets, in hours."""
    days = seven_days(monday)
    rows = []
    for one in people:
        seconds = {part.day: part.seconds for part in one.days}
        cells = [round(seconds.get(day, 0) / 3600, 2) for day in days]
        rows.append([one.person.name, *cells, round(one.seconds / 3600, 2)])
    return csv_file(["Person", *(day.isoformat() for day in days), "Hours"], rows)
