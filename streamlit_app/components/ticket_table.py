"""The queue's list: one line a ticket in columns, and cards where it is narrow. Tickets can be selected, for something
that is done with all of them."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import streamlit as st

from streamlit_app.components.component_files import component
from streamlit_app.language.words import Chip

_table = component("ticket_table")

Size = Literal["tiny", "short", "medium", "long"]


@dataclass(frozen=True)
class Cell:
    """`tone`: quiet, strong, or that of a chip; empty for plain text. `sign`: what a dot before the text means; no dot
    if it is empty. `assigns`: the text is a button that assigns the ticket."""

    text: str
    tone: str = ""
    sign: str = ""
    assigns: bool = False


@dataclass(frozen=True)
class Heading:
    """A column. `explains_itself`: in a card its values need no label."""

    label: str
    size: Size
    explains_itself: bool


@dataclass(frozen=True)
class TicketRow:
    """A ticket, with one cell for each column. `marks` follow its title."""

    id: int
    title: str
    marks: Sequence[Chip]
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Given:
    """A selection that Python makes. It takes the place of what is selected, once for each `token`."""

    token: str
    ids: Sequence[int]


@dataclass(frozen=True)
class Act:
    name: str
    label: str


@dataclass(frozen=True)
class Selection:
    """What can be done with selected tickets. The browser keeps which these are, for this person alone (`owner`), also
    when another page of the list is drawn. `total`: how many tickets the whole list has, or more, if `capped`. `most`:
    how many can be changed at once."""

    owner: str
    acts: Sequence[Act]
    total: int
    capped: bool
    most: int
    given: Given | None = None


# The button that selects the whole list, beside the acts.
ALL = "all"


def ticket_table(
    key: str,
    label: str,
    headings: Sequence[Heading],
    rows: Sequence[TicketRow],
    *,
    said: str,
    legend: str = "",
    page: int = 1,
    is_dense: bool = True,
    selection: Selection | None = None,
    act: Callable[[str, list[int]], None] = lambda *_: None,
    assign: Callable[[int], None] | None = None,
) -> None:
    """Draws the table. A click on a row opens its ticket, and Back leads to the row. `label` is the table's name for
    screen readers. `said` stands above it, and `legend` is what the dots mean. `page` is the number of the list's page:
    when it changes, the top of the table is shown. `assign` is called with the ticket that somebody wants to assign:
    with the key `a`, or a press of a cell that `assigns`. With `selection`, rows have boxes; `act` gets the name of
    what is to be done and the selected tickets, or `ALL` and none."""

    def pressed() -> None:
        number = (st.session_state.get(key) or {}).get("assign")
        if assign and number in {row.id for row in rows}:
            assign(int(number))

    def acted() -> None:
        if wish := (st.session_state.get(key) or {}).get("act"):
            act(str(wish["name"]), [int(number) for number in wish["ids"]])

    _table(
        key=key,
        on_assign_change=pressed,
        data={
            "label": label,
            "said": said,
            "legend": legend,
            "page": page,
            "dense": is_dense,
            "assigns": assign is not None,
            "columns": [vars(heading) for heading in headings],
            "rows": [_row(row) for row in rows],
            "selection": asdict(selection) if selection else None,
        },
        on_act_change=acted,
    )


def _row(row: TicketRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": row.title,
        "marks": [vars(mark) for mark in row.marks],
        # Lists without names, because a page has hundreds of cells.
        "cells": [[cell.text, cell.tone, cell.sign, *([1] if cell.assigns else [])] for cell in row.cells],
    }
