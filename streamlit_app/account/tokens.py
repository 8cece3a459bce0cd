"""One's own API tokens: making them, which shows them once, and revoking them."""

import streamlit as st

from contracts.people import Permission
from contracts.tokens import TokenCreate
from streamlit_app.client.api import Api
from streamlit_app.components.copy_fields import CopyField
from streamlit_app.language.moments import exact
from streamlit_app.language.text import plain
from streamlit_app.people.tokens import draw_tokens
from streamlit_app.roles.permissions import check_boxes
from streamlit_app.shell.dialogs import Form, attempt, open_dialog, show_dialog
from streamlit_app.shell.shown_once import keep_to_show, show_once
from streamlit_app.state import session
from streamlit_app.state.last_answers import ask_or_reuse

OWNER = "tokens"
DAYS = {30: "30 days", 90: "90 days", 180: "180 days", 365: "A year"}
USUAL = 90


def my_tokens() -> None:
    st.header("API tokens")
    st.text(
        "With a token, a program acts for you: it may do what you choose here, as long as you may do it yourself. Make "
        "one for each program, so that you can revoke it alone."
    )
    st.button("Make a token", key="make_token", on_click=open_dialog, args=(OWNER, "Make an API token", _make))
    show_once(OWNER)
    if tokens := ask_or_reuse("my tokens", session.api().tokens):
        draw_tokens(OWNER, tokens, Api.revoke_token)
    show_dialog(OWNER)


def _make() -> None:
    """Draws the dialog. It is no `st.form`, so that a box brings those that it needs at once."""
    form = Form("new_token", {}, {})
    form.text("name", "What it is for", "", 100, "Room displays")
    own = [permission for permission in Permission if session.may(permission)]
    check_boxes(form, (), own, "What it may do")
    days = st.selectbox("How long it is valid", list(DAYS), list(DAYS).index(USUAL), format_func=DAYS.__getitem__)
    form.hold("days", "How long it is valid", days)
    if st.button("Make it", type="primary", key="new_token_make"):
        attempt(form.places, lambda api: _keep(api, TokenCreate.model_validate(form.fields)), "")


def _keep(api: Api, wish: TokenCreate) -> None:
    made = api.make_token(wish)
    explanation = (
        f"It is valid until {exact(made.expires_at)}. It is shown only now: put it where its program finds it, and "
        "where nobody else does."
    )
    keep_to_show(OWNER, f"The token {plain(made.name)}", explanation, [CopyField("API token", made.token)])
