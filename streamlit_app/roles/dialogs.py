"""The dialogs that make, change and delete a role."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from contracts.people import Permission
from contracts.roles import RoleCreate, RoleRead, RoleUpdate
from streamlit_app.language.text import isolated, plain
from streamlit_app.language.words import count
from streamlit_app.roles.permissions import check_boxes, in_words, may_give
from streamlit_app.shell.changes import save_change
from streamlit_app.shell.dialogs import Form, attempt
from streamlit_app.shell.leaving import delete_dialog
from streamlit_app.state import lists

FIXED = "This role permits everything, so that there is always somebody who may do what is needed."
BUILT_IN = "Every desk has this role, so it cannot be deleted."


def add() -> None:
    """Draws the dialog. It is no `st.form`, so that a box brings those that it needs at once."""
    form = Form("new_role", {}, {})
    _draw_texts(form, "", "")
    if not form.text("slug", "Short name (optional)", "", 60, "For lists of people, such as night-shift."):
        del form.fields["slug"]
    check_boxes(form, ())
    if st.button("Make it", type="primary", key="new_role_add"):
        attempt(
            form.places,
            lambda api: api.add_role(RoleCreate.model_validate(form.fields)),
            "Made. Give it to people on the page People.",
            lists.roles.forget,
        )


def change(role: RoleRead) -> None:
    form = Form(f"change_role_{role.slug}", {}, {})
    _draw_texts(form, role.name, role.description)
    if role.is_fixed:
        st.caption(FIXED)
    else:
        _warn(role, check_boxes(form, role.permissions))
    if role.is_built_in:
        st.caption(BUILT_IN)
    if st.button("Save", type="primary", key=f"{form.key}_save"):
        save_change(
            form,
            role,
            _values,
            lambda api, changed: api.change_role(role.slug, RoleUpdate.model_validate(changed)),
            lists.roles.forget,
            lambda field, value: in_words(value) if field == "permissions" else str(value),
        )


def delete(role: RoleRead, present: Sequence[RoleRead]) -> None:
    people = count(role.people, "person has it", "people have it") if role.people else "Nobody has it"
    delete_dialog(
        f"delete_role_{role.slug}",
        f"{people}. {isolated(role.name)} cannot be brought back.",
        "They get instead",
        role.people,
        {other.slug: other.name for other in present if other.slug != role.slug and may_give(other)},
        lambda api, to: api.delete_role(role.slug, to),
        lists.roles.forget,
    )


def _draw_texts(form: Form, name: str, description: str) -> None:
    form.text("name", "Name", name, 100)
    form.text("description", "Description (optional)", description, 500, "Whom it is for")


def _values(role: RoleRead) -> dict[str, Any]:
    return {"name": role.name, "description": role.description, "permissions": role.permissions}


def _warn(role: RoleRead, ticked: Sequence[Permission]) -> None:
    """Says what the change means, and for how many people."""
    more = [permission for permission in ticked if permission not in role.permissions]
    less = [permission for permission in role.permissions if permission not in ticked]
    if not more and not less:
        return
    who = count(role.people, "person has", "people have") if role.people else "Nobody has"
    gained = f" From now on it also permits one to {in_words(more)}." if more else ""
    lost = f" It no longer permits one to {in_words(less)}." if less else ""
    st.warning(plain(f"{who} this role.{gained}{lost} It holds as soon as you save."))
