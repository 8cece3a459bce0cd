"""The helpdesk now: how many tickets there are, whose turn it is, and what happened last. Each number links to its
tickets."""

import streamlit as st

from contracts.desk import Overview
from contracts.people import Permission
from contracts.tickets import Status, TicketQuery, TicketSort, WaitsFor
from streamlit_app.analyses import overview_figures
from streamlit_app.components.numbers import Number, numbers
from streamlit_app.components.rows import rows
from streamlit_app.language.moments import today
from streamlit_app.language.words import count
from streamlit_app.shell.live import FALLBACK_SECONDS, live_part
from streamlit_app.state import navigation, redraws, session
from streamlit_app.state.last_answers import ask_or_reuse
from streamlit_app.tickets.rows import event_rows, message_rows

RUNNING = [Status.OPEN, Status.ACTIVE]
NOT_COUNTED = "Confidential tickets that you may not see are not counted."


def counts(now: Overview) -> list[Number]:
    return [
        Number("Open", now.open, {"status": [Status.OPEN]}),
        Number("Active", now.active, {"status": [Status.ACTIVE]}),
        Number("Our turn", now.waits_for_desk, {"status": RUNNING, "waits_for": WaitsFor.DESK}),
        Number("Their turn", now.waits_for_requester, {"status": RUNNING, "waits_for": WaitsFor.REQUESTER}),
        # The latest change first: a ticket that its requester has reopened may have been reported long ago.
        Number(
            "Unassigned",
            now.unassigned,
            {"status": RUNNING, "assignee": "none", "sort": TicketSort.MODIFIED_LAST},
        ),
        Number(
            "Closed today", now.closed_today, {"closed_after": today().isoformat(), "sort": TicketSort.MODIFIED_LAST}
        ),
    ]


def unassigned_confidential() -> None:
    """Draws a link to the confidential tickets that nobody works on: only those who read them all see these."""
    query = TicketQuery(status=RUNNING, assignee=["none"], confidential=True, limit=1)
    total = ask_or_reuse("unassigned_confidential", lambda: session.api().tickets(query)).total
    if total:
        label = f"{count(total, 'confidential ticket is', 'confidential tickets are')} not assigned to anybody"
        navigation.link("queue", label, {"status": RUNNING, "assignee": "none", "confidential": "true"})


@live_part()
def overview() -> None:
    now = ask_or_reuse("overview", session.api().overview)
    numbers("counts", "The desk now", counts(now))
    if session.may(Permission.TICKETS_READ_CONFIDENTIAL):
        unassigned_confidential()
    else:
        st.caption(NOT_COUNTED)
    place = st.container()
    lately(now)
    # The figures are drawn last although they are higher on the page, so that the rest does not wait for them.
    with place:
        overview_figures.draw(as_of_now=redraws.has_something_happened("figures"), renewed_every=FALLBACK_SECONDS)


def lately(now: Overview) -> None:
    left, right = st.columns(2, gap="medium")
    with left:
        st.header("Recent activity")
        if now.recent_events:
            rows("events", "Recent activity", event_rows(now.recent_events))
        else:
            st.info("No activity to show. Reports, moves and closings appear here.")
    with right:
        st.header("Latest messages")
        if now.latest_messages:
            rows("messages", "Latest messages", message_rows(now.latest_messages))
        else:
            st.info("No messages to show. Messages under tickets appear here.")


st.title("Overview")
overview()
