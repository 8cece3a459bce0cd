"""A few results of analyses on the overview, each with a link to its analysis."""

import streamlit as st

from contracts.analyses import AnalysisAnswer, Chart, ChartMark
from streamlit_app.analyses import charts, figures
from streamlit_app.analyses.cells import NOTHING, month_said
from streamlit_app.analyses.figures import ShownAnswer
from streamlit_app.client.analytics import Parameters
from streamlit_app.client.errors import AnalyticsAway, ApiError
from streamlit_app.components.numbers import Number, numbers
from streamlit_app.language.words import duration
from streamlit_app.shell.frame import show_error
from streamlit_app.state import navigation

HOURS, DAYS = 24, 28
PERIOD = {"hours": HOURS}
SPAN = {"days": DAYS}
BY_DAY = "created-and-closed-by-day"
LINES = Chart(mark=ChartMark.LINE, x="day", y=["created", "closed"])
HEIGHT = 190


def draw(*, as_of_now: bool, renewed_every: int) -> None:
    """Draws the results. One that cannot be had is replaced by a sentence: the rest of the overview works without."""
    st.header("In figures")
    # With `as_of_now`, the first call waits until the replica has caught up; later calls see at least that state.
    asked: dict[str, Parameters] = {"open-in-period": PERIOD, "resolution-time-by-month": {}, BY_DAY: SPAN}
    found: dict[str, ShownAnswer] = {}
    for slug, parameters in asked.items():
        try:
            found[slug] = figures.answer(slug, parameters, as_of_now=as_of_now and not found)
        except AnalyticsAway as error:
            show_error(error)
            return
        except ApiError as error:
            show_error(error)
    if found:
        figures.age(*found.values(), renewed_every=renewed_every)
    beside, main = st.columns([1, 2], gap="medium")
    with beside:
        shown = [number(found[slug].answer) for slug, number in NUMBERS.items() if slug in found]
        if shown:
            numbers("figures", "In figures", shown, wide=True)
    if BY_DAY in found:
        with main:
            by_day = found[BY_DAY].answer
            navigation.link("analyses", "Created and closed by day", _view(by_day, days=DAYS))
            charts.draw(LINES, by_day, key="by_day", height=HEIGHT)


def _recent(answer: AnalysisAnswer) -> Number:
    tickets = answer.rows[0]["tickets"]
    return Number(f"New in {HOURS} hours, not closed", tickets, _view(answer, hours=HOURS), "analyses")


def _newest_month(answer: AnalysisAnswer) -> Number:
    """Returns the mean time to close for tickets opened in the newest month that is not provisional, if there is
    one."""
    final = [row for row in answer.rows if row["month"] not in answer.provisional]
    if not final:
        return Number("Mean time to close", NOTHING, _view(answer), "analyses")
    month, hours = final[-1]["month"], final[-1]["mean_hours"]
    return Number(
        f"Mean time to close, opened in {month_said(month)}", duration(hours * 3600), _view(answer), "analyses"
    )


NUMBERS = {"open-in-period": _recent, "resolution-time-by-month": _newest_month}


def _view(answer: AnalysisAnswer, **parameters: int) -> dict[str, str]:
    return {"analysis": answer.slug} | {name: str(value) for name, value in parameters.items()}
