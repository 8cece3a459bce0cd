"""The list of saved queries: one's own, and those that others share."""

import streamlit as st

from contracts.pages import MAX_LIMIT
from contracts.queries import SavedQueryBrief, SavedQueryQuery, Whose
from streamlit_app.components.entries import Entry, entries
from streamlit_app.language import moments
from streamlit_app.shell.frame import errors_shown
from streamlit_app.sql_lab import saved
from streamlit_app.state import session

OPEN = "sql_saved_open"
SHOWN_FIRST = 20
ALL = "All"
WHOSE = {"Mine": Whose.MINE, "Shared": Whose.SHARED}
NONE = (
    "Nothing is saved yet. Save under the editor keeps what is in it, for you alone or for everybody who may run SQL."
)
NONE_THAT_FITS = "No saved query fits. The search finds the beginnings of the words of a name."


def draw_saved() -> None:
    """Draws the list, which is only asked for while it is open."""
    box = st.expander("Saved queries", key=OPEN, on_change="rerun")
    with box, errors_shown():
        if box.open:
            _draw()


def _draw() -> None:
    with st.container(horizontal=True, vertical_alignment="top"):
        words = st.text_input("Search by name", max_chars=200, key="sql_saved_q", width=280).strip()
        whose = st.segmented_control("Whose", [ALL, *WHOSE], default=ALL, key="sql_saved_whose")
    limit = MAX_LIMIT if st.session_state.get("sql_saved_all") else SHOWN_FIRST
    page = session.api().queries(SavedQueryQuery(q=words or None, whose=WHOSE.get(whose or ALL), limit=limit))
    if not page.items:
        st.info(NONE_THAT_FITS if words or whose in WHOSE else NONE)
        return
    found = {str(query.id): query for query in page.items}

    def pressed(act: str, number: str) -> None:
        if query := found.get(number):
            if act == "open":
                st.session_state[OPEN] = False  # so that the editor comes into view
                saved.open_query(query.id)
            else:
                saved.ask_to_delete(query)

    entries("entries_sql_saved", "Saved queries", [_entry(query) for query in page.items], pressed)
    if page.next_cursor and limit < MAX_LIMIT:
        st.button("Show more", key="sql_saved_more", on_click=_show_all)
    elif page.next_cursor:
        st.caption(f"These are the first {limit}. Search to find the others.")


def _show_all() -> None:
    st.session_state["sql_saved_all"] = True


def _entry(query: SavedQueryBrief) -> Entry:
    owner = "You" if saved.is_mine(query) else query.owner.name
    return Entry(
        slug=str(query.id),
        name=query.name,
        note=query.description,
        mark="Shared" if query.is_shared else "",
        fact=f"{owner}, changed {moments.ago(query.modified_at)}",
        acts=("open", "delete") if saved.may_delete(query) else ("open",),
    )
