"""What staff set on a ticket, each with one choice, and what happened to it so far."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from contracts.tickets import Priority, TicketEventRead, TicketRead
from streamlit_app import lists, moments, session
from streamlit_app.editing import Clash, save, value_of
from streamlit_app.errors import ApiError
from streamlit_app.held import held
from streamlit_app.ticket_actions import told
from streamlit_app.ticket_rows import sentence
from streamlit_app.words import PRIORITIES


def properties(ticket: TicketRead) -> None:
    """A choice is saved at once."""
    people = {person.id: person.name for person in lists.staff()}
    if ticket.assignee:
        people.setdefault(ticket.assignee.id, ticket.assignee.name)
    _choice(ticket, "assignee", "Assigned to", [None, *people], lambda id_: people.get(id_, "Nobody"))
    stages = lists.stage_names()
    _choice(ticket, "stage", "Stage", list(stages), stages.get)
    _choice(ticket, "priority", "Priority", list(Priority), lambda level: PRIORITIES[level].text)
    categories = lists.category_names()
    _choice(ticket, "category", "Category", list(categories), categories.get)


def _choice(ticket: TicketRead, field: str, label: str, options: list[Any], name: Callable[[Any], str | None]) -> None:
    """The version in the key makes the widget show what somebody else chose."""
    key = f"{field}_{ticket.id}_{ticket.version}"
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
    try:
        result = save(session.api(), ticket, {field: st.session_state[key]})
    except ApiError as error:
        st.session_state.pop(key)
        told(error.sentence)
        return
    if isinstance(result, Clash):
        told(f"Somebody else changed the {field} a moment ago, so yours was not saved. Please look again.")


def history(ticket: TicketRead) -> None:
    """Latest first, as plain text: values are people's words. Asked for only when it is opened."""
    box = st.expander("History", key="history", on_change="rerun")
    if not box.open:
        return
    events = held(f"history_{ticket.id}", lambda: session.api().history(ticket.id))
    lines = [
        f"{moments.said(event.occurred_at)}  {sentence(event.kind, event.from_value, event.to_value, _actor(event))}"
        for event in reversed(events)
    ]
    with box:
        st.text("\n".join(lines))


def _actor(event: TicketEventRead) -> str:
    return event.actor.name if event.actor else "Somebody"
