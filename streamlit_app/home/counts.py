"""The counts of the overview, each with a link to its tickets."""

from collections.abc import Sequence

import streamlit as st

from contracts.desk import Overview
from contracts.overview import SOLVED_DAYS, OverviewLists
from contracts.pages import CountedPage
from contracts.tickets import NOT_CLOSED, Status, TicketRead, TicketSort, WaitsFor
from streamlit_app.components.distribution import Part, distribution
from streamlit_app.components.numbers import Number
from streamlit_app.language.moments import today


def counts(now: Overview, found: OverviewLists) -> Sequence[Number]:
    return [
        Number("Mine", _total(found.mine), {"status": NOT_CLOSED, "assignee": "me"}),
        # The latest change first: a ticket that its requester has reopened may have been reported long ago.
        Number(
            "Unassigned", now.unassigned, {"status": NOT_CLOSED, "assignee": "none", "sort": TicketSort.MODIFIED_LAST}
        ),
        Number("Our turn", now.waits_for_desk, {"status": NOT_CLOSED, "waits_for": WaitsFor.DESK}),
        Number("Their turn", now.waits_for_requester, {"status": NOT_CLOSED, "waits_for": WaitsFor.REQUESTER}),
        Number("Open", now.open, {"status": [Status.OPEN]}),
        Number("Active", now.active, {"status": [Status.ACTIVE]}),
        Number("Closed today", now.closed_today, {"closed_after": today().isoformat(), "sort": TicketSort.CLOSED_LAST}),
    ]


def _total(page: CountedPage[TicketRead]) -> int | str:
    return f"{page.total:,}+" if page.total_capped else page.total


def draw_statuses(now: Overview, found: OverviewLists) -> None:
    """Draws how the tickets are spread over the statuses. Of the closed ones, only those of the last days count: all
    that were ever closed would leave no room for the others."""
    solved = found.solved
    parts = [
        Part("Open", now.open, "blue"),
        Part("Active", now.active, "amber"),
        Part(f"Closed in the last {SOLVED_DAYS} days", solved.total, "green", is_capped=solved.total_capped),
    ]
    with st.container(key="place_of_statuses"):
        distribution("statuses", "Tickets by status", parts)
