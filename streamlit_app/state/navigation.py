"""Navigation. Every page is always registered, so that a link to a page survives signing in; the menu shows only the
pages of the person's role."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

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
    for everybody; what it shows them is decided by the data API. `key` is the letter that leads there after `g`."""

    stem: str
    title: str
    needs: Permission | None
    key: str = ""

    @property
    def file(self) -> Path:
        return PAGES / f"{self.stem}.py"


QUEUE = Screen("queue", "Queue", Permission.TICKETS_WORK, "q")
# The columns of a board are also called kanban: other pages have the letters of "board".
BOARD = Screen("board", "Board", Permission.TICKETS_WORK, "k")
MY_TIME = Screen("my_time", "My time", Permission.TICKETS_WORK, "w")
NEW_FOR_ANYBODY = Screen("report_for", "New ticket", Permission.TICKETS_WORK)
STAFF = (
    Screen("overview", "Overview", Permission.TICKETS_WORK, "o"),
    QUEUE,
    BOARD,
    MY_TIME,
    NEW_FOR_ANYBODY,
)
LISTS = (
    Screen("categories", "Categories", Permission.LISTS_MANAGE, "c"),
    Screen("lists", "Buildings", Permission.LISTS_MANAGE, "b"),
    Screen("stages", "Stages", Permission.LISTS_MANAGE, "s"),
    Screen("tags", "Tags", Permission.LISTS_MANAGE, "h"),
)
PEOPLE = (
    Screen("people", "People", Permission.PEOPLE_MANAGE, "p"),
    Screen("teams", "Teams", Permission.TEAMS_MANAGE, "t"),
    Screen("team_time", "Team time", Permission.TIME_READ, "u"),
    Screen("roles", "Roles", Permission.PEOPLE_MANAGE, "r"),
)
# Whoever keeps the teams keeps what these send.
CANNED_REPLIES = Screen("canned_replies", "Canned replies", Permission.TEAMS_MANAGE, "y")
ASSIGNMENT_RULES = Screen("assignment_rules", "Assignment rules", Permission.ASSIGNMENT_MANAGE, "n")
MANAGEMENT = (*LISTS, ASSIGNMENT_RULES, CANNED_REPLIES, *PEOPLE)
ANALYSES = Screen("analyses", "Analyses", Permission.ANALYSES_READ, "a")
SQL_LAB = Screen("sql_lab", "SQL lab", Permission.SQL_RUN, "l")
MENTIONS = Screen("mentions", "Mentions", Permission.TICKETS_REPORT, "e")
NEW_FOR_ONESELF = Screen("report", "Report a problem", Permission.TICKETS_REPORT)
STUDENT = (
    NEW_FOR_ONESELF,
    Screen("my_tickets", "My tickets", Permission.TICKETS_REPORT, "m"),
    Screen("open_tickets", "Open tickets", Permission.TICKETS_READ_SHARED, "o"),
)
# Not in the menu: the search field leads to it.
SEARCH = Screen("search", "Search", Permission.TICKETS_REPORT)
TICKET = Screen("ticket", "Ticket", Permission.TICKETS_REPORT)
# For people without a session too: where links lead with which somebody chooses a password.
JOIN = Screen("join", "Choose a password", Permission.TICKETS_REPORT)
# Opened from the menu with the person's name.
PROFILE = Screen("profile", "Profile", None)
SCREENS = (*STAFF, MENTIONS, ANALYSES, SQL_LAB, *MANAGEMENT, *STUDENT, SEARCH, TICKET, JOIN, PROFILE)


def menu_for(me: Me | None) -> tuple[Screen, ...]:
    """Returns the pages in the person's menu. The first one is the page that opens after signing in."""
    if me is None:
        return ()
    menu: tuple[Screen, ...]
    if is_for(me, STAFF[0]):
        menu = (*STAFF, MENTIONS, ANALYSES, SQL_LAB, *MANAGEMENT)
    else:
        menu = (ANALYSES, SQL_LAB, *STUDENT, MENTIONS, *MANAGEMENT)
    return tuple(screen for screen in menu if is_for(me, screen))


def groups_for(me: Me) -> dict[str, list[Screen]]:
    """Returns the pages in the person's menu by the name of their group. The page that reports a problem is in none of
    them: the menu begins with it."""
    groups: dict[str, list[Screen]] = {}
    for screen in menu_for(me):
        if screen not in (NEW_FOR_ANYBODY, NEW_FOR_ONESELF):
            groups.setdefault(_group_of(screen), []).append(screen)
    return groups


def _group_of(screen: Screen) -> str:
    if screen in MANAGEMENT:
        return "Manage"
    return "Figures" if screen in (ANALYSES, SQL_LAB) else "Tickets"


def search_at(me: Me) -> str:
    """Returns the address of the page that searches; "" for people who may not search."""
    return SEARCH.stem if is_for(me, SEARCH) else ""


def new_ticket(me: Me) -> Screen | None:
    """Returns the page with which this person reports a problem; None if they may not."""
    return next((screen for screen in (NEW_FOR_ANYBODY, NEW_FOR_ONESELF) if is_for(me, screen)), None)


def register(me: Me | None) -> tuple[st.Page, Screen]:
    """Registers all pages. Returns the requested page and its screen. Call it before anything that can stop or rerun
    the script."""
    menu = menu_for(me)
    first = menu[0] if menu else STUDENT[0]
    # The first page is registered twice: at the bare address, and under its own name for links.
    pages = [st.Page(first.file, title=first.title, url_path="start", default=True)]
    pages += [st.Page(screen.file, title=screen.title, url_path=screen.stem) for screen in SCREENS]
    # The menu is a component of ours (shell/menu.py): Streamlit's own marks no page that was opened by a link to its
    # first one, and has no place for the rest.
    page = st.navigation(pages, position="hidden")
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
