"""Changing one's own password."""

import streamlit as st

from contracts.sessions import PasswordChange
from streamlit_app.account.about import myself
from streamlit_app.people.join_form import RULES
from streamlit_app.shell.dialogs import Form, attempt
from streamlit_app.state import lists

BY_ROLE = (
    "Nobody has a password on this desk: people choose a role, and whoever chooses yours, with your name, is you here. "
    "So there is none to change."
)
NO_PASSWORD = "You have no password. Whoever looks after people at the helpdesk can give you a link to choose one."  # noqa: S105 a sentence
# Counts the changes, so that the fields are empty after each.
CHANGES = "password_changes"


def password_part() -> None:
    st.header("Password")
    if lists.is_sign_in_by_choice():
        st.text(BY_ROLE)
    elif not lists.is_sign_in_by_password():
        st.text("Nobody has a password on this desk.")
    elif not myself().username:
        st.text(NO_PASSWORD)
    else:
        _form()


def _form() -> None:
    form = Form(f"password_{st.session_state.get(CHANGES, 0)}", {}, {})
    with st.form(form.key):
        _field(form, "old", "Present password", "current-password")
        _field(form, "new", "New password", "new-password")
        st.caption(f"{RULES} All your other sign-ins end.")
        if st.form_submit_button("Change the password", type="primary"):
            attempt(
                form.places,
                lambda api: api.change_password(PasswordChange.model_validate(form.fields)),
                "Your password is changed.",
                _empty_fields,
            )


def _field(form: Form, field: str, label: str, purpose: str) -> None:
    """`purpose` tells password managers which password belongs here."""
    key = f"{form.key}_{field}"
    form.hold(field, label, st.text_input(label, max_chars=200, type="password", key=key, autocomplete=purpose))


def _empty_fields() -> None:
    st.session_state[CHANGES] = st.session_state.get(CHANGES, 0) + 1
