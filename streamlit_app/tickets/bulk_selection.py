"""What the queue does with selected tickets, and what it tells somebody who comes back of a change of many tickets."""

from collections.abc import Sequence
from uuid import uuid4

import streamlit as st

from contracts.bulk import MOST_TICKETS, BulkBrief, BulkPreviewCreate, BulkRead, BulkState
from contracts.export import MOST_CHOSEN
from contracts.pages import CountedPage
from contracts.tickets import TicketQuery, TicketRead, TicketSelection
from streamlit_app.client.errors import ApiError
from streamlit_app.components.ticket_table import ALL, Act, Given, Selection
from streamlit_app.language.words import count
from streamlit_app.shell.dialogs import opened_in_live_part
from streamlit_app.shell.notices import show_notice, try_to
from streamlit_app.state import last_answers, session
from streamlit_app.tickets import bulk_dialog, exporting, queue_filters
from streamlit_app.tickets.bulk_acts import ACTS, in_words

PLACE = "bulk"
GIVEN = "bulk_given"
# The changes to tell of, by their ids; those of a dialog that is open are told there.
TOLD = "bulk_told"


def selection(page: CountedPage[TicketRead]) -> Selection:
    acts = [*(Act(one.name, one.label) for one in ACTS.values()), Act(*exporting.ACT)]
    given: Given | None = st.session_state.get(GIVEN)
    return Selection(session.draft_owner(), acts, page.total, page.total_capped, MOST_TICKETS, given)


def act(name: str, ids: Sequence[int], query: TicketQuery) -> None:
    """Does what a button of the bar is for. `query` is the list that is shown."""
    if name == ALL:
        try_to(PLACE, lambda: _select_all(query))
    elif name == exporting.ACT[0] and 0 < len(ids) <= MOST_CHOSEN:
        exporting.open_export(query, queue_filters.columns(), ids)
        opened_in_live_part()
    elif name in ACTS and 0 < len(ids) <= MOST_TICKETS:
        bulk_dialog.open_act(name, list(ids), select, _note)
        opened_in_live_part()


def select(ids: Sequence[int]) -> None:
    """Makes these the selected tickets."""
    st.session_state[GIVEN] = Given(uuid4().hex, list(ids))


def draw_notices() -> None:
    """Draws what there is to say of changes that were begun before."""
    show_notice(PLACE)
    for bulk in _to_tell():
        _draw_notice(bulk)


def _select_all(query: TicketQuery) -> None:
    whole = query.model_dump(include=set(TicketSelection.model_fields), exclude_unset=True)
    found = session.api().preview_bulk(BulkPreviewCreate(query=TicketSelection.model_validate(whole)))
    select([ticket.id for ticket in found.tickets])


def _note(bulk: BulkRead) -> None:
    """What the dialog has told is not told a second time, unless it goes on without the dialog. Its tickets are not
    selected any more."""
    told = _told()
    if bulk.id not in told:
        select([])
    if bulk.state is BulkState.FINISHED:
        told[bulk.id] = None
    else:
        told[bulk.id] = bulk


def _told() -> dict[int, BulkBrief | None]:
    """Returns the changes of this person that are known in this tab; None for one that needs no more telling."""
    if TOLD not in st.session_state:
        found = session.api().bulk_changes()
        st.session_state[TOLD] = {bulk.id: bulk for bulk in found}
    told: dict[int, BulkBrief | None] = st.session_state[TOLD]
    return told


def _to_tell() -> list[BulkBrief]:
    """Asks again only about those that were not finished when they were last looked at."""
    try:
        told = _told()
        for bulk in [one for one in told.values() if one and one.state is not BulkState.FINISHED]:
            told[bulk.id] = _now(bulk)
    except ApiError as error:
        last_answers.note_if_away(error)
        return []
    return [bulk for bulk in told.values() if bulk]


def _now(bulk: BulkBrief) -> BulkBrief | None:
    try:
        return session.api().bulk_change(bulk.id)
    except ApiError as error:
        if error.status != 404:
            raise
        return None


def _draw_notice(bulk: BulkBrief) -> None:
    key = f"bulk_notice_{bulk.id}"
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=key):
        st.text(_said(bulk))
        if bulk.state is BulkState.STOPPED:
            st.button("Continue", key=f"{key}_continue", on_click=_open, args=(bulk.id, True))
        elif bulk.refusals or bulk.state is BulkState.RUNNING:
            st.button("Show", key=f"{key}_show", on_click=_open, args=(bulk.id, False))
        label = "Dismiss" if bulk.state is BulkState.FINISHED else "Stop it"
        st.button(label, key=f"{key}_forget", on_click=_forget, args=(bulk.id,))


def _said(bulk: BulkBrief) -> str:
    dealt, what = bulk.done + bulk.refusals, in_words(bulk.change)
    if bulk.state is BulkState.RUNNING:
        return f"{count(bulk.total, 'ticket is', 'tickets are')} being changed ({what}): {dealt:,} done."
    if bulk.state is BulkState.STOPPED:
        return f"A change of {count(bulk.total, 'ticket', 'tickets')} ({what}) stopped after {dealt:,}."
    refused = f" {count(bulk.refusals, 'was', 'were')} refused." if bulk.refusals else ""
    alike = f" {count(bulk.unchanged, 'was', 'were')} like that already." if bulk.unchanged else ""
    return f"{count(bulk.done - bulk.unchanged, 'ticket was', 'tickets were')} changed ({what}).{alike}{refused}"


def _open(bulk_id: int, is_to_go_on: bool) -> None:
    def do() -> None:
        api = session.api()
        found = api.continue_bulk(bulk_id) if is_to_go_on else api.bulk_change(bulk_id)
        _told()[bulk_id] = None
        bulk_dialog.open_result(found, select, _note)
        opened_in_live_part()

    try_to(PLACE, do)


def _forget(bulk_id: int) -> None:
    try_to(PLACE, lambda: session.api().forget_bulk(bulk_id))
    _told()[bulk_id] = None
