"""What somebody worked on in one week, the timers that they paused, and those that they forgot."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import streamlit as st

from contracts.time_tracking import DayTime, MyTimeEntry, StoppedBecause, TimerRead
from streamlit_app.components.ticket_links import TicketLink, ticket_links
from streamlit_app.components.time_week import WeekDay, WeekEntry, WeekLink, WeekRow, time_week
from streamlit_app.language import moments
from streamlit_app.language.text import one_line
from streamlit_app.language.words import Chip, worked
from streamlit_app.state import address, navigation, session
from streamlit_app.state.last_answers import ask_or_reuse

# The parameter in the URL: a day of the week that is shown.
WEEK = "week"
WEEK_LONG = timedelta(days=7)
NOTHING_MORE: Mapping[str, str] = {}
WHY_STOPPED = {
    StoppedBecause.DEACTIVATED: "Its timer was stopped when they were deactivated.",
    StoppedBecause.ROLE: "Its timer was stopped when they could no longer work on tickets.",
    StoppedBecause.LIMIT: "Its timer was stopped because it ran too long.",
}
UNCONFIRMED = "Its timer was stopped because it ran too long: it may be wrong."
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
    draw_entries(week.items, week.days, week.seconds, monday, has_more=week.next_cursor is not None)


def draw_entries(
    entries: Sequence[MyTimeEntry], days: Sequence[DayTime], seconds: int, monday: date, *, has_more: bool
) -> None:
    """Draws one person's week by ticket and day. `has_more`: there are earlier entries, which only the sums have."""
    label = f"Time by ticket and day, {week_said(monday)}"
    time_week(label, "Ticket", _days(entries, days, monday), _tickets(entries, monday), worked(seconds))
    if has_more:
        st.caption(
            "Only the latest entries are listed, and added up by ticket. The sums of the week and of its days are of "
            "all entries."
        )


def forgotten_timers() -> None:
    """Draws the entries of timers that ran too long, until this person has said how long they really worked."""
    entries = ask_or_reuse("my_timers", session.api().my_timers).unconfirmed
    if entries:
        st.header("How long was it really?")
        st.caption(
            "These timers ran so long that they were stopped; perhaps you had forgotten them. Correct the time on the "
            "ticket, or say there that it is right."
        )
        ticket_links("forgotten_timers", "Forgotten timers", [_forgotten(entry) for entry in entries])


def paused_timers() -> None:
    """Draws the timers that are paused: their time is in no sum before they are stopped."""
    timers = ask_or_reuse("my_timers", session.api().my_timers).paused
    if timers:
        st.header("Paused timers")
        st.caption("Their time is in no sum yet. Open the ticket to go on, or to stop the timer.")
        ticket_links("paused_timers", "Paused timers", [_paused(timer) for timer in timers])


def _paused(timer: TimerRead) -> TicketLink:
    said = f"last started {moments.said_within(timer.last_started_at)}"
    return TicketLink(timer.ticket_id, _title(timer.ticket_title), Chip(worked(timer.seconds), "amber"), said)


def _forgotten(entry: MyTimeEntry) -> TicketLink:
    day = f"{entry.day:%A} {entry.day.day} {entry.day:%B}"
    return TicketLink(entry.ticket_id, _title(entry.ticket_title), Chip(worked(entry.seconds), "amber"), day)


def _title(title: str | None) -> str:
    return NOT_READABLE if title is None else one_line(title, 90)


def _days(entries: Sequence[MyTimeEntry], days: Sequence[DayTime], monday: date) -> list[WeekDay]:
    seconds = {one.day: one.seconds for one in days}
    return [
        week_day(day, seconds.get(day, 0), [_entry(one) for one in entries if one.day == day])
        for day in seven_days(monday)
    ]


def week_day(day: date, seconds: int, entries: list[WeekEntry]) -> WeekDay:
    return WeekDay(
        name=f"{day:%A} {day.day} {day:%B}",
        short=f"{day:%a} {day.day}",
        total=worked(seconds) if seconds else "",
        entries=entries,
        is_today=day == moments.today(),
    )


def _entry(entry: MyTimeEntry) -> WeekEntry:
    why = UNCONFIRMED if entry.is_unconfirmed else WHY_STOPPED[entry.stopped_because] if entry.stopped_because else ""
    return WeekEntry(_link(entry), worked(entry.seconds), entry.note or "", why)


def _link(entry: MyTimeEntry) -> WeekLink:
    return WeekLink(f"ticket?id={entry.ticket_id}", _title(entry.ticket_title), f"#{entry.ticket_id}")


def _tickets(entries: Sequence[MyTimeEntry], monday: date) -> list[WeekRow]:
    """Returns the rows of the table, the ticket with the most time first."""
    by_ticket: dict[int, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    links = {entry.ticket_id: _link(entry) for entry in entries}
    for entry in entries:
        by_ticket[entry.ticket_id][entry.day] += entry.seconds
    longest_first = sorted(by_ticket.items(), key=lambda pair: (-sum(pair[1].values()), pair[0]))
    return [week_row(links[ticket_id], days, monday) for ticket_id, days in longest_first]


def week_row(link: WeekLink, days: Mapping[date, int], monday: date) -> WeekRow:
    """`days` has the seconds of each day with time."""
    cells = [worked(days[day]) if day in days else "" for day in seven_days(monday)]
    return WeekRow(link=link, cells=cells, total=worked(sum(days.values())))


def seven_days(monday: date) -> list[date]:
    return [monday + timedelta(days=number) for number in range(7)]


def asked_week(this_monday: date) -> date:
    """Returns the Monday of the week in the URL; of this week, if the URL has none that has begun."""
    try:
        asked = monday_of(date.fromisoformat(address.get(WEEK) or ""))
    except (ValueError, OverflowError):
        return this_monday
    return min(max(asked, date(2000, 1, 3)), this_monday)


def choose_week(page: str, more: Mapping[str, str] = NOTHING_MORE) -> date:
    """Draws the bar with the links to other weeks, and returns the Monday of the week in the URL. `more` are the other
    parameters of the page's URL."""
    this_monday = monday_of(moments.today())
    monday = asked_week(this_monday)
    with st.container(horizontal=True, vertical_alignment="center", key="week_bar"):
        navigation.link(page, "← Week before", {WEEK: (monday - WEEK_LONG).isoformat(), **more})
        st.subheader(week_said(monday), width="content")
        if monday < this_monday:
            navigation.link(page, "Week after →", {WEEK: (monday + WEEK_LONG).isoformat(), **more})
            navigation.link(page, "This week", more)
    return monday
