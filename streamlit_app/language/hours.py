"""How working hours are written on the screen."""

from collections.abc import Sequence
from itertools import groupby

from contracts.working_hours import WEEKDAYS, Weekday, WorkingSpan


def hours_said(hours: Sequence[WorkingSpan]) -> str:
    """Returns "Mon–Fri 09:00–17:00; Sat 10:00–12:00"; an empty text without hours."""
    runs: list[tuple[int, int, str]] = []
    for day, spans in groupby(hours, key=lambda span: WEEKDAYS.index(span.day)):
        said = ", ".join(f"{span.starts}–{span.ends}" for span in spans)
        if runs and runs[-1][1:] == (day - 1, said):
            runs[-1] = (runs[-1][0], day, said)
        else:
            runs.append((day, day, said))
    return "; ".join(f"{_days_said(first, last)} {said}" for first, last, said in runs)


def short(day: Weekday) -> str:
    return day.capitalize()[:3]


def _days_said(first: int, last: int) -> str:
    begin = short(WEEKDAYS[first])
    return begin if first == last else f"{begin}–{short(WEEKDAYS[last])}"
