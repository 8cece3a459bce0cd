"""Deleting what people and tickets belong to (a team, a role, a category): where they go, and how many are left."""

from collections.abc import Callable, Mapping

import streamlit as st

from contracts.tickets import TicketQuery
from streamlit_app.client.api import Api
from streamlit_app.client.errors import ApiError
from streamlit_app.language.words import count
from streamlit_app.shell.dialogs import attempt, keep_button
from streamlit_app.state.lists import with_distinct_names

IN_USE = "StillInUse"
NOBODY = ""


def delete_dialog(
    key: str,
    what: str,
    label: str,
    people: int,
    others: Mapping[str, str],
    delete: Callable[[Api, str | None], None],
    forget: Callable[[], None],
    draw_more: Callable[[], None] = lambda: None,
    progress: Callable[[Api], str] | None = None,
) -> None:
    """Draws the dialog. `what` says what happens, `label` asks where its `people` go, `others` are the names of the
    places they can go to. `draw_more` draws what else is asked; `progress` is told while it is being deleted."""
    st.text(what)
    names = with_distinct_names(others)
    choices = list(names) if people else [NOBODY, *names]
    to = st.selectbox(
        label,
        choices,
        index=None if people else 0,
        format_func=lambda slug: names.get(slug, "Nobody has to go anywhere"),
        key=f"{key}_to",
        placeholder="Please choose",
    )
    draw_more()
    place = st.container()
    with st.container(horizontal=True):
        if st.button("Delete", type="primary", key=f"{key}_delete"):
            if to is None:
                place.error("Please choose where they go.")
            else:
                attempt({"": place}, lambda api: _delete(api, to or None, delete), "Deleted.", forget, progress)
        keep_button(f"{key}_keep")


def tickets_left(**filters: list[str]) -> Callable[[Api], str]:
    """Returns what to tell while tickets are changed until these filters find none: how many are left."""

    def left(api: Api) -> str:
        page = api.tickets(TicketQuery.model_validate({**filters, "limit": 1}))
        tickets = count(page.total, "ticket is", "tickets are")
        if page.total_capped:
            return f"More than {tickets} left. You may leave this page; the work goes on."
        return f"{tickets} left." if page.total else "Nearly done."

    return left


def _delete(api: Api, to: str | None, delete: Callable[[Api, str | None], None]) -> None:
    try:
        delete(api, to)
    except ApiError as error:
        if error.envelope.error != IN_USE:
            raise
        told = "Somebody belongs to it still, perhaps one who was deactivated. Please choose where they go."
        raise ApiError(error.status, error.envelope.model_copy(update={"detail": told})) from None
