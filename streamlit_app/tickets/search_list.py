"""The hits of a search, with the words marked where they were found."""

from collections.abc import Iterable

import streamlit as st

from contracts.search import Excerpt, MarkedPart, Place, Reach, SearchHit, SearchPage, SearchQuery
from streamlit_app.components.rows import Row, rows
from streamlit_app.language.text import isolated, one_line, plain
from streamlit_app.shell.pager import empty_page, pager, read_page
from streamlit_app.state import session
from streamlit_app.state.last_answers import ask_or_reuse
from streamlit_app.state.navigation import link
from streamlit_app.state.session import Reader
from streamlit_app.tickets import fields

PAGE_SIZE = 25
EXCERPTS = 2  # as many fit into a row
LABELS = {
    Place.NUMBER: "Number",
    Place.TAG: "Tag",
    Place.NAME: "Name",
    Place.TEXT: "Text",
    Place.MESSAGE: "Message",
    Place.NOTE: "Internal note",
}
NOTHING = "Nothing that you may see has all these words. Fewer words, or only their beginnings, find more."
REACHES = {
    Reach.NEWEST: "The words are common, so only the newest tickets were searched. One more word finds older ones.",
    Reach.CUT_OFF: "The search took too long and was cut off, so that tickets may be missing. One more word helps.",
}


def search_list(query: SearchQuery) -> None:
    """Draws the page that the URL names of what was found."""

    def ask(cursor: str | None) -> SearchPage:
        asked = query.model_copy(update={"limit": PAGE_SIZE, "cursor": cursor})
        return ask_or_reuse(f"search_page {asked.model_dump_json()}", lambda: session.api().search(asked))

    shown = read_page("search", query.model_dump_json(), ask)
    page = shown.page
    if not page.items:
        st.info(empty_page(shown.number, NOTHING))
        _offer(page.alike)
    if page.reach in REACHES:
        st.caption(REACHES[page.reach])
    if page.items:
        reader = session.reader()
        rows("search", "Found", [_row(hit, reader) for hit in page.items], page=shown.number)
    pager("search", shown)


def _offer(alike: Iterable[str]) -> None:
    """Links to searches for what is spelt alike."""
    offers = list(alike)
    if not offers:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text("Spelt alike:", width="content")
        for offer in offers:
            link("search", plain(isolated(one_line(offer, 60))), {"q": offer})


def _row(hit: SearchHit, reader: Reader) -> Row:
    title = next((one.parts for one in hit.excerpts if one.place is Place.TITLE), [])
    return Row(
        id=hit.ticket.id,
        title=one_line(hit.ticket.title),
        title_parts=title,
        note_parts=_note([one for one in hit.excerpts if one.place is not Place.TITLE]),
        chips=fields.chips(hit.ticket, reader),
        meta=fields.row_texts(hit.ticket, reader),
    )


def _note(excerpts: list[Excerpt]) -> list[MarkedPart]:
    """Returns the best excerpts, each after the name of its place."""
    parts: list[MarkedPart] = []
    for number, one in enumerate(excerpts[:EXCERPTS]):
        between = " · " if number else ""
        parts += [MarkedPart(text=f"{between}{LABELS[one.place]}: ", is_match=False), *one.parts]
    return parts
