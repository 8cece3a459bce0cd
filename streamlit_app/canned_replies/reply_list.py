"""The list of canned replies, with dialogs to add, change and delete them."""

import streamlit as st

from contracts.canned_replies import PLACEHOLDERS, CannedReplyQuery, CannedReplyRead, CannedReplyUpdate
from contracts.pages import Page
from streamlit_app.canned_replies import dialogs
from streamlit_app.canned_replies.filters import EVERYBODY, draw_filters
from streamlit_app.components.entries import Entry, entries
from streamlit_app.language import moments
from streamlit_app.language.text import isolated, one_line, plain
from streamlit_app.language.words import LANGUAGES, count
from streamlit_app.shell.dialogs import open_dialog, show_dialog
from streamlit_app.shell.notices import show_notice, try_to
from streamlit_app.shell.pager import empty_page, pager, read_page
from streamlit_app.state import session
from streamlit_app.state.last_answers import ask_or_reuse

OWNER = "canned_replies"
PAGE_SIZE = 25
SAYS = (
    "Texts that staff send again and again. Whoever answers a ticket finds them with a slash at the beginning of a "
    "line, or with the button Replies, already filled in for the ticket."
)
NONE_YET = (
    "No canned replies yet. Add the answers that your teams type most often, such as how to reset a password. "
    f"These are filled in for each ticket: {PLACEHOLDERS}"
)
NONE_THAT_FITS = "No reply fits this search."
NONE_ARCHIVED = "No reply is archived."
BEGINNING = 200


def keep_replies() -> None:
    """Draws the page of the list that the URL names. A button of an entry opens a dialog, or archives the reply."""
    st.text(SAYS)
    st.button("Add a reply", key="add_reply", on_click=open_dialog, args=(OWNER, "Add a canned reply", dialogs.add))
    show_notice(OWNER)
    query = draw_filters().model_copy(update={"limit": PAGE_SIZE})

    def ask(cursor: str | None) -> Page[CannedReplyRead]:
        asked = query.model_copy(update={"cursor": cursor})
        return ask_or_reuse(f"replies {asked.model_dump_json()}", lambda: session.api().canned_replies(asked))

    shown = read_page(OWNER, query.model_dump_json(), ask)
    present = {str(one.id): one for one in shown.page.items}

    def pressed(act: str, number: str) -> None:
        if (one := present.get(number)) is None:
            return
        if act == "change":
            open_dialog(OWNER, f"Change {plain(one.title)}", dialogs.change, one)
        elif act == "delete":
            open_dialog(OWNER, f"Delete {plain(one.title)}?", dialogs.delete, one)
        else:
            _archive(one, is_archived=act == "archive")

    if present:
        entries(
            "entries_reply", "Canned replies", [_entry(one) for one in present.values()], pressed, page=shown.number
        )
    else:
        st.info(empty_page(shown.number, _nothing(query)))
    pager(OWNER, shown)
    show_dialog(OWNER)


def _archive(one: CannedReplyRead, *, is_archived: bool) -> None:
    change = CannedReplyUpdate(version=one.version, is_archived=is_archived)
    try_to(OWNER, lambda: session.api().change_canned_reply(one.id, change))


def _nothing(query: CannedReplyQuery) -> str:
    if query.q or query.team or query.language:
        return NONE_THAT_FITS
    return NONE_ARCHIVED if query.is_archived else NONE_YET


def _entry(one: CannedReplyRead) -> Entry:
    team = isolated(one.team.name) if one.team else EVERYBODY
    language = LANGUAGES[one.language] if one.language else "Any language"
    used = f"used {count(one.uses, 'time', 'times')}" if one.uses else "not used yet"
    last = f", last {moments.said_within(one.last_used_at)}" if one.last_used_at else ""
    return Entry(
        str(one.id),
        one.title,
        one_line(one.text, BEGINNING),
        mark=f"/{one.shortcut}" if one.shortcut else "",
        mark_tone="",
        fact=f"{team} · {language} · {used}{last}",
        acts=["change", "restore" if one.is_archived else "archive", "delete"],
    )
