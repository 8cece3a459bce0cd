"""Saving a change of something that has a version. Only the fields that somebody changed are sent. If somebody else was
faster, the person is told what those changed, and keeps what they typed; the next press saves it."""

from collections.abc import Callable
from typing import Any, TypeVar

import streamlit as st

from contracts.assignment_rules import AssignmentRuleRead
from contracts.canned_replies import CannedReplyRead
from contracts.lists import StageRead
from contracts.people import PersonDetails
from contracts.roles import RoleRead
from contracts.teams import TeamRead
from streamlit_app.client.api import Api
from streamlit_app.client.errors import ApiError
from streamlit_app.language.text import isolated
from streamlit_app.shell.dialogs import Form, attempt

M = TypeVar("M", AssignmentRuleRead, CannedReplyRead, PersonDetails, RoleRead, StageRead, TeamRead)
Values = dict[str, Any]
STALE = "StaleVersion"


def save_change(
    form: Form,
    seen: M,
    values_of: Callable[[M], Values],
    send: Callable[[Api, Values], object],
    forget: Callable[[], None],
    say: Callable[[str, Any], str] = lambda _, value: str(value),
) -> None:
    """`seen` is what the form was opened with. `values_of` returns its values by the form's fields, and `say` the words
    for the value of a field. `send` gets the changed values and the version."""
    before = values_of(seen)
    changed = {name: value for name, value in form.fields.items() if value != before[name]}
    kept = f"{form.key}_meanwhile"
    version = max(seen.version, st.session_state.get(kept, 0))

    def do(api: Api) -> None:
        if not changed:
            return
        try:
            send(api, changed | {"version": version})
        except ApiError as error:
            if error.envelope.error != STALE:
                raise
            now = type(seen).model_validate(error.envelope.current)
            st.session_state[kept] = now.version
            told = _what_happened(form, before, values_of(now), say)
            raise ApiError(error.status, error.envelope.model_copy(update={"detail": told})) from None

    attempt(form.places, do, "Saved." if changed else "Nothing was changed.", forget)


def _what_happened(form: Form, before: Values, now: Values, say: Callable[[str, Any], str]) -> str:
    facts = [
        f"{form.labels[name]} is now {isolated(say(name, now[name]) if now[name] or now[name] is False else 'empty')}"
        for name in form.fields
        if now[name] != before[name]
    ]
    what = f": {'; '.join(facts)}" if facts else ""
    return f"Somebody else changed this meanwhile{what}. What you wrote is kept: press Save again to save it."
