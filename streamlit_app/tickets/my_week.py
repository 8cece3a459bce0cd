"""What somebody worked on in one week, and the timers that they paused."""

from collections import defaultdict
from datetime import date, timedelta

import streamlit as st

from contracts.time_tracking import MyTime, MyTimeEntry, TimerRead
from streamlit_app.components.ticket_links import TicketLink, ticket_links
from streamlit_app.components.time_week import TicketName, WeekDay, WeekEntry, WeekTicket, time_week
from streamlit_app.language import moments
from streamlit_app.language.text import one_line
from streamlit_app.language.words import Chip, worked
from streamlit_app.state import session
from streamlit_app.state.last_answers import ask_or_reuse

NOT_READABLE = "A ticket that you may no longer read"


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def week_said(monday: date) -> str:
    """Returns a week such as "30 Nov – 6 Dec 2026"."""
    sunday = monday + timedelta(days=6)
    year = "" if monday.year == sunday.year else f" {monday.year}"
    return f"{monday.day} {monday:%b}{year} – {sunday.day} {sunday:%b} {sunday.year}"


def my_week(monday: date) -> None:
    sunday = monday + timedelta(days=6)
    week = ask_or_reuse(f"my_time_{monday}", lambda: session.api().my_time(monday, sunday))
    if not week.items:
        st.info(
            "No time in this week. Open a ticket and start its timer, or add time there: under *Time*, beside the "
            "conversation."
        )
        return
    st.markdown(f"**{worked(week.seconds)}** in this week")
    time_week(f"Time by ticket and day, {week_said(monday)}", _days(week, monday), _tickets(week, monday), _total(week))
    if week.next_cursor:
        st.caption(
            "Only the latest entries are listed, and added up by ticket. The sums of the week and of its days are of "
            "all entries."
        )


def paused_timers() -> None:
    """Draws the timers that are paused: their time is in no sum before they are stopped."""
    timers = ask_or_reuse("my_timers", session.api().my_timers).paused
    if timers:
        st.header("Paused timers")
        st.caption("Their time is in no sum yet. Open the ticket to go on, or to stop the timer.")
        ticket_links("paused_timers", "Paused timers", [_paused(timer) for timer in timers])


def _paused(timer: TimerRead) -> TicketLink:
    said = f"since {moments.said(timer.last_started_at)}"
    return TicketLink(timer.ticket_id, _title(timer.ticket_title), Chip(worked(timer.seconds), "amber"), said)


def _title(title: str | None) -> str:
    return NOT_READABLE if title is None else one_line(title, 90)


def _total(week: MyTime) -> str:
    return worked(week.seconds)


def _days(week: MyTime, monday: date) -> list[WeekDay]:
    seconds = {one.day: one.seconds for one in week.days}
    today = moments.today()
    return [
        WeekDay(
            name=f"{day:%A} {day.day} {day:%B}",
            short=f"{day:%a} {day.day}",
            total=worked(seconds[day]) if day in seconds else "",
            entries=[_entry(one) for one in week.items if one.day == day],
            is_today=day == today,
        )
        for day in _seven(monday)
    ]


def _entry(entry: MyTimeEntry) -> WeekEntry:
    return WeekEntry(TicketName(entry.ticket_id, _title(entry.ticket_title)), worked(entry.seconds), entry.note or "")


def _tickets(week: MyTime, monday: date) -> list[WeekTicket]:
    """Returns the rows of the table, the ticket with the most time first."""
    by_ticket: dict[int, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    titles = {entry.ticket_id: _title(entry.ticket_title) for entry in week.items}
    for entry in week.items:
        by_ticket[entry.ticket_id][entry.day] += entry.seconds
    longest_first = sorted(by_ticket.items(), key=lambda pair: (-sum(pair[1].values()), pair[0]))
    return [
        WeekTicket(
            id=ticket_id,
            title=titles[ticket_id],
            cells=[worked(days[day]) if day in days else "" for day in _seven(monday)],
            total=worked(sum(days.values())),
        )
        for ticket_id, days in longest_first
    ]


def _seven(monday: date) -> list[date]:
    return [monday + timedelta(days=number) for number in range(7)]
