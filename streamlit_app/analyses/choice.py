"""Choosing an analysis and its parameters, which the page's URL holds (`streamlit_app/state/address.py`)."""

from collections.abc import Sequence

import streamlit as st

from contracts.analyses import AnalysisRead, Parameter, ParameterKind
from streamlit_app.analyses import link_notices
from streamlit_app.client.analytics import Parameters
from streamlit_app.language.text import plain
from streamlit_app.state import address

CHOSEN = "analysis"
ALL = ""
Value = int | str
# A parameter and its alternatives, of which only one can be given.
Group = list[Parameter]


def choose(catalogue: Sequence[AnalysisRead]) -> tuple[AnalysisRead, Parameters]:
    """Draws the widgets and returns the chosen analysis and parameters. The catalogue must not be empty."""
    analyses = {analysis.slug: analysis for analysis in catalogue}
    asked, notices = _asked(), st.container()
    is_new = st.session_state.get(CHOSEN) not in analyses
    address.follow("analyses", lambda: _set_widgets(analyses), is_new=is_new)
    slug = st.selectbox(
        "Analysis", list(analyses), format_func=lambda slug: analyses[slug].title, key=CHOSEN, width=440
    )
    analysis = analyses[slug]
    st.header(plain(analysis.question))
    given = _draw_controls(analysis)
    _write_address(analysis, given, is_first=slug == next(iter(analyses)))
    with notices:
        link_notices.show(link_notices.find(analyses, asked, analysis.title, given), _asked())
    return analysis, given


def _asked() -> dict[str, str]:
    """Returns what the URL asks for."""
    return {name: address.get(name) or "" for name in address.names()}


def _draw_controls(analysis: AnalysisRead) -> dict[str, Value]:
    groups = _groups(analysis)
    given: dict[str, Value] = {}
    if groups:
        with st.container(horizontal=True, vertical_alignment="bottom", key="parameters"):
            for group in groups:
                parameter = _one_of(analysis, group)
                if (value := _draw(analysis, parameter)) != ALL:
                    given[parameter.name] = value
    return given


def _one_of(analysis: AnalysisRead, group: Group) -> Parameter:
    """Returns the parameter of the group that is to be given. If there are several, draws a control to choose one."""
    if len(group) == 1:
        return group[0]
    by_name = {parameter.name: parameter for parameter in group}
    key = _which_key(analysis, group)
    st.session_state.setdefault(key, group[0].name)
    chosen = st.segmented_control(
        " or ".join(parameter.label for parameter in group),
        list(by_name),
        format_func=lambda name: by_name[name].label,
        required=True,
        key=key,
        label_visibility="collapsed",
    )
    return by_name[chosen or group[0].name]


def _draw(analysis: AnalysisRead, parameter: Parameter) -> Value:
    key = _key(analysis, parameter)
    st.session_state.setdefault(key, _first(parameter))
    label, help_ = parameter.label, plain(parameter.help) or None
    if parameter.kind is ParameterKind.INTEGER:
        low, high, step = _bounds(parameter)
        chosen: int = st.slider(_with_unit(parameter), low, high, step=step, key=key, help=help_)
        return chosen
    labels = _labels(parameter)
    return str(
        st.selectbox(label, list(labels), format_func=lambda value: labels[value], key=key, help=help_, width=320)
    )


def _set_widgets(analyses: dict[str, AnalysisRead]) -> None:
    """Sets the widgets from the URL."""
    asked = address.get(CHOSEN)
    st.session_state[CHOSEN] = asked if asked in analyses else next(iter(analyses))
    analysis = analyses[st.session_state[CHOSEN]]
    for group in _groups(analysis):
        named = next((parameter for parameter in group if parameter.name in address.names()), group[0])
        st.session_state[_which_key(analysis, group)] = named.name
        for parameter in group:
            st.session_state[_key(analysis, parameter)] = _read(parameter, address.get(parameter.name))


def _write_address(analysis: AnalysisRead, given: Parameters, *, is_first: bool) -> None:
    """Writes the chosen values to the URL, without defaults. A default that is in the URL already stays: removing it
    would add an entry to the browser's history, and Back would lead to a URL that is rewritten again at once."""
    is_same = address.get(CHOSEN) in (analysis.slug, None)
    named = address.names() if is_same else {CHOSEN}
    defaults = {parameter.name: parameter.default for parameter in analysis.parameters}
    written = {CHOSEN: analysis.slug} if CHOSEN in named or not is_first else {}
    written |= {name: str(value) for name, value in given.items() if name in named or value != defaults[name]}
    address.write(written)


def _read(parameter: Parameter, given: str | None) -> Value:
    """Returns the value from the URL, or the default if the URL has no valid one. A number outside the range of the
    slider is moved to its nearest end."""
    if given is None:
        return _first(parameter)
    if parameter.kind is ParameterKind.CHOICE:
        return given if given in _labels(parameter) else _first(parameter)
    if not (given.isdecimal() and given.isascii() and len(given) < 10):
        return _first(parameter)
    low, high, step = _bounds(parameter)
    return min(max(low + (int(given) - low) // step * step, low), high)


def _first(parameter: Parameter) -> Value:
    """Returns the initial value of the widget."""
    if parameter.default is not None:
        return parameter.default
    return ALL if parameter.kind is ParameterKind.CHOICE else _bounds(parameter)[0]


def _bounds(parameter: Parameter) -> tuple[int, int, int]:
    return parameter.minimum or 0, parameter.maximum or 0, parameter.step or 1


def _labels(parameter: Parameter) -> dict[str, str]:
    """Returns the options. If the parameter has no default, the first one is "All"."""
    return ({ALL: "All"} if parameter.default is None else {}) | {
        option.value: option.label for option in parameter.options
    }


def _with_unit(parameter: Parameter) -> str:
    """Returns the label with the unit, which a slider cannot write beside its value in the singular and plural."""
    is_said = not parameter.unit or parameter.unit.casefold() in parameter.label.casefold()
    return parameter.label if is_said else f"{parameter.label} ({parameter.unit})"


def _groups(analysis: AnalysisRead) -> list[Group]:
    groups = {parameter.name: [parameter] for parameter in analysis.parameters if parameter.instead_of is None}
    for parameter in analysis.parameters:
        if parameter.instead_of is not None:
            groups[parameter.instead_of].append(parameter)
    return list(groups.values())


def _key(analysis: AnalysisRead, parameter: Parameter) -> str:
    return f"analysis_{analysis.slug}_{parameter.name}"


def _which_key(analysis: AnalysisRead, group: Group) -> str:
    return f"analysis_{analysis.slug}_{group[0].name}_or"
