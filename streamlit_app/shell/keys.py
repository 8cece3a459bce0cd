"""The table of all keys. Each does what a button or link on the page does too."""

import streamlit as st

from contracts.people import Me, Permission
from contracts.tickets import Priority
from streamlit_app.components.keys import Key, KeyGroup, keys
from streamlit_app.language.words import PRIORITIES
from streamlit_app.state import navigation

CLOSE = "Close as solved"
# Another part of the page listens to these.
IN_A_LIST = (
    Key("j", "Next ticket", is_only_told=True),
    Key("k", "Ticket before", is_only_told=True),
    Key("Enter", "Open it", is_only_told=True),
    Key("a", "Assign it, or all that is selected", is_only_told=True),
    Key("x", "Select it; with Shift, all from the one selected before", is_only_told=True),
    Key("Escape", "Clear the selection", is_only_told=True),
)
ON_THE_BOARD = (
    Key("j", "Next card of the column; the arrow keys go in every direction", is_only_told=True),
    Key("k", "Card before it", is_only_told=True),
    Key("m", "The menu of the card, to move or assign it", is_only_told=True),
    Key("a", "Assign the ticket of the card", is_only_told=True),
    Key("Shift+→", "Move the card to the next column; Shift+← to the one before", is_only_told=True),
)
ON_A_TICKET = (
    Key("a", "Assign it to me", names=["Assign to me", "Take over"]),
    # Closing tells the requester, so one key does not do it.
    Key(
        "s",
        f"Start work, or reopen it; if {CLOSE} is next, Enter presses it",
        names=["Start work", CLOSE, "Reopen"],
        asks=[CLOSE],
    ),
    *(Key(str(place), f"Priority: {PRIORITIES[level].text}") for place, level in enumerate(Priority, 1)),
    Key("r", "Reply", names=["Your answer", "Write to the helpdesk"]),
    Key("n", "Write an internal note", names=["Internal note"]),
    Key("j", "Next ticket of the list"),
    Key("k", "Ticket before it in the list"),
)
FOR_STAFF_ONLY = ("a", "1", "2", "3", "4", "n", "j", "k", "Ctrl+Shift+Enter")
WHILE_WRITING = (
    Key("Ctrl+Enter", "Send", is_only_told=True),
    Key("Ctrl+Shift+Enter", "Send and go to the next ticket", is_only_told=True),
    Key("Escape", "Leave the text; it is kept", is_only_told=True),
)


def draw_keys(me: Me) -> None:
    with st.container(key="hidden_keys"):
        keys(groups_for(me))


def groups_for(me: Me) -> list[KeyGroup]:
    """Returns the keys that this person can use."""
    is_staff = Permission.TICKETS_WORK in me.permissions
    on_a_ticket, while_writing = (
        [key for key in keys if is_staff or key.keys not in FOR_STAFF_ONLY] for keys in (ON_A_TICKET, WHILE_WRITING)
    )
    return [
        KeyGroup("Everywhere", [Key("?", "Show these keys", is_only_told=True), *_everywhere(me)]),
        KeyGroup("Go to a page", _pages(me)),
        *([KeyGroup("In a list of tickets", IN_A_LIST), KeyGroup("On the board", ON_THE_BOARD)] if is_staff else []),
        KeyGroup("On a ticket", on_a_ticket),
        KeyGroup("While you write", while_writing),
    ]


def _everywhere(me: Me) -> list[Key]:
    new, search = navigation.new_ticket(me), navigation.search_at(me)
    return [
        *([Key("/", "Search", names=["Search"], href=search)] if search else []),
        *([Key("c", new.title, href=new.stem)] if new else []),
        # The links that lead back begin with an arrow.
        Key("Escape", "Go back", names=["←"]),
    ]


def _pages(me: Me) -> list[Key]:
    return [Key(f"g {screen.key}", screen.title, href=screen.stem) for screen in navigation.menu_for(me) if screen.key]
