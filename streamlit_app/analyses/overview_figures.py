"""A few results of analyses on the overview, each with a link to its analysis."""

import streamlit as st

from contracts.analyses import AnalysisAnswer, Chart, ChartMark
from streamlit_app.analyses import charts, figures
from streamlit_app.analyses.cells import NOTHING
from streamlit_app.client.errors import ApiError
from streamlit_app.components.numbers import Number, numbers
from streamlit_app.language import moments
from streamlit_app.shell.frame import show_error
from streamlit_app.state import navigation

HOURS, DAYS = 24, 28
PERIOD = {"hours": HOURS}
SPAN = {"days": DAYS}
LINES = Chart(mark=ChartMark.LINE, x="day", y=["created", "closed"])
HEIGHT = 190


def draw(*, as_of_now: bool, renewed_every: int) -> None:
    """Draws the results. If they cannot be had, draws one sentence instead: the rest of the overview works without."""
    st.header("In figures")
    try:
        # With `as_of_now`, the first call waits until the replica has caught up; later calls see at least that state.
        recent = figures.answer("open-in-period", PERIOD, as_of_now=as_of_now)
        by_month = figures.answer("resolution-time-by-month", {}, as_of_now=False)
        by_day = figures.answer("created-and-closed-by-day", SPAN, as_of_now=False)
    except ApiError as error:
        show_error(error)
        return
    figures.age(recent, by_month, by_day, renewed_every=renewed_every)
    beside, main = st.columns([1, 2], gap="medium")
    with beside:
        numbers("figures", "In figures", [_recent(recent.answer), _this_month(by_month.answer)], wide=True)
    with main:
        navigation.link("analyses", "Created and closed by day", _view(by_day.answer, days=DAYS))
        charts.draw(LINES, by_day.answer, key="by_day", height=HEIGHT)


def _recent(answer: AnalysisAnswer) -> Number:
    tickets = answer.rows[0]["tickets"]
    return Number(f"New in {HOURS} hours, not closed", tickets, _view(answer, hours=HOURS), "analyses")


def _this_month(answer: AnalysisAnswer) -> Number:
    """Returns the mean time to close for tickets opened this month. There is none until the first of them is closed."""
    month = f"{moments.today():%Y-%m}"
    mean = next((row["mean_hours"] for row in answer.rows if row["month"] == month), None)
    value = NOTHING if mean is None else f"{mean:,.1f} h"
    return Number("Mean time to close, opened this month", value, _view(answer), "analyses")


def _view(answer: AnalysisAnswer, **parameters: int) -> dict[str, str]:
    return {"analysis": answer.slug} | {name: str(value) for name, value in parameters.items()}
