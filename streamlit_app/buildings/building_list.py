"""The list of buildings for administrators, with dialogs to add, rename and delete them."""

import streamlit as st

from contracts.lists import BuildingCreate, BuildingUpdate
from streamlit_app.components.entries import Entry, entries
from streamlit_app.language.text import plain
from streamlit_app.shell.dialogs import Form, attempt, keep_button, open_dialog, show_dialog
from streamlit_app.state import lists, navigation

OWNER = "buildings"


def keep_buildings() -> None:
    """Draws the list. Its buttons open the dialogs."""
    st.text("Where a problem is. People choose from these when they report.")
    st.button("Add a building", key="add_building", on_click=open_dialog, args=(OWNER, "Add a building", _add))
    present = {one.slug: one.name for one in lists.buildings()}

    def pressed(what: str, slug: str) -> None:
        if (name := present.get(slug)) is not None:
            title = f"Change {plain(name)}" if what == "change" else f"Delete {plain(name)}?"
            open_dialog(OWNER, title, _change if what == "change" else _delete, slug, name)

    if present:
        entries("entries_building", "Buildings", [Entry(slug, name) for slug, name in present.items()], pressed)
    else:
        st.info("No buildings yet. Add the first one, and people can say where a problem is.")
    show_dialog(OWNER)


def _add() -> None:
    form = Form("new_building", {}, {})
    with st.form("new_building", border=False):
        form.text("name", "Name", "", 100)
        if not form.text("slug", "Short name (optional)", "", 60, "For links, such as main-library."):
            del form.fields["slug"]
        if st.form_submit_button("Add", type="primary"):
            attempt(
                form.places,
                lambda api: api.add_building(BuildingCreate.model_validate(form.fields)),
                "Added.",
                lists.buildings.forget,
            )


def _change(slug: str, name: str) -> None:
    form = Form(f"change_building_{slug}", {}, {})
    with st.form(form.key, border=False):
        form.text("name", "Name", name, 100)
        if st.form_submit_button("Save", type="primary"):
            attempt(
                form.places,
                lambda api: api.change_building(slug, BuildingUpdate.model_validate(form.fields)),
                "Saved.",
                lists.buildings.forget,
            )


def _delete(slug: str, _: str) -> None:
    st.text("Only a building that no ticket stands on can be deleted, and it cannot be brought back.")
    place = st.container()
    with st.container(horizontal=True):
        if st.button("Delete", type="primary", key=f"delete_building_{slug}"):
            attempt({"": place}, lambda api: api.delete_building(slug), "Deleted.", lists.buildings.forget)
        keep_button(f"keep_building_{slug}")
    navigation.link("queue", "Its tickets in the queue", {"building": slug})
