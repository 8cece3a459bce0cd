"""Every page is always registered, so that a link to one survives entering; the menu shows those of one's role."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NoReturn

import streamlit as st

from contracts.base import MAX_ID
from contracts.people import Me, Permission

Query = Mapping[str, str | Sequence[str]]
NO_QUERY: Query = {}
PAGES = Path(__file__).resolve().parents[2] / "pages"


@dataclass(frozen=True)
class Screen:
    """A page: its file's stem is its address. `needs` is what it is for; the data API decides what it shows."""

    stem: str
    title: str
    needs: Permission

    @property
    def file(self) -> Path:
        return PAGES / f"{self.stem}.py"


STAFF = (
    Screen("overview", "Overview", Permission.TICKETS_WORK),
    Screen("queue", "Queue", Permission.TICKETS_WORK),
    Screen("report_for", "Report for someone", Permission.TICKETS_WORK),
)
LISTS = (
    Screen("categories", "Categories", Permission.LISTS_MANAGE),
    Screen("lists", "Buildings and people", Permission.LISTS_MANAGE),
)
ANALYSES = Screen("analyses", "Analyses", Permission.ANALYSES_READ)
STUDENT = (
    Screen("report", "Report a problem", Permission.TICKETS_REPORT),
    Screen("my_tickets", "My tickets", Permission.TICKETS_REPORT),
    Screen("open_tickets", "Open tickets", Permission.TICKETS_REPORT),
)
TICKET = Screen("ticket", "Ticket", Permission.TICKETS_REPORT)
SCREENS = (*STAFF, ANALYSES, *LISTS, *STUDENT, TICKET)


def menu_for(me: Me | None) -> tuple[Screen, ...]:
    """The first one is where this person arrives."""
    if me is None:
        return ()
    menu = (*STAFF, ANALYSES, *LISTS) if is_for(me, STAFF[0]) else (ANALYSES, *STUDENT)
    return tuple(screen for screen in menu if is_for(me, screen))


def register(me: Me | None) -> tuple[st.Page, Screen]:
    """The page that was asked for, and its screen. Call it before anything that can stop or rerun."""
    menu = menu_for(me)
    first = menu[0] if menu else STUDENT[0]
    # The first page stands at the bare address in the menu, and under its own name for links.
    pages = [st.Page(first.file, title=first.title, url_path="start", default=True, visibility=_visible(bool(menu)))]
    for screen in (*menu, *(screen for screen in SCREENS if screen not in menu)):
        is_shown = screen in menu and screen is not first
        pages.append(st.Page(screen.file, title=screen.title, url_path=screen.stem, visibility=_visible(is_shown)))
    page = st.navigation(pages, position="sidebar" if menu else "hidden")
    return page, {screen.stem: screen for screen in SCREENS}.get(page.url_path, first)


def is_for(me: Me, screen: Screen) -> bool:
    return screen.needs in me.permissions


def say_not_for_this_role(screen: Screen) -> None:
    st.title(screen.title)
    st.info("This page is not for the role you entered with. The menu at the side switches roles.")


def go(stem: str, query: Query = NO_QUERY) -> NoReturn:
    st.switch_page(PAGES / f"{stem}.py", query_params=dict(query))


def link(stem: str, label: str, query: Query = NO_QUERY) -> None:
    """`label` is markdown: escape people's words."""
    st.page_link(PAGES / f"{stem}.py", label=label, query_params=dict(query))


def main_link(stem: str, label: str, query: Query = NO_QUERY) -> None:
    """A link that looks like the first of all buttons. One a page."""
    with st.container(key="main_link", width="content"):
        link(stem, label, query)


def ticket_in_address() -> int | None:
    """The `id` in the address, where it is one."""
    given = st.query_params.get("id", "").removeprefix("#")
    return int(given) if given.isdecimal() and len(given) < 20 and 1 <= int(given) <= MAX_ID else None


def _visible(is_visible: bool) -> Literal["visible", "hidden"]:
    return "visible" if is_visible else "hidden"
