"""The list of reports that a person has confirmed. Those whose status has changed since they last looked are marked."""

from collections.abc import Sequence

import streamlit as st

from contracts.suggestions import MeTooRead
from streamlit_app.client.errors import ApiError
from streamlit_app.components.known import known
from streamlit_app.language.words import count
from streamlit_app.reporting import confirmed_refs, known_reports
from streamlit_app.reporting.confirmed_refs import MOST_SHOWN
from streamlit_app.server import live_updates
from streamlit_app.shell.notices import dismiss_notice, give_notice, show_notice
from streamlit_app.state import redraws, session
from streamlit_app.state.last_answers import ask_or_reuse

EMPTY = (
    "No confirmed reports to show. When Lodge finds a report of others while you write yours, you can say “Me too” "
    "instead: then it stands here, and you see when its status changes."
)


def confirmed_list() -> None:
    """Draws the list. News is reported as seen once it has been on a visible screen, but its mark stays until the whole
    page is drawn again."""
    page = ask_or_reuse("confirmed", lambda: session.api().confirmed(limit=MOST_SHOWN))
    show_notice("confirmed")
    if not page.items:
        st.info(EMPTY)
        return
    news = _news(page.items)
    items = [known_reports.confirmed(one, is_news=_name(one) in news) for one in page.items]
    unseen = [one for one in page.items if one.is_news]
    names = " ".join(map(_name, unseen))
    known("confirmed", "", items, lambda ref: _take_back(ref, page.items), unseen=names, seen=lambda: _see(unseen))
    if page.next_cursor:
        st.caption(f"The latest {MOST_SHOWN} are shown.")


def confirmed_news(number: int) -> None:
    """Draws a notice beside another list that so many of the confirmed reports have news."""
    if number:
        has = "has" if number == 1 else "have"
        st.info(f"{count(number, 'problem', 'problems')} that you confirmed {has} a new status: see Confirmed.")


def _news(reports: Sequence[MeTooRead]) -> set[str]:
    """Returns the names of all reports that were news at any time since the whole page was drawn. To the data API, a
    report that has been seen is no longer news, but it must not lose its mark while somebody reads it."""
    kept: tuple[int, set[str]] | None = st.session_state.get("confirmed_news")
    before = kept[1] if kept and kept[0] == redraws.whole_pages() else set()
    marked = before | {_name(report) for report in reports if report.is_news}
    st.session_state["confirmed_news"] = (redraws.whole_pages(), marked)
    return marked


def _name(report: MeTooRead) -> str:
    """Names a report in one status, as a key for its news. Its ref cannot be used: each answer has a new one."""
    return f"{report.confirmed_at.isoformat()}{report.status}"


def _see(unseen: Sequence[MeTooRead]) -> None:
    """Reports these as seen. If the data API refuses, they stay news."""
    try:
        confirmed_refs.see(unseen)
    except ApiError:
        return
    live_updates.recount(session.token())


def _take_back(ref: str, shown: Sequence[MeTooRead]) -> None:
    dismiss_notice("confirmed")
    try:
        confirmed_refs.take_back(ref, shown)
    except ApiError as error:
        give_notice("confirmed", error.sentence)
