"""The time that somebody worked in one week, by day and ticket."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from streamlit_app.components.component_files import component

_time_week = component("time_week")


@dataclass(frozen=True)
class TicketName:
    id: int
    title: str


@dataclass(frozen=True)
class WeekEntry:
    """`said` is how long it was, in words."""

    ticket: TicketName
    said: str
    note: str = ""


@dataclass(frozen=True)
class WeekDay:
    """`short` is the head of the day's column, `total` its sum in words, empty for a day without entries."""

    name: str
    short: str
    total: str
    entries: Sequence[WeekEntry]
    is_today: bool = False


@dataclass(frozen=True)
class WeekTicket:
    """A row of the table; `cells` has one text for each day."""

    id: int
    title: str
    cells: Sequence[str]
    total: str


def time_week(label: str, days: Sequence[WeekDay], tickets: Sequence[WeekTicket], total: str) -> None:
    """Draws the table, which is called `label` for screen readers, and the entries of each day."""
    data = {"label": label, "days": [asdict(day) for day in days], "tickets": [asdict(one) for one in tickets]}
    _time_week(key="time_week", data=data | {"total": total})
