"""One's own sign-ins: which browsers they are in, and ending them."""

from functools import partial

import streamlit as st

from contracts.pages import Page
from contracts.sessions import SignInRead
from streamlit_app.components.entries import Entry, entries
from streamlit_app.language.moments import ago, said
from streamlit_app.shell.notices import show_notice, try_to
from streamlit_app.shell.pager import pager, read_page
from streamlit_app.state import session
from streamlit_app.state.last_answers import ask_or_reuse

PLACE = "sign_ins"
AT_ONCE = 20


def my_sign_ins() -> None:
    st.header("Sign-ins")
    st.text("Where you are signed in. End what you do not know or do not use any more.")

    def ask(cursor: str | None) -> Page[SignInRead]:
        return ask_or_reuse(f"sign_ins {cursor}", lambda: session.api().sign_ins(limit=AT_ONCE, cursor=cursor))

    shown = read_page(PLACE, "", ask)
    items = shown.page.items
    entries("entries_sign_in", "Sign-ins", [_entry(one) for one in items], _end, page=shown.number)
    pager(PLACE, shown)
    if shown.number > 1 or len(items) > 1:
        st.button("End all others", key="end_all_others", on_click=_end_others)
    show_notice(PLACE)


def _entry(sign_in: SignInRead) -> Entry:
    began = f"Signed in {ago(sign_in.created_at)}."
    seen = f" Last seen {ago(sign_in.last_used_at)}." if sign_in.last_used_at and not sign_in.is_current else ""
    return Entry(
        str(sign_in.id),
        sign_in.browser or "A browser that is not known",
        fact=f"{began}{seen} Ends {said(sign_in.expires_at)}.",
        mark="This one" if sign_in.is_current else "",
        acts=() if sign_in.is_current else ("end",),
    )


def _end(_: str, slug: str) -> None:
    try_to(PLACE, partial(session.api().end_sign_in, int(slug)), "That sign-in has ended.")


def _end_others() -> None:
    try_to(PLACE, session.api().end_other_sign_ins, "All your other sign-ins have ended.")
