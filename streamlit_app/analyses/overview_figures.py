"""A few results of analyses on the overview, each with a link to its analysis."""

import streamlit as st

from contracts.analyses import AnalysisAnswer, Chart, ChartMark
from streamlit_app.analyses import charts, figures
from streamlit_app.analyses.cells import NOTHING, month_said
from streamlit_app.analyses.figures import ShownAnswer
from streamlit_app.client.analytics import Parameters
from streamlit_app.client.errors import AnalyticsAway, ApiError
from streamlit_app.components.numbers import Number, numbers
from streamlit_app.language.words import count, duration
from streamlit_app.shell.frame import show_error
from streamlit_app.state import navigation

HOURS, WEEK, DAYS = 24, 7, 28
RECENT, MONTHS, BY_DAY = "open-in-period", "resolution-time-by-month", "created-and-closed-by-day"
LINES = Chart(mark=ChartMark.LINE, x="day", y=["created", "closed"])
HEIGHT = 190


def draw(*, as_of_now: bool, renewed_every: int) -> None:
    """Draws the results. One that cannot be had is replaced by a sentence: the rest of the overview works without."""
    st.header("In figures")
    # With `as_of_now`, the first call waits until the replica has caught up; later calls see at least that state.
    found: dict[str, ShownAnswer] = {}
    for name, (slug, parameters) in ASKED.items():
        try:
            found[name] = figures.answer(slug, parameters, as_of_now=as_of_now and not found)
        except AnalyticsAway as error:
            show_error(error)
            return
        except ApiError as error:
            show_error(error)
    if found:
        figures.age(*found.values(), renewed_every=renewed_every)
    beside, main = st.columns([1, 2], gap="medium")
    with beside:
        shown = [number(found[name].answer) for name, number in NUMBERS.items() if name in found]
        if shown:
            numbers("figures", "In figures", shown, wide=True)
    if "by day" in found:
        with main:
            by_day = found["by day"].answer
            navigation.link("analyses", "Created and closed by day", _view(by_day, days=DAYS))
            charts.draw(LINES, by_day, key="by_day", height=HEIGHT)


def _in_hours(answer: AnalysisAnswer) -> Number:
    return Number(f"New in {HOURS} hours, not closed", _tickets(answer), _view(answer, hours=HOURS), "analyses")


def _in_days(answer: AnalysisAnswer) -> Number:
    return Number(f"New in {WEEK} days, not closed", _tickets(answer), _view(answer, days=WEEK), "analyses")


def _tickets(answer: AnalysisAnswer) -> int:
    return int(answer.rows[0]["tickets"])


def _newest_month(answer: AnalysisAnswer) -> Number:
    """Returns the mean time to close for tickets opened in the newest month that is not provisional, if there is
    one."""
    final = [row for row in answer.rows if row["month"] not in answer.provisional]
    if not final:
        return Number("Mean time to close", NOTHING, _view(answer), "analyses")
    month, hours = final[-1]["month"], final[-1]["mean_hours"]
    name = f"Mean time to close, opened in {month_said(month)}"
    value = duration(hours * 3600)
    if value.endswith(("day", "days")):
        name += f" ({count(round(hours), 'hour', 'hours')})"
    return Number(name, value, _view(answer), "analyses")


ASKED: dict[str, tuple[str, Parameters]] = {
    "hours": (RECENT, {"hours": HOURS}),
    "days": (RECENT, {"days": WEEK}),
    "mean": (MONTHS, {}),
    "by day": (BY_DAY, {"days": DAYS}),
}
NUMBERS = {"hours": _in_hours, "days": _in_days, "mean": _newest_month}


def _view(answer: AnalysisAnswer, **parameters: int) -> dict[str, str]:
    return {"analysis": answer.slug} | {name: str(value) for name, value in parameters.items()}
