"""The messages that mention this person, page by page. A click on one opens its ticket."""

import streamlit as st

from contracts.mentions import MentionQuery, MentionRead
from contracts.pages import Page
from streamlit_app.components.rows import Row, rows
from streamlit_app.language import moments
from streamlit_app.language.text import isolated, one_line
from streamlit_app.language.words import Chip
from streamlit_app.shell.pager import empty_page, pager, read_page
from streamlit_app.state import session
from streamlit_app.state.last_answers import ask_or_reuse

PAGE_SIZE = 25
NEW, NOTE = Chip("New", "violet"), Chip("Internal note", "amber")
NOTHING_NEW = "Nothing new: you have opened every ticket in which somebody mentioned you."
NOTHING = "Nobody has mentioned you yet. Who writes @ and your name in a message or a note draws your attention to it."


def mention_list(*, unseen: bool) -> None:
    """Draws the page of the list that the URL names."""

    def ask(cursor: str | None) -> Page[MentionRead]:
        asked = MentionQuery(unseen=unseen, limit=PAGE_SIZE, cursor=cursor)
        return ask_or_reuse(f"mentions {asked.model_dump_json()}", lambda: session.api().mentions(asked))

    shown = read_page("mentions", str(unseen), ask)
    if shown.page.items:
        rows("mentions", "Mentions", [_row(one) for one in shown.page.items], page=shown.number)
    else:
        st.info(empty_page(shown.number, NOTHING_NEW if unseen else NOTHING))
    pager("mentions", shown)


def _row(one: MentionRead) -> Row:
    chips = [chip for chip, is_shown in ((NEW, one.seen_at is None), (NOTE, one.is_internal)) if is_shown]
    meta = [f"from {isolated(one.author.name)}", moments.said(one.created_at)]
    return Row(one.ticket_id, one_line(one.ticket_title), note=one_line(one.said, 200), chips=chips, meta=meta)
