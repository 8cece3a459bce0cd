"""The list of tags for administrators, with dialogs to rename, merge and delete them."""

import streamlit as st

from contracts.pages import Page
from contracts.people import Permission
from contracts.tags import TagQuery, TagRead
from streamlit_app.components.entries import Entry, entries
from streamlit_app.components.go_to import go_to
from streamlit_app.language.text import isolated, plain
from streamlit_app.language.words import count
from streamlit_app.shell.dialogs import open_dialog, show_dialog
from streamlit_app.shell.pager import empty_page, pager, read_page
from streamlit_app.state import address, session
from streamlit_app.state.last_answers import ask_or_reuse
from streamlit_app.tags import dialogs
from streamlit_app.tags.changes import show_changes

OWNER = "tags"
PAGE_SIZE = 50
# Also the parameter in the URL.
WORDS, KEY = "q", "tags_q"
GO = "tags_go"
DIALOGS = {
    "rename": ("Rename", dialogs.rename),
    "merge": ("Merge", dialogs.merge),
    "delete": ("Delete", dialogs.delete),
}
NONE_YET = "No ticket has a tag yet. Whoever works on a ticket adds tags on its page."
NONE_THAT_FITS = "No tag contains this."


def keep_tags() -> None:
    """Draws the page of the list that the URL names. A button of an entry opens a dialog, or the tag's tickets."""
    st.text("What tickets are marked with, besides their category. Whoever works on a ticket adds tags on its page.")
    show_changes()
    q = _search()

    def ask(cursor: str | None) -> Page[TagRead]:
        asked = TagQuery(q=q, limit=PAGE_SIZE, cursor=cursor)
        return ask_or_reuse(f"tags {asked.model_dump_json()}", lambda: session.api().tags(asked))

    shown = read_page("tags", q, ask)
    present = {one.tag: one for one in shown.page.items}

    def pressed(act: str, tag: str) -> None:
        if (one := present.get(tag)) is None:
            return
        if act == "tickets":
            st.session_state[GO] = tag
        else:
            verb, draw = DIALOGS[act]
            open_dialog(OWNER, f"{verb} {plain(isolated(tag))}", draw, one)

    if present:
        entries("entries_tag", "Tags", [_entry(one) for one in present.values()], pressed, page=shown.number)
    else:
        st.info(empty_page(shown.number, NONE_THAT_FITS if q else NONE_YET))
    pager("tags", shown)
    if tag := st.session_state.pop(GO, None):
        go_to("queue", {"tag": tag})
    show_dialog(OWNER)


def _search() -> str:
    """Draws the search field, and returns what is searched for, in the form of tags."""
    address.follow("tags", _set_search, is_new=KEY not in st.session_state)
    typed = st.text_input("Find a tag", key=KEY, type="search", max_chars=40, placeholder="Any part of it")
    address.write({WORDS: typed} if typed else {})
    return TagQuery(q=typed or "").q


def _set_search() -> None:
    st.session_state[KEY] = (address.get(WORDS) or "")[:40].replace("\x00", "")


def _entry(one: TagRead) -> Entry:
    acts = [*(["tickets"] if session.may(Permission.TICKETS_WORK) else []), *DIALOGS]
    return Entry(one.tag, one.tag, fact=count(one.tickets, "ticket", "tickets"), acts=acts)
