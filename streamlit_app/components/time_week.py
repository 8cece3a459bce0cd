"""The time that people worked in one week, by day, and by ticket or person."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from streamlit_app.components.component_files import component

_time_week = component("time_week")


@dataclass(frozen=True)
class WeekLink:
    """What a row or an entry is about. `number` is shown before the title, if there is one."""

    href: str
    title: str
    number: str = ""


@dataclass(frozen=True)
class WeekEntry:
    """`said` is how long it was, in words; `why` what is to be said of it besides its note."""

    link: WeekLink
    said: str
    note: str = ""
    why: str = ""


@dataclass(frozen=True)
class WeekDay:
    """`short` is the head of the day's column, `total` its sum in words, empty for a day without entries."""

    name: str
    short: str
    total: str
    entries: Sequence[WeekEntry]
    is_today: bool = False


@dataclass(frozen=True)
class WeekRow:
    """A row of the table; `cells` has one text for each day."""

    link: WeekLink
    cells: Sequence[str]
    total: str


def time_week(
    label: str, about: str, days: Sequence[WeekDay], rows: Sequence[WeekRow], total: str, *, lists_days: bool = True
) -> None:
    """Draws the table, which is called `label` for screen readers and whose rows are about `about`, and the entries of
    each day. Without `lists_days`, the entries are only for phones, where there is no room for the table."""
    data = {"days": [asdict(day) for day in days], "rows": [asdict(row) for row in rows], "total": total}
    _time_week(key="time_week", data=data | {"label": label, "about": about, "lists_days": lists_days})
