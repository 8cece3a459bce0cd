"""Says what a link asks for that does not exist. The page shows something else in its place, and corrects the
address."""

from collections.abc import Mapping, Sequence

import streamlit as st

from contracts.analyses import AnalysisRead, Parameter, ParameterKind
from streamlit_app.client.analytics import Parameters
from streamlit_app.language.text import one_line, plain

ANALYSIS = "analysis"
NOTICES = "analysis_link_notices"
MOST_LETTERS = 60
MOST_NOTICES = 5


def find(analyses: Mapping[str, AnalysisRead], asked: Mapping[str, str], shown: str, given: Parameters) -> list[str]:
    """Returns a sentence for each thing that the address (`asked`) names and that does not exist. `shown` is the title
    of the analysis that the page shows, and `given` are its parameters."""
    if asked.get(ANALYSIS, next(iter(analyses))) not in analyses:
        return [f"The analysis “{_short(asked[ANALYSIS])}” cannot be shown. This is another one: {shown}."]
    analysis = analyses[asked.get(ANALYSIS, next(iter(analyses)))]
    by_name = {parameter.name: parameter for parameter in analysis.parameters}
    notices = (_notice(by_name.get(name), name, value, asked, given) for name, value in asked.items())
    return [notice for notice in notices if notice]


def show(found: Sequence[str], address: Mapping[str, str]) -> None:
    """Shows the notices, also when the page is drawn again, until another view is chosen: then the address, which the
    page has corrected, changes."""
    if found:
        st.session_state[NOTICES] = (dict(address), list(found))
    where, notices = st.session_state.get(NOTICES, ({}, []))
    if where != address:
        st.session_state.pop(NOTICES, None)
        return
    for notice in notices[:MOST_NOTICES]:
        st.warning(plain(notice))


def _notice(parameter: Parameter | None, name: str, value: str, asked: Mapping[str, str], given: Parameters) -> str:
    """Returns the sentence; empty if there is nothing wrong with this part of the address."""
    if name == ANALYSIS:
        return ""
    if parameter is None:
        return f"This analysis has no setting “{_short(name)}”."
    if parameter.instead_of in asked:
        return f"{parameter.label}: left out, because the link sets another value in its place."
    if parameter.kind is ParameterKind.CHOICE:
        labels = {option.value: option.label for option in parameter.options}
        is_known = value in labels or (value == "" and parameter.default is None)
        shown = labels.get(str(given.get(name)), "all")
        return "" if is_known else f"{parameter.label}: there is no “{_short(value)}”. This shows {shown}."
    low, high, step = parameter.minimum or 0, parameter.maximum or 0, parameter.step or 1
    if value.isascii() and value.isdecimal() and len(value) < 10 and int(value) in range(low, high + 1, step):
        return ""
    shown = f" This shows {given[name]:,}." if name in given else ""
    return f"{parameter.label}: “{_short(value)}” cannot be set here, only a number from {low:,} to {high:,}.{shown}"


def _short(text: str) -> str:
    return one_line(text, MOST_LETTERS)
