"""API tokens in a list, each with a button that revokes it."""

from collections.abc import Callable, Sequence

import streamlit as st

from contracts.tokens import TokenRead
from streamlit_app.client.api import Api
from streamlit_app.components.entries import Entry, entries
from streamlit_app.language.moments import ago, said
from streamlit_app.language.text import isolated, plain
from streamlit_app.roles.permissions import in_words
from streamlit_app.shell.dialogs import attempt, keep_button, open_dialog


def draw_tokens(owner: str, tokens: Sequence[TokenRead], revoke: Callable[[Api, int], None]) -> None:
    """Draws the list. `owner` is the part of the page that shows the dialogs."""
    present = {str(token.id): token for token in tokens}

    def pressed(_: str, slug: str) -> None:
        if token := present.get(slug):
            open_dialog(owner, f"Revoke {plain(token.name)}?", _ask, token, revoke)

    entries("entries_token", "API tokens", [_entry(token) for token in tokens], pressed)


def _entry(token: TokenRead) -> Entry:
    use = f"Last used {ago(token.last_used_at)}" if token.last_used_at else "Never used"
    may = f"May {in_words(token.permissions)}." if token.permissions else "May do nothing any more."
    return Entry(str(token.id), token.name, may, fact=f"{use}. Valid until {said(token.expires_at)}.", acts=("revoke",))


def _ask(token: TokenRead, revoke: Callable[[Api, int], None]) -> None:
    st.text(f"Programs that use {isolated(token.name)} are refused from now on. It cannot be brought back.")
    problem = st.container()
    with st.container(horizontal=True):
        if st.button("Revoke", type="primary", key=f"revoke_{token.id}"):
            attempt({"": problem}, lambda api: revoke(api, token.id), "Revoked.")
        keep_button(f"revoke_{token.id}_no")
