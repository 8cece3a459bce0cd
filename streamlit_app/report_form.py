"""The form that reports a problem: for oneself, or by staff for someone else."""

import hashlib
from collections.abc import Callable

import streamlit as st

from contracts.tickets import Priority, TicketCreate, TicketRead
from streamlit_app import lists, session
from streamlit_app.components.composer import Draft, attempt_field, composer
from streamlit_app.words import PRIORITIES

NOT_SURE = "Not sure"
NOWHERE = "Not in a building"
FIELDS = ("building", "room", "category", "priority")


def report_form(name: str, requester_id: int | None = None, after: Callable[[], None] = lambda: None) -> None:
    """Draws it. What was reported last stays in the session as `{name}_reported`, for the page to confirm; `after` is
    called then.
    """

    def send(draft: Draft) -> None:
        report = _report(name, draft.text, requester_id)
        # The same text for another room is another report, and a key names one thing only.
        key = hashlib.sha256(f"{draft.key}{report.model_dump_json()}".encode()).hexdigest()
        st.session_state[f"{name}_reported"] = session.api().report(report, key)
        st.session_state[f"{name}_count"] = st.session_state.get(f"{name}_count", 0) + 1
        after()

    composer(
        f"{name}_description",
        "What is the problem?",
        send,
        placeholder="For example: the projector in the seminar room shows no picture since this morning.",
        hint="The first line becomes the title",
    )
    _fields(name)
    st.button("Report", type="primary", on_click=attempt_field, args=(f"{name}_description", send))


def _fields(name: str) -> None:
    where, room = st.columns([2, 1])
    where.selectbox(
        "Building",
        ["", *lists.building_names()],
        format_func=_building,
        key=_key(name, "building"),
        filter_mode="contains",
    )
    room.text_input("Room", key=_key(name, "room"), max_chars=60, placeholder="2.14")
    kind, urgency = st.columns(2)
    kind.selectbox("Kind of problem", ["", *lists.category_names()], format_func=_category, key=_key(name, "category"))
    urgency.selectbox(
        "How urgent?",
        list(Priority),
        index=list(Priority).index(Priority.NORMAL),
        format_func=lambda priority: PRIORITIES[priority].text,
        key=_key(name, "priority"),
    )


def _key(name: str, field: str) -> str:
    """Each report has fields of its own: the browser would keep what stands in those of the one before."""
    return f"{name}_{field}_{st.session_state.get(f'{name}_count', 0)}"


def reported(name: str) -> TicketRead | None:
    ticket: TicketRead | None = st.session_state.get(f"{name}_reported")
    return ticket


def _report(name: str, description: str, requester_id: int | None) -> TicketCreate:
    """Only what was chosen is sent: the data API knows the defaults."""
    chosen = {field: st.session_state.get(_key(name, field)) for field in FIELDS}
    given = {field: value for field, value in chosen.items() if value}
    if requester_id is not None:
        given["requester"] = requester_id
    return TicketCreate(description=description, **given)


def _building(slug: str) -> str:
    return lists.building_names().get(slug, slug) if slug else NOWHERE


def _category(slug: str) -> str:
    return lists.category_names().get(slug, slug) if slug else NOT_SURE
