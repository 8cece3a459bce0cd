"""The queue's list, and what stands in its place when no ticket fits."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import streamlit as st

from contracts.pages import CountedPage
from contracts.tickets import TicketQuery, TicketRead, WaitsFor
from streamlit_app.components.ticket_table import Heading, TicketRow, ticket_table
from streamlit_app.language.text import one_line, plain
from streamlit_app.language.words import Chip, count, total
from streamlit_app.shell.dialogs import rerun_if_opened
from streamlit_app.shell.pager import ListPage, empty_page, pager
from streamlit_app.state import session
from streamlit_app.state.session import Reader
from streamlit_app.tickets import assigning, bulk_selection, fields, queue_filters
from streamlit_app.tickets.ticket_list import counted, read_tickets

NAME = "queue"
NONE = "No tickets to show. New reports appear here."
NONE_THAT_FITS = "No ticket that you may see fits these filters."
# Each costs a request, and is not asked for again with every redraw.
MOST_OFFERS = 4
OFFERED, OFFERED_SECONDS = "queue_offers", 30


def queue_list(query: TicketQuery) -> None:
    """Draws the page that the URL names of the tickets that match the query."""
    rerun_if_opened()
    bulk_selection.draw_notices()
    shown = read_tickets(NAME, query)
    if shown.page.items:
        _draw(shown, query)
    else:
        st.info(empty_page(shown.number, NONE if queue_filters.shows_all_not_closed() else NONE_THAT_FITS))
        offer_to_drop(queue_filters.said(), queue_filters.query_without)
    pager(NAME, shown)


def _draw(shown: ListPage[CountedPage[TicketRead]], query: TicketQuery) -> None:
    names, reader = queue_filters.columns(), session.reader()
    columns = [fields.COLUMNS[name] for name in names]
    legend = fields.TURNS[WaitsFor.DESK] if "last_message_at" in names else ""
    ticket_table(
        NAME,
        "Tickets",
        [Heading(one.label, one.size, one.explains_itself) for one in columns],
        [_row(ticket, columns, reader) for ticket in shown.page.items],
        said=counted(shown),
        legend=legend,
        page=shown.number,
        is_dense=queue_filters.is_dense(),
        assign=assigning.open_assigning if reader.is_staff else None,
        selection=bulk_selection.selection(shown.page),
        act=lambda name, ids: bulk_selection.act(name, ids, query),
    )


def _row(ticket: TicketRead, columns: Sequence[fields.Column], reader: Reader) -> TicketRow:
    marks = [fields.CONFIDENTIAL] if ticket.is_confidential else []
    if ticket.reports > 1:
        marks.append(Chip(count(ticket.reports, "report", "reports")))
    if ticket.attachments:
        marks.append(Chip(count(len(ticket.attachments), "file", "files")))
    cells = [replace(one.cell(ticket, reader), assigns=one.assigns and reader.is_staff) for one in columns]
    return TicketRow(ticket.id, one_line(ticket.title), marks, cells)


def offer_to_drop(said: Mapping[str, str], query_without: Callable[[str], TicketQuery]) -> None:
    """Draws a button for each of these filters without which there are tickets."""
    for name, words in list(said.items())[:MOST_OFFERS]:
        found = _found_by(query_without(name).model_copy(update={"limit": 1}))
        if found.total:
            number = total(found.total, is_capped=found.total_capped)
            verb = "is" if found.total == 1 else "are"
            if st.button(plain(f"Without {words} there {verb} {number}"), key=f"queue_without_{name}"):
                queue_filters.remove(name)
                st.rerun()


def _found_by(query: TicketQuery) -> CountedPage[TicketRead]:
    kept: dict[str, tuple[float, CountedPage[TicketRead]]] = st.session_state.setdefault(OFFERED, {})
    name, now = query.model_dump_json(exclude_defaults=True), time.monotonic()
    for other in [other for other, (asked_at, _) in kept.items() if now - asked_at > OFFERED_SECONDS]:
        del kept[other]
    if name not in kept:
        kept[name] = (now, session.api().tickets(query))
    return kept[name][1]
