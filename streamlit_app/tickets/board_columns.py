"""The board's columns, and what stands above them when no ticket fits."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from contracts.board import MOST_CARDS, BoardColumn, BoardQuery, BoardRead, BoardTicket, ColumnQuery
from contracts.tickets import Priority, Status, TicketQuery
from streamlit_app.components.board import Board, BoardCard, Column, Stage, board
from streamlit_app.language import moments
from streamlit_app.language.text import isolated, one_line
from streamlit_app.language.words import STATUSES, Chip, count
from streamlit_app.shell.dialogs import rerun_if_opened
from streamlit_app.state import list_position, lists, session
from streamlit_app.state.last_answers import ask_or_reuse
from streamlit_app.state.session import Reader
from streamlit_app.tickets import assigning, fields, queue_filters
from streamlit_app.tickets.queue_list import NONE, NONE_THAT_FITS, offer_to_drop

NAME = "board"
PAGES = "board_pages"
# Each page of a column beyond the first costs a request at every redraw.
MOST_PAGES = 10
URGENCY = tuple(Priority)[::-1]

Pages = Mapping[str, int]


@dataclass(frozen=True)
class _Asked:
    """`at` is from before the question, on the clock of `server/board_changes.py`."""

    at: float
    board: BoardRead


def board_columns(tickets: TicketQuery) -> None:
    """Draws the board of the tickets that match."""
    rerun_if_opened()
    query = queue_filters.board_query(tickets)
    text = query.model_dump_json(exclude_defaults=True)
    pages = _pages(text)
    asked = ask_or_reuse(f"{NAME} {text} {pages}", lambda: _Asked(time.monotonic(), _read(query, pages)))
    columns = asked.board.columns
    if not any(column.count for column in columns):
        _say_that_none_fits()
    list_position.note_board([ticket.id for column in columns for ticket in column.tickets])
    is_filtered = bool(queue_filters.said_on_board())
    shown = Board(
        columns=[_column(column, pages.get(column.stage, 1), is_filtered=is_filtered) for column in columns],
        stages=[Stage(one.slug, one.name, one.status) for one in lists.stages()],
        me=session.me().person,
        asked_at=asked.at,
        query=text,
        pages=pages,
    )
    board(NAME, shown, _keep_pages, assigning.open_assigning)


def _read(query: BoardQuery, pages: Pages) -> BoardRead:
    """Asks for the board: one request, and one more for each further page of a column."""
    found = session.api().board(query)
    columns = [_with_pages(column, query, pages.get(column.stage, 1)) for column in found.columns]
    return found.model_copy(update={"columns": columns})


def _with_pages(column: BoardColumn, query: BoardQuery, pages: int) -> BoardColumn:
    """Adds the further pages, which are larger than the first: whoever wants more may want to go through all."""
    filters = query.model_dump(exclude_unset=True) | {"limit": MOST_CARDS}
    for _ in range(1, pages):
        if column.next_cursor is None:
            break
        asked = ColumnQuery.model_validate(filters | {"cursor": column.next_cursor})
        more = session.api().board_column(column.stage, asked)
        # A ticket that moved in between may be on both pages.
        known = {ticket.id for ticket in column.tickets}
        tickets = [*column.tickets, *(ticket for ticket in more.tickets if ticket.id not in known)]
        column = column.model_copy(update={"tickets": tickets, "next_cursor": more.next_cursor})
    return column


def _pages(query: str) -> Pages:
    """Returns of which columns more than the first page is shown. With other filters, of none."""
    kept: tuple[str, dict[str, int]] = st.session_state.get(PAGES, ("", {}))
    return kept[1] if kept[0] == query else {}


def _keep_pages(query: str, wanted: Mapping[str, Any]) -> None:
    stages = {stage.slug for stage in lists.stages()}
    numbers = {stage: min(number, MOST_PAGES) for stage, number in wanted.items() if isinstance(number, int)}
    st.session_state[PAGES] = (query, {stage: number for stage, number in numbers.items() if stage in stages})


def _say_that_none_fits() -> None:
    said = queue_filters.said_on_board()
    st.info(NONE_THAT_FITS if said else NONE)
    offer_to_drop(said, _query_without)


def _query_without(name: str) -> TicketQuery:
    return queue_filters.listed(queue_filters.board_query(queue_filters.query_without(name)))


def _column(column: BoardColumn, pages: int, *, is_filtered: bool) -> Column:
    reader = session.reader()
    return Column(
        stage=column.stage,
        name=one_line(column.name, 60),
        tone=STATUSES[column.status].tone,
        status=column.status,
        count=column.count,
        count_capped=column.count_capped,
        # It is about all tickets of the stage, and a closed one is never too full.
        limit=None if is_filtered or column.status is Status.CLOSED else column.limit,
        has_more=column.next_cursor is not None and pages < MOST_PAGES,
        cards=[_card(ticket, reader) for ticket in column.tickets],
    )


def _card(ticket: BoardTicket, reader: Reader) -> BoardCard:
    priority, last_word = fields.priority_cell(ticket, reader), fields.last_word_cell(ticket, reader)
    marks = [fields.CONFIDENTIAL] if ticket.is_confidential else []
    if ticket.blocked_by:
        first, *others = ticket.blocked_by
        more = f" and {len(others):,} more" if others else ""
        marks.append(Chip(f"Blocked by #{first}{more}", "amber"))
    if ticket.reports > 1:
        marks.append(Chip(count(ticket.reports, "report", "reports")))
    return BoardCard(
        id=ticket.id,
        version=ticket.version,
        title=one_line(ticket.title),
        priority=(priority.text, priority.tone),
        is_ordinary=ticket.priority is Priority.NORMAL,
        marks=marks,
        requester=isolated(ticket.requester.name),
        age=moments.age(ticket.opened_at),
        assignee=ticket.assignee.id if ticket.assignee else None,
        assignee_text=fields.assignee_cell(ticket, reader).text,
        team=isolated(lists.team_name(ticket.team)) if ticket.team else "",
        word=last_word.text,
        sign=last_word.sign,
        allowed=ticket.allowed_statuses,
        order=(URGENCY.index(ticket.priority), ticket.opened_at.timestamp()),
    )
