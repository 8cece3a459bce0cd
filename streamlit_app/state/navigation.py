"""Navigation. Every page is always registered, so that a link to a page survives signing in; the menu shows only the
pages of the person's role."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import streamlit as st

from contracts.base import MAX_ID
from contracts.people import Me, Permission
from streamlit_app.state import lists

Query = Mapping[str, str | Sequence[str]]
NO_QUERY: Query = {}
PAGES = Path(__file__).resolve().parents[2] / "pages"


@dataclass(frozen=True)
class Screen:
    """A page: its file's stem is its address. `needs` is the permission of the people it is meant for, None if it is
    for everybody; what it shows them is decided by the data API."""

    stem: str
    title: str
    needs: Permission | None

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
    Screen("lists", "Buildings", Permission.LISTS_MANAGE),
)
PEOPLE = (
    Screen("people", "People", Permission.PEOPLE_MANAGE),
    Screen("teams", "Teams", Permission.TEAMS_MANAGE),
    Screen("roles", "Roles", Permission.PEOPLE_MANAGE),
)
MANAGEMENT = (*LISTS, *PEOPLE)
ANALYSES = Screen("analyses", "Analyses", Permission.ANALYSES_READ)
SQL_LAB = Screen("sql_lab", "SQL lab", Permission.SQL_RUN)
STUDENT = (
    Screen("report", "Report a problem", Permission.TICKETS_REPORT),
    Screen("my_tickets", "My tickets", Permission.TICKETS_REPORT),
    Screen("open_tickets", "Open tickets", Permission.TICKETS_READ_SHARED),
)
# Not in the menu: the search field leads to it.
SEARCH = Screen("search", "Search", Permission.TICKETS_REPORT)
TICKET = Screen("ticket", "Ticket", Permission.TICKETS_REPORT)
# For people without a session too: where links lead with which somebody chooses a password.
JOIN = Screen("join", "Choose a password", Permission.TICKETS_REPORT)
# Opened from the menu with the person's name.
PROFILE = Screen("profile", "Profile", None)
SCREENS = (*STAFF, ANALYSES, SQL_LAB, *MANAGEMENT, *STUDENT, SEARCH, TICKET, JOIN, PROFILE)


def menu_for(me: Me | None) -> tuple[Screen, ...]:
    """Returns the pages in the person's menu. The first one is the page that opens after signing in."""
    if me is None:
        return ()
    if is_for(me, STAFF[0]):
        menu = (*STAFF, ANALYSES, SQL_LAB, *MANAGEMENT)
    else:
        menu = (ANALYSES, SQL_LAB, *STUDENT, *MANAGEMENT)
    return tuple(screen for screen in menu if is_for(me, screen))


def register(me: Me | None) -> tuple[st.Page, Screen]:
    """Registers all pages. Returns the requested page and its screen. Call it before anything that can stop or rerun
    the script."""
    menu = menu_for(me)
    first = menu[0] if menu else STUDENT[0]
    # The first page is registered twice: at the bare address for the menu, and under its own name for links.
    pages = [st.Page(first.file, title=first.title, url_path="start", default=True, visibility=_visible(bool(menu)))]
    for screen in (*menu, *(screen for screen in SCREENS if screen not in menu)):
        is_shown = screen in menu and screen is not first
        pages.append(st.Page(screen.file, title=screen.title, url_path=screen.stem, visibility=_visible(is_shown)))
    page = st.navigation(pages, position="sidebar" if menu else "hidden")
    return page, {screen.stem: screen for screen in SCREENS}.get(page.url_path, first)


def is_for(me: Me, screen: Screen) -> bool:
    return screen.needs is None or screen.needs in me.permissions


def say_not_for_this_role(screen: Screen) -> None:
    st.title(screen.title)
    switches = "The menu at the side switches roles." if lists.is_sign_in_by_choice() else ""
    st.info(f"This page is not for the role you signed in with. {switches}")


def link(stem: str, label: str, query: Query = NO_QUERY) -> None:
    """Draws a link. `label` is markdown: escape what people typed."""
    st.page_link(PAGES / f"{stem}.py", label=label, query_params=dict(query))


def main_link(stem: str, label: str, query: Query = NO_QUERY) -> None:
    """Draws a link that looks like a primary button. Use it once a page."""
    with st.container(key="main_link", width="content"):
        link(stem, label, query)


def ticket_in_address() -> int | None:
    """Returns the `id` in the address if it is a valid ticket number; otherwise None."""
    given = st.query_params.get("id", "").removeprefix("#")
    return int(given) if given.isdecimal() and len(given) < 20 and 1 <= int(given) <= MAX_ID else None


def _visible(is_visible: bool) -> Literal["visible", "hidden"]:
    return "visible" if is_visible else "hidden"
