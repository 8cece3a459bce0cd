"""The dialog with which working hours are changed."""

from collections.abc import Sequence
from datetime import time, timedelta
from itertools import pairwise
from typing import Any

import streamlit as st

from contracts.people import PersonDetails, PersonUpdate
from contracts.working_hours import WEEKDAYS, Weekday, WorkingSpan, minute_of
from streamlit_app.language.hours import hours_said, short
from streamlit_app.shell.changes import save_change
from streamlit_app.shell.dialogs import Form, show_problems
from streamlit_app.state import lists

FIELD, LABEL = "working_hours", "Working hours"
USUAL = time(9), time(17)
STEP = timedelta(minutes=15)
MIDNIGHT = "24:00"
ENDS_BEFORE = "The end must be after the beginning. 00:00 is the end of the day."

# The days, from, and until: one line of the dialog.
Line = tuple[list[Weekday], time, time]


def change_hours(person: PersonDetails) -> None:
    """Draws the dialog: a line for each stretch of the week, and a button for one more. It is no `st.form`, so that the
    button adds the line at once."""
    form = Form(f"hours_{person.id}", {}, {})
    st.text(
        "Automatic assignment gives them new tickets in these hours only, in the time of the campus. Without any day: "
        "always."
    )
    # After a change, the dialog begins with the hours as they are then.
    lines: list[Line] = st.session_state.setdefault(f"{form.key}_{person.version}", _lines(person.working_hours))
    chosen = [_draw(form, number, line) for number, line in enumerate(lines)]
    st.button("Add other hours", key=f"{form.key}_more", type="tertiary", on_click=lines.append, args=(([], *USUAL),))
    if st.button("Save", type="primary", key=f"{form.key}_save"):
        _save(form, person, chosen)


def _save(form: Form, person: PersonDetails, lines: Sequence[Line]) -> None:
    problems = [(str(number), ENDS_BEFORE) for number, line in enumerate(lines) if line[0] and not _is_possible(line)]
    possible = (span for line in lines if _is_possible(line) for span in _spans(line))
    spans = sorted(possible, key=lambda span: span.place)
    problems += [("", said) for said in _overlaps(spans)]
    if problems:
        show_problems(form.places, problems)
        return
    form.fields, form.labels[FIELD] = {FIELD: spans}, LABEL
    save_change(
        form,
        person,
        _values,
        lambda api, changed: api.change_person(person.id, PersonUpdate.model_validate(changed)),
        lists.staff.forget,
        lambda _, hours: hours_said(hours),
    )


def _draw(form: Form, number: int, line: Line) -> Line:
    days, begins, ends = line
    key = f"{form.key}_{number}"
    which = "" if number == 0 else f" ({number + 1})"
    chosen = st.pills(
        f"Days{which}",
        WEEKDAYS,
        format_func=short,
        selection_mode="multi",
        default=days,
        key=f"{key}_days",
    )
    with st.container(horizontal=True):
        start = st.time_input(f"From{which}", begins, key=f"{key}_from", step=STEP, width=130)
        end = st.time_input(f"Until{which}", ends, key=f"{key}_until", step=STEP, width=130)
    form.places[str(number)] = st.container()
    return list(chosen), start or USUAL[0], end or USUAL[1]


def _lines(hours: Sequence[WorkingSpan]) -> list[Line]:
    """Returns the lines of these hours: days with the same hours share one."""
    times = sorted({(span.starts, span.ends) for span in hours})
    lines: list[Line] = [
        ([span.day for span in hours if (span.starts, span.ends) == (starts, ends)], _time(starts), _time(ends))
        for starts, ends in times
    ]
    return lines or [([], *USUAL)]


def _spans(line: Line) -> list[WorkingSpan]:
    days, begins, ends = line
    return [WorkingSpan(day=day, starts=f"{begins:%H:%M}", ends=_end(ends)) for day in days]


def _is_possible(line: Line) -> bool:
    return minute_of(f"{line[1]:%H:%M}") < minute_of(_end(line[2]))


def _overlaps(spans: Sequence[WorkingSpan]) -> list[str]:
    return [
        f"Two lines overlap on {short(one.day)}: until {one.ends}, and from {other.starts}."
        for one, other in pairwise(spans)
        if one.day == other.day and minute_of(other.starts) < minute_of(one.ends)
    ]


def _end(end: time) -> str:
    """Returns the end as the contract has it. The widget has no 24:00, so its 00:00 stands for that."""
    return f"{end:%H:%M}" if end != time(0) else MIDNIGHT


def _time(clock: str) -> time:
    return time(0) if clock == MIDNIGHT else time.fromisoformat(clock)


def _values(person: PersonDetails) -> dict[str, Any]:
    return {FIELD: list(person.working_hours)}
