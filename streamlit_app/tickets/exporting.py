"""The dialog that saves what a list finds as a file: which format, which columns, and how far it is."""

from dataclasses import dataclass, field
from urllib.parse import urlencode
from uuid import uuid4

import streamlit as st

from contracts.export import ExportColumns, ExportFormat
from contracts.pages import CountedPage
from contracts.tickets import TicketQuery, TicketRead, TicketSelection
from streamlit_app.components.export import export
from streamlit_app.language.words import total
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
    """What one dialog is about. `shown`: the columns of the list, if it has any. `key` makes its widgets its own."""

    query: TicketQuery
    shown: list[str]
    key: str = field(default_factory=lambda: f"export_{uuid4().hex}")


def open_export(query: TicketQuery, shown: list[str]) -> None:
    open_dialog(OWNER, "Export tickets", _draw, Wish(query, shown))


def button(query: TicketQuery) -> None:
    """Draws the button that opens the dialog, for a list without columns."""
    st.button(ACT[1], key="export_open", type="tertiary", on_click=open_export, args=(query, []))


def show() -> None:
    """Draws the dialog while it is open."""
    show_dialog(OWNER)


def _draw(wish: Wish) -> None:
    found = session.api().tickets(wish.query.model_copy(update={"limit": LOOKED_AT, "cursor": None}))
    if not found.total:
        st.text("No ticket that you may see fits these filters, so there is nothing to export.")
        return
    offer = session.api().export_columns()
    st.text(f"What the list finds, in its order, as it is now: {_how_many(found)}.")
    format_ = st.segmented_control(
        "Format", list(FORMATS), format_func=FORMATS.__getitem__, default=ExportFormat.CSV, required=True, key=wish.key
    )
    st.caption(HINTS[format_].format(zone=offer.zone))
    columns = _columns(wish, offer)
    if not columns:
        st.caption("Choose at least one column.")
        return
    label = "Export all tickets" if found.total_capped else f"Export {_how_many(found)}"
    export(
        f"{wish.key}_file", _address(wish.query, format_, columns), label, None if found.total_capped else found.total
    )


def _how_many(found: CountedPage[TicketRead]) -> str:
    return f"{total(found.total, is_capped=found.total_capped)} {'ticket' if found.total == 1 else 'tickets'}"


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


def _address(query: TicketQuery, format_: ExportFormat, columns: list[str]) -> str:
    filters = query.model_dump(mode="json", exclude_defaults=True, include=set(TicketSelection.model_fields))
    asked = {**filters, "format": str(format_), "columns": columns, "pieces": "true"}
    return f"{ROUTE}?{urlencode(asked, doseq=True)}"
