"""The values of a statement's parameters: a widget for each, of a kind that somebody chooses."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import streamlit as st
from pydantic import ValidationError

from contracts.queries import MOST_PARAMETERS, Default, ParameterKind, QueryParameter, kind_of
from contracts.sql import SqlDate, Value
from contracts.sql_parameters import defaults_in, parameters_in

PARAMETERS = "sql_parameters"
KINDS = {
    ParameterKind.TEXT: "Text",
    ParameterKind.NUMBER: "Number",
    ParameterKind.DATE: "Date",
    ParameterKind.YES_NO: "Yes or no",
}
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2200, 1, 1)
# Shows a whole number without decimals, and rounds none that JSON holds exactly.
AS_TYPED = "%.15g"
MOST_CHARACTERS = 1_000


@dataclass
class Parameters:
    """The parameters that were seen since a query was opened, by name in lower case; each `default` is the value that
    its widget had last. `shown` are those of the statement run last. `opening` is a new number for each query that is
    opened, so that its widgets are new."""

    known: dict[str, QueryParameter] = field(default_factory=dict)
    shown: Sequence[str] = ()
    opening: int = 0


def begin(parameters: Sequence[QueryParameter], sql: str) -> None:
    """Begins with the parameters of a query that is opened."""
    known = {parameter.name.lower(): parameter for parameter in parameters}
    st.session_state[PARAMETERS] = Parameters(known, (), _now().opening + 1)
    show_those_of(sql)


def show_those_of(sql: str) -> bool:
    """Shows widgets for the parameters of this statement. Returns whether each of them has had a value or a declared
    default before: otherwise the statement waits for somebody to give them."""
    now, declared = _now(), defaults_in(sql)
    now.shown = parameters_in(sql)[:MOST_PARAMETERS]
    is_complete = True
    for name in now.shown:
        if name.lower() not in now.known:
            is_complete &= name.lower() in declared
            now.known[name.lower()] = _declared(name, declared.get(name.lower()))
    return is_complete


def values_of(sql: str) -> dict[str, Value]:
    """Returns the values that the widgets have now, for a statement that was shown before."""
    now = _now()
    return {name: _typed(now, name) for name in parameters_in(sql) if name.lower() in now.known}


def to_save(sql: str) -> list[QueryParameter]:
    """Returns the parameters of the text, with the values of the widgets as their defaults."""
    now, declared = _now(), defaults_in(sql)
    found = []
    for name in parameters_in(sql)[:MOST_PARAMETERS]:
        if known := now.known.get(name.lower()):
            found.append(QueryParameter(name=name, kind=known.kind, default=_value(now, name)))
        else:
            found.append(_declared(name, declared.get(name.lower())))
    return found


def draw_parameters(run: Callable[[], None], *, has_run: bool, is_waited_for: bool) -> None:
    """Draws the widgets, and the button that runs the statement again with their values, if it `has_run`: before, only
    the editor knows which of its statements is wanted."""
    now = _now()
    if not now.shown:
        return
    with st.container(border=True, key="sql_parameters_box"):
        if is_waited_for:
            st.markdown("**This statement asks for values.** Give them, then run it.")
        for name in now.shown:
            _draw(now, now.known[name.lower()])
        if has_run:
            type_: Literal["primary", "secondary"] = "primary" if is_waited_for else "secondary"
            st.button("Run with these values", key="sql_run_with", type=type_, on_click=run)
        else:
            st.caption("Run uses these values.")


def _draw(now: Parameters, parameter: QueryParameter) -> None:
    key = _key(now, parameter)
    st.session_state.setdefault(key, _shown_value(parameter))
    # Not escaped: screen readers would read the entities, and a name has only letters, digits and underscores.
    label = f"${parameter.name}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if parameter.kind is ParameterKind.NUMBER:
            st.number_input(label, value=None, format=AS_TYPED, step=1.0, key=key, width=260)
        elif parameter.kind is ParameterKind.DATE:
            st.date_input(
                label, value=None, min_value=FIRST_DAY, max_value=LAST_DAY, format="YYYY-MM-DD", key=key, width=260
            )
        elif parameter.kind is ParameterKind.YES_NO:
            st.toggle(label, key=key, width=260)
        else:
            st.text_input(label, max_chars=MOST_CHARACTERS, key=key, width=260)
        kind_key = f"sql_kind_{now.opening}_{parameter.name.lower()}"
        st.session_state.setdefault(kind_key, parameter.kind)
        st.selectbox(
            f"Kind of {label}",
            list(KINDS),
            format_func=KINDS.__getitem__,
            key=kind_key,
            on_change=_change_kind,
            args=(parameter.name, kind_key),
            label_visibility="collapsed",
            width=140,
        )
    # Streamlit forgets the value of a widget that is not drawn.
    now.known[parameter.name.lower()] = parameter.model_copy(update={"default": _value(now, parameter.name)})


def _change_kind(name: str, kind_key: str) -> None:
    """Keeps the value if it is one of the new kind too."""
    now, kind = _now(), st.session_state[kind_key]
    value = _value(now, name)
    candidates = [value, *defaults_in(f"--${name}={value}").values(), str(value)] if value is not None else []
    fitting = (one for one in candidates if kind_of(one) is kind)
    now.known[name.lower()] = QueryParameter(name=name, kind=kind, default=next(fitting, None))


def _declared(name: str, default: str | bool | int | float | None) -> QueryParameter:
    try:
        return QueryParameter(name=name, default=default)
    except ValidationError:  # too long for a default
        return QueryParameter(name=name)


def _typed(now: Parameters, name: str) -> Value:
    value = _value(now, name)
    is_date = now.known[name.lower()].kind is ParameterKind.DATE and isinstance(value, str)
    return SqlDate(date=date.fromisoformat(str(value))) if is_date else value


def _value(now: Parameters, name: str) -> Default:
    parameter = now.known[name.lower()]
    value: Default | date = st.session_state.get(_key(now, parameter), _shown_value(parameter))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return int(value)
    return value


def _shown_value(parameter: QueryParameter) -> object:
    """Returns the default as the widget of this kind takes it."""
    default = parameter.default
    if parameter.kind is ParameterKind.DATE and isinstance(default, str):
        return min(max(date.fromisoformat(default), FIRST_DAY), LAST_DAY)
    if parameter.kind is ParameterKind.NUMBER and isinstance(default, int | float):
        return float(default)
    empty = {ParameterKind.TEXT: "", ParameterKind.YES_NO: False}
    return empty.get(parameter.kind) if default is None else default


def _key(now: Parameters, parameter: QueryParameter) -> str:
    return f"sql_parameter_{now.opening}_{parameter.name.lower()}_{parameter.kind}"


def _now() -> Parameters:
    parameters: Parameters = st.session_state.setdefault(PARAMETERS, Parameters())
    return parameters
