"""Short lists of tickets on the overview. Each leads to the whole list in the queue."""

from dataclasses import dataclass, replace

import streamlit as st

from contracts.overview import SOLVED_DAYS, OverviewLists, overview_queries
from contracts.pages import CountedPage
from contracts.tickets import TicketRead
from streamlit_app.components.rows import rows
from streamlit_app.language import moments
from streamlit_app.language.words import total
from streamlit_app.state import navigation, session
from streamlit_app.tickets.rows import ticket_rows

# Half a page has room for no more of what a row says.
MOST_FACTS = 2


@dataclass(frozen=True)
class ShortList:
    """`name` is what `OverviewLists` calls it. `empty` is said when there is nothing in it."""

    name: str
    title: str
    empty: str


MINE = ShortList("mine", "Mine", "No ticket is assigned to you.")
UNASSIGNED = ShortList("unassigned", "Unassigned", "Every ticket that you may see is assigned.")
OLDEST = ShortList("oldest", "Oldest", "No ticket that you may see is open.")
SOLVED = ShortList(
    "solved", "Recently solved", f"No ticket that you may see was closed in the last {SOLVED_DAYS} days."
)


def draw(found: OverviewLists) -> None:
    for column, beneath in zip(st.columns(2, gap="medium"), ((MINE, OLDEST), (UNASSIGNED, SOLVED)), strict=True):
        with column:
            for one in beneath:
                _draw(one, getattr(found, one.name))


def _draw(one: ShortList, page: CountedPage[TicketRead]) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
        st.header(one.title, width="content")
        if page.next_cursor:
            query = overview_queries(moments.today())[one.name].model_dump(mode="json", exclude_defaults=True)
            navigation.link("queue", f"All {total(page.total, is_capped=page.total_capped)}", query)
    if page.items:
        shown = [replace(row, meta=row.meta[:MOST_FACTS]) for row in ticket_rows(page.items, session.reader())]
        with st.container(key=f"place_of_{len(shown)}_{one.name}"):
            rows(f"home_{one.name}", one.title, shown)
    else:
        st.caption(one.empty)
