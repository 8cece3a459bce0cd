"""The list of roles. Those who may manage roles get buttons to make, change and delete them."""

import streamlit as st

from contracts.people import Permission
from contracts.roles import RoleRead
from streamlit_app.components.entries import Entry, entries
from streamlit_app.components.go_to import go_to
from streamlit_app.language.text import plain
from streamlit_app.language.words import count
from streamlit_app.roles import dialogs
from streamlit_app.roles.permissions import matrix, may_give
from streamlit_app.shell.dialogs import open_dialog, show_dialog
from streamlit_app.state import session
from streamlit_app.state.last_answers import ask_or_reuse

OWNER = "roles"
BEYOND = "It permits more than you may do, so you cannot give or change it."
READING = "You can read this page and give roles on the page People. Administrators make and change roles."


def keep_roles() -> None:
    """Draws the list and the matrix under it."""
    present = {role.slug: role for role in ask_or_reuse("roles", session.api().roles)}
    if session.may(Permission.ROLES_MANAGE):
        st.button("Make a role", key="add_role", on_click=open_dialog, args=(OWNER, "Make a role", dialogs.add))
    else:
        st.info(READING)

    def pressed(act: str, slug: str) -> None:
        if (role := present.get(slug)) is None:
            return
        if act == "people":
            st.session_state["people_of_role"] = slug
        elif act == "change":
            open_dialog(OWNER, f"Change {plain(role.name)}", dialogs.change, role)
        else:
            open_dialog(OWNER, f"Delete {plain(role.name)}?", dialogs.delete, role, list(present.values()))

    entries("entries_role", "Roles", [_entry(role) for role in present.values()], pressed)
    if slug := st.session_state.pop("people_of_role", None):
        go_to("people", {"role": slug})
    st.header("What each role permits")
    st.text("Somebody with several roles may do what any of them permits.")
    matrix(list(present.values()))
    show_dialog(OWNER)


def _entry(role: RoleRead) -> Entry:
    has = count(role.people, "person has it", "people have it") if role.people else "Nobody has it"
    return Entry(
        slug=role.slug,
        name=role.name,
        note=role.description,
        mark="Built in" if role.is_built_in else "",
        fact=f"{has}." if may_give(role) else f"{has}. {BEYOND}",
        acts=_acts(role),
    )


def _acts(role: RoleRead) -> tuple[str, ...]:
    if not session.may(Permission.ROLES_MANAGE) or not may_give(role):
        return ("people",)
    return ("people", "change") if role.is_built_in else ("people", "change", "delete")
