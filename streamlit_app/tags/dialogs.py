"""The dialogs that rename, merge and delete a tag."""

import streamlit as st

from contracts.base import LONGEST_TAG
from contracts.base import tag as as_tag
from contracts.pages import MAX_LIMIT
from contracts.tags import TagMerge, TagQuery, TagRead
from streamlit_app.language.text import isolated
from streamlit_app.language.words import count
from streamlit_app.shell.dialogs import Form, keep_button
from streamlit_app.state import session, tag_names
from streamlit_app.tags.changes import begin

FOR_GOOD = "This cannot be taken back."
AT_ONCE = MAX_LIMIT


def rename(one: TagRead) -> None:
    """Draws the dialog. It is no `st.form`: whether there is a tag of that name already is said before anything is
    changed."""
    form = Form(f"rename_tag_{one.tag}", {}, {})
    into = as_tag(form.text("into", "New name", one.tag, LONGEST_TAG, "In lower case"))
    there = _there(into) if into not in ("", one.tag) else None
    if there is not None:
        st.text(_both(one, there))
    label = "Merge" if there is not None else "Rename"
    with st.container(horizontal=True):
        if st.button(label, type="primary", key=f"{form.key}_do", disabled=into == one.tag):
            finished = "Merged." if there is not None else "Renamed."
            begin(form.places, lambda api: api.merge_tag(TagMerge(tag=one.tag, into=into)), finished)
        keep_button(f"{form.key}_keep", "Cancel")


def merge(one: TagRead) -> None:
    others = [tag for tag in tag_names.with_known(()) if tag != one.tag]
    if not others:
        st.text("There is no other tag.")
        keep_button(f"keep_tag_{one.tag}", "Close")
        return
    into = st.selectbox("Merge into", others, index=None, key=f"merge_tag_{one.tag}", placeholder="Choose a tag")
    place = st.container()
    there = _there(into) if into else None
    if there is not None:
        st.text(_both(one, there))
    with st.container(horizontal=True):
        if st.button("Merge", type="primary", key=f"merge_tag_{one.tag}_do", disabled=not into) and into:
            wish = TagMerge(tag=one.tag, into=into)
            begin({"": place}, lambda api: api.merge_tag(wish), "Merged.")
        keep_button(f"keep_tag_{one.tag}", "Cancel")


def delete(one: TagRead) -> None:
    tickets = count(one.tickets, "ticket has", "tickets have")
    st.text(f"{tickets} it. The tickets stay, and the history of each says that it had this tag. {FOR_GOOD}")
    place = st.container()
    with st.container(horizontal=True):
        if st.button("Delete", type="primary", key=f"delete_tag_{one.tag}"):
            begin({"": place}, lambda api: api.delete_tag(one.tag), "Deleted.")
        keep_button(f"keep_tag_{one.tag}")


def _there(tag: str) -> TagRead | None:
    """Returns the tag, if there is one already. Those that begin with it and are used more come before it."""
    cursor: str | None = None
    while True:
        page = session.api().tags(TagQuery(prefix=tag, limit=AT_ONCE, cursor=cursor))
        if found := next((one for one in page.items if one.tag == tag), None):
            return found
        if (cursor := page.next_cursor) is None:
            return None


def _both(one: TagRead, there: TagRead) -> str:
    return (
        f"{count(there.tickets, 'ticket has', 'tickets have')} {isolated(there.tag)} already. "
        f"The {count(one.tickets, 'ticket', 'tickets')} with {isolated(one.tag)} get it too, and "
        f"{isolated(one.tag)} is gone then. {FOR_GOOD}"
    )
