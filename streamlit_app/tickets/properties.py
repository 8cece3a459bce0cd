"""What staff set on a ticket, each with one choice."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from contracts.tickets import Priority, TicketRead
from streamlit_app.client.errors import ApiError
from streamlit_app.language.words import PRIORITIES
from streamlit_app.state import lists, session
from streamlit_app.tickets.actions import told
from streamlit_app.tickets.category_reason import category_reason
from streamlit_app.tickets.editing import Clash, save, value_of

REFUSALS = "refused_choices"


def properties(ticket: TicketRead) -> None:
    """A choice is saved at once."""
    names = {person.id: person.name for person in lists.staff()}
    if ticket.assignee:
        names.setdefault(ticket.assignee.id, ticket.assignee.name)
    people = lists.told_apart(names)
    _choice(ticket, "assignee", "Assigned to", [None, *people], lambda id_: people.get(id_, "Nobody"))
    stages = lists.stage_names()
    _choice(ticket, "stage", "Stage", list(stages), stages.get)
    _choice(ticket, "priority", "Priority", list(Priority), lambda level: PRIORITIES[level].text)
    categories = lists.category_names()
    _choice(ticket, "category", "Category", list(categories), categories.get)
    category_reason(ticket)


def _choice(ticket: TicketRead, field: str, label: str, options: list[Any], name: Callable[[Any], str | None]) -> None:
    """The version in the key makes the widget show what somebody else chose, and the number of refusals what stands
    after one: the browser would keep what was refused, and tell it again."""
    key = f"{field}_{ticket.id}_{ticket.version}_{st.session_state.get(REFUSALS, 0)}"
    present = value_of(ticket, field)
    if present not in options:
        options = [present, *options]
    st.selectbox(
        label,
        options,
        options.index(present),
        format_func=lambda value: name(value) or str(value),
        key=key,
        on_change=_chosen,
        args=(ticket, field, key),
    )


def _chosen(ticket: TicketRead, field: str, key: str) -> None:
    """During a redraw the browser tells once more what boxes show that are gone here already, as if they had changed:
    only what a box did not show before, and was not asked for before, is a choice."""
    chosen, answered = st.session_state[key], f"{field}_answered"
    before = st.session_state.get(answered, ("", None, ticket))
    last, seen = before[1:] if before[0] == key else (value_of(ticket, field), ticket)
    if chosen == last:
        return
    st.session_state[answered] = (key, chosen, seen)
    try:
        result = save(session.api(), seen, {field: chosen})
    except ApiError as error:
        st.session_state[REFUSALS] = st.session_state.get(REFUSALS, 0) + 1
        told(error.sentence)
        return
    if isinstance(result, Clash):
        told(f"Somebody else changed the {field} a moment ago, so yours was not saved. Please look again.")
    else:
        st.session_state[answered] = (key, chosen, result)
