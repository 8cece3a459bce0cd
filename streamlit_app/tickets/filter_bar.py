"""What the queue and the board have in common: a search for a number that leads to its ticket, the chips of the
filters, and the buttons beside them."""

import re
from functools import partial

from contracts.tickets import TicketQuery
from streamlit_app.components.filter_chips import Way, filter_chips
from streamlit_app.components.go_to import go_to
from streamlit_app.language.text import isolated, plain
from streamlit_app.state.navigation import BOARD, QUEUE, Screen
from streamlit_app.tickets import exporting, queue_filters
from streamlit_app.views import kept, saving

CLEAR = ("clear", "Clear all")


def go_to_number(query: TicketQuery) -> None:
    """Leads to the ticket if its number is searched for."""
    if number := re.fullmatch(r"#([1-9]\d{0,17})", query.q or ""):
        queue_filters.remove(queue_filters.SEARCH.name)
        go_to("ticket", {"id": number[1]})


def heading(otherwise: str) -> str:
    """Returns the name of the view that the address names, as markdown."""
    view = kept.in_address()
    return plain(isolated(view.name)) if view else otherwise


def draw_chips(page: Screen) -> None:
    """Draws the filters that are set, and the way to the other page (the queue or the board) with the same filters."""
    said = queue_filters.said_on_board() if page == BOARD else queue_filters.said()
    chips = {name: words for name, words in said.items() if name != queue_filters.SEARCH.name}
    clear = [] if queue_filters.shows_all_not_closed() or (page == BOARD and not said) else [CLEAR]
    save = [] if queue_filters.is_as_it_opens() else saving.buttons(queue_filters.shown())
    ways = [Way(label, queue_filters.link_to(screen.stem), screen == page) for screen, label in _NAMES.items()]
    filter_chips("queue_chips", chips, [*clear, *save, exporting.ACT], partial(_pressed, page), ways)


_NAMES = {QUEUE: "List", BOARD: "Board"}


def _pressed(page: Screen, kind: str, name: str) -> None:
    """Removes a filter, or does what the button beside the filters is for."""
    if kind == "remove":
        queue_filters.remove(name)
    elif name == CLEAR[0]:
        queue_filters.clear()
    elif name == exporting.ACT[0]:
        _open_export(page)
    else:
        saving.press(name, queue_filters.shown())


def _open_export(page: Screen) -> None:
    query = queue_filters.query()
    if page == BOARD:
        exporting.open_export(queue_filters.listed(queue_filters.board_query(query)), [])
    else:
        exporting.open_export(query, queue_filters.columns())
