"""The dialog that saves what a list finds as a file: which format, which columns, and how far it is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import urlencode
from uuid import uuid4

import streamlit as st

from contracts.export import ExportColumns, ExportFormat
from contracts.tickets import TicketQuery, TicketSelection
from streamlit_app.components.export import export
from streamlit_app.language.words import count, total
from streamlit_app.shell.dialogs import open_dialog, show_dialog
from streamlit_app.state import session

OWNER = "export"
ACT = ("export", "Export…")
ROUTE = "ticket-export"
# What every list shows of a ticket.
ALWAYS = ["id", "title"]
FORMATS = {ExportFormat.CSV: "CSV", ExportFormat.XLSX: "Excel", ExportFormat.PARQUET: "Parquet"}
HINTS = {
    ExportFormat.CSV: "For spreadsheets and programs. Times of day are those of {zone}.",
    ExportFormat.XLSX: "A workbook for Excel, LibreOffice or Numbers. Times of day are those of {zone}. "
    "A text longer than a cell is cut, and the sheet About says how many were.",
    ExportFormat.PARQUET: "For pandas, DuckDB, R and others. Numbers, moments and truths keep their types.",
}
AS_LISTED, USUAL, CHOSEN = "As listed", "Usual", "My choice"
# So many that most lists are counted for certain: of longer ones, a busy desk may not know how many there are.
LOOKED_AT = 50


@dataclass(frozen=True)
class Wish:
    """What one dialog is about. `shown`: the columns of the list, if it has any. `ids`: of what the list finds, only
    these. `key` makes its widgets its own."""

    query: TicketQuery
    shown: Sequence[str]
    ids: Sequence[int] = ()
    key: str = field(default_factory=lambda: f"export_{uuid4().hex}")


def open_export(query: TicketQuery, shown: Sequence[str], ids: Sequence[int] = ()) -> None:
    open_dialog(OWNER, "Export tickets", _draw, Wish(query, shown, ids))


def button(query: TicketQuery) -> None:
    """Draws the button that opens the dialog, for a list without columns."""
    st.button(ACT[1], key="export_open", type="tertiary", on_click=open_export, args=(query, []))


def show() -> None:
    """Draws the dialog while it is open."""
    show_dialog(OWNER)


def _draw(wish: Wish) -> None:
    found = _found(wish)
    if found is None:
        st.text("No ticket that you may see fits these filters, so there is nothing to export.")
        return
    offer = session.api().export_columns()
    st.text(found.said)
    format_ = st.segmented_control(
        "Format", list(FORMATS), format_func=FORMATS.__getitem__, default=ExportFormat.CSV, required=True, key=wish.key
    )
    st.caption(HINTS[format_].format(zone=offer.zone))
    columns = _columns(wish, offer)
    if not columns:
        st.caption("Choose at least one column.")
        return
    export(f"{wish.key}_file", _address(wish, format_, columns), found.label)


class Found(NamedTuple):
    """What will be exported, in words, and what the button says."""

    said: str
    label: str


def _found(wish: Wish) -> Found | None:
    if wish.ids:
        selected = count(len(wish.ids), "selected ticket", "selected tickets")
        return Found(f"What you selected, in the order of the list: {selected}.", f"Export {selected}")
    found = session.api().tickets(wish.query.model_copy(update={"limit": LOOKED_AT, "cursor": None}))
    if not found.total:
        return None
    number = total(found.total, is_capped=found.total_capped)
    tickets = f"{number} {'ticket' if found.total == 1 else 'tickets'}"
    label = "Export all tickets" if found.total_capped else f"Export {tickets}"
    return Found(f"What the list finds, in its order, as it is now: {tickets}.", label)


def _columns(wish: Wish, offer: ExportColumns) -> list[str]:
    """Draws the choice. Returns the names of the columns."""
    labels = {one.name: one.label for one in offer.columns}
    listed = [name for name in [*ALWAYS, *wish.shown] if name in labels]
    usual = [one.name for one in offer.columns if one.is_usual]
    ways = {AS_LISTED: listed, USUAL: usual, CHOSEN: []} if wish.shown else {USUAL: usual, CHOSEN: []}
    way = st.segmented_control("Columns", list(ways), default=next(iter(ways)), required=True, key=f"{wish.key}_way")
    if way != CHOSEN:
        st.caption(", ".join(labels[name] for name in ways[way]) + ".")
        return ways[way]
    first = listed if wish.shown else usual
    return st.multiselect(
        "Which columns",
        list(labels),
        default=first,
        format_func=labels.__getitem__,
        placeholder="Choose columns",
        key=f"{wish.key}_columns",
    )


def _address(wish: Wish, format_: ExportFormat, columns: Sequence[str]) -> str:
    """Selected tickets are exported also when they do not fit the filters any more."""
    order = {"sort"} if wish.ids else set(TicketSelection.model_fields)
    filters = wish.query.model_dump(mode="json", exclude_defaults=True, include=order)
    ids = {"ids": ",".join(map(str, wish.ids))} if wish.ids else {}
    asked = {**filters, **ids, "format": str(format_), "columns": columns, "pieces": "true"}
    return f"{ROUTE}?{urlencode(asked, doseq=True, safe=',')}"
