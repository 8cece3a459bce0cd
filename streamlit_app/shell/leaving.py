"""The dialog that deletes what people belong to (a team, a role): it asks where the people go."""

from collections.abc import Callable, Mapping

import streamlit as st

from streamlit_app.client.api import Api
from streamlit_app.client.errors import ApiError
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
) -> None:
    """Draws the dialog. `what` says what happens, `label` asks where its `people` go, `others` are the names of the
    places they can go to. `draw_more` draws what else is asked."""
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
                attempt({"": place}, lambda api: _delete(api, to or None, delete), "Deleted.", forget)
        keep_button(f"{key}_keep")


def _delete(api: Api, to: str | None, delete: Callable[[Api, str | None], None]) -> None:
    try:
        delete(api, to)
    except ApiError as error:
        if error.envelope.error != IN_USE:
            raise
        told = "Somebody belongs to it still, perhaps one who was deactivated. Please choose where they go."
        raise ApiError(error.status, error.envelope.model_copy(update={"detail": told})) from None
