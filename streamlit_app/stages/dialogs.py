"""The dialogs that add, change and delete a stage."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from contracts.lists import MOST_LIMIT, StageCreate, StageRead, StageUpdate
from contracts.tickets import Status, TicketQuery
from streamlit_app.language.text import isolated
from streamlit_app.language.words import STATUSES, count
from streamlit_app.shell.changes import save_change
from streamlit_app.shell.dialogs import Form, attempt, keep_button
from streamlit_app.shell.leaving import tickets_left
from streamlit_app.state import lists, session

WAITS = "A ticket leaves it as soon as its requester answers."
RESUMES = "A ticket that waited for its requester comes here when they answer."
# What each flag is called, and what it says.
FLAGS = {
    "waits_for_requester": ("Waits for the requester", WAITS),
    "work_resumes_here": ("Work resumes here", RESUMES),
}
# Streamlit does not let anybody empty a number that was there before.
LIMIT = "At most so many tickets (0 for no limit)"


def add() -> None:
    """Draws the dialog. It is no `st.form`, because closed stages have no boxes to tick."""
    form = Form("new_stage", {}, {})
    form.text("name", "Name", "", 100)
    names = {status: STATUSES[status].text for status in Status}
    status = st.selectbox("Status of its tickets", list(names), format_func=names.__getitem__, key="new_stage_status")
    form.hold("status", "Status", status)
    _draw_rest(form, status, None, {})
    if st.button("Add", type="primary", key="new_stage_add"):
        attempt(
            form.places,
            lambda api: api.add_stage(StageCreate.model_validate(form.fields)),
            "Added as the last one of its status.",
            lists.stages.forget,
        )


def change(stage: StageRead) -> None:
    form = Form(f"change_stage_{stage.slug}", {}, {})
    with st.form(form.key, border=False):
        form.text("name", "Name", stage.name, 100)
        _draw_rest(form, stage.status, stage.limit, vars(stage))
        if st.form_submit_button("Save", type="primary"):
            save_change(
                form,
                stage,
                lambda seen: {name: getattr(seen, name) for name in form.fields},
                lambda api, wish: api.change_stage(stage.slug, StageUpdate.model_validate(wish)),
                lists.stages.forget,
                lambda _, value: {True: "on", False: "off"}.get(value, str(value)),
            )


def delete(stage: StageRead, peers: Sequence[StageRead]) -> None:
    """Draws the dialog. It always asks where tickets go: there may be some that an administrator may not see."""
    names = lists.with_distinct_names({one.slug: one.name for one in peers if one.slug != stage.slug})
    st.text(f"{_tickets_of(stage)} The history of each ticket says where it went. This cannot be taken back.")
    to = st.selectbox("Its tickets go to", list(names), format_func=names.__getitem__, key=f"stage_{stage.slug}_to")
    place = st.container()
    with st.container(horizontal=True):
        if st.button("Delete", type="primary", key=f"delete_stage_{stage.slug}"):
            left = tickets_left(stage=[stage.slug])
            attempt({"": place}, lambda api: api.delete_stage(stage.slug, to), "Deleted.", lists.stages.forget, left)
        keep_button(f"keep_stage_{stage.slug}")


def _draw_rest(form: Form, status: Status, limit: int | None, flags: Mapping[str, Any]) -> None:
    typed = st.number_input(
        LIMIT,
        min_value=0,
        max_value=MOST_LIMIT,
        value=limit or 0,
        step=1,
        key=f"{form.key}_limit",
        help="The board shows when there are more. No ticket is kept out.",
    )
    form.hold("limit", "The limit", typed or None)
    for flag, (name, says) in FLAGS.items() if status is not Status.CLOSED else ():
        form.hold(flag, name, st.checkbox(says, bool(flags.get(flag)), key=f"{form.key}_{flag}"))


def _tickets_of(stage: StageRead) -> str:
    page = session.api().tickets(TicketQuery(stage=[stage.slug], limit=1))
    name, tickets = isolated(stage.name), count(page.total, "ticket", "tickets")
    if page.total_capped:
        return f"More than {tickets} are in {name}. Moving them takes minutes; the desk works on meanwhile."
    return f"{tickets} {'is' if page.total == 1 else 'are'} in {name}." if page.total else f"No ticket is in {name}."
