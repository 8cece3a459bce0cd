"""Short lists of tickets on the overview. Each leads to the whole list in the queue."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

import streamlit as st

from contracts.pages import CountedPage
from contracts.tickets import NOT_CLOSED, Status, TicketQuery, TicketRead, TicketSort
from streamlit_app.components.rows import rows
from streamlit_app.language import moments
from streamlit_app.language.words import total
from streamlit_app.state import navigation, session
from streamlit_app.state.last_answers import ask_or_reuse
from streamlit_app.tickets.rows import ticket_rows

MOST_SHOWN = 5
# Half a page has room for no more of what a row says.
MOST_FACTS = 2
SOLVED_DAYS = 7

Found = Mapping[str, CountedPage[TicketRead]]


@dataclass(frozen=True)
class ShortList:
    """`empty` is said when there is nothing in it."""

    name: str
    title: str
    empty: str
    query: Callable[[], TicketQuery]


def _solved() -> TicketQuery:
    since = datetime.combine(moments.today() - timedelta(days=SOLVED_DAYS), time.min)
    return TicketQuery(status=[Status.CLOSED], closed_after=since, sort=TicketSort.CLOSED_LAST)


MINE = ShortList(
    "mine",
    "Mine",
    "No ticket is assigned to you.",
    lambda: TicketQuery(status=NOT_CLOSED, assignee=["me"], sort=TicketSort.PRIORITY_HIGHEST),
)
UNASSIGNED = ShortList(
    "unassigned",
    "Unassigned",
    "Every ticket that you may see is assigned.",
    lambda: TicketQuery(status=NOT_CLOSED, assignee=["none"], sort=TicketSort.MODIFIED_LAST),
)
OLDEST = ShortList(
    "oldest",
    "Oldest",
    "No ticket that you may see is open.",
    lambda: TicketQuery(status=NOT_CLOSED, sort=TicketSort.OPENED_FIRST),
)
SOLVED = ShortList(
    "solved", "Recently solved", f"No ticket that you may see was closed in the last {SOLVED_DAYS} days.", _solved
)
LISTS = (MINE, UNASSIGNED, OLDEST, SOLVED)


def find() -> Found:
    """Asks for all lists before anything is drawn, so that they appear together."""
    return {one.name: _ask(one) for one in LISTS}


def draw(found: Found) -> None:
    for column, beneath in zip(st.columns(2, gap="medium"), ((MINE, OLDEST), (UNASSIGNED, SOLVED)), strict=True):
        with column:
            for one in beneath:
                _draw(one, found[one.name])


def _ask(one: ShortList) -> CountedPage[TicketRead]:
    query = one.query().model_copy(update={"limit": MOST_SHOWN})
    return ask_or_reuse(f"home_{one.name}", lambda: session.api().tickets(query))


def _draw(one: ShortList, page: CountedPage[TicketRead]) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
        st.header(one.title, width="content")
        if page.next_cursor:
            query = one.query().model_dump(mode="json", exclude_defaults=True)
            navigation.link("queue", f"All {total(page.total, is_capped=page.total_capped)}", query)
    if page.items:
        shown = [replace(row, meta=row.meta[:MOST_FACTS]) for row in ticket_rows(page.items, session.reader())]
        with st.container(key=f"place_of_{len(shown)}_{one.name}"):
            rows(f"home_{one.name}", one.title, shown)
    else:
        st.caption(one.empty)
