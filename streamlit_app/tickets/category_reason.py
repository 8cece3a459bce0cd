"""Why a ticket has its category, in words, and the buttons with which staff confirm or correct it in one click."""

from collections.abc import Mapping

import streamlit as st

from contracts.categorising import CategoryBy, CategoryReasonRead
from contracts.suggestions import Sureness
from contracts.tickets import TicketRead
from streamlit_app.client.errors import ApiError
from streamlit_app.components.buttons import Button
from streamlit_app.language.text import isolated, plain
from streamlit_app.state import lists, session
from streamlit_app.state.last_answers import ask_or_reuse
from streamlit_app.tickets.clashes import forget_notice, tell, tell_clash
from streamlit_app.tickets.editing import Clash, save
from streamlit_app.tickets.ticket_buttons import ticket_buttons

SPELT = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
BY = {
    CategoryBy.REQUESTER: "Chosen by the requester",
    CategoryBy.STAFF: "Set by staff",
    CategoryBy.IMPORT: "From the import",
    CategoryBy.DEFAULT: "The default",
    CategoryBy.UNKNOWN: "Who chose it is not known",
}

Names = Mapping[str, str]


def category_reason(ticket: TicketRead) -> None:
    reason = ask_or_reuse(f"category_{ticket.id}", lambda: session.api().category_reason(ticket.id))
    names = lists.category_names()
    st.caption(plain(reason_in_words(reason, names)))
    if reason.by is CategoryBy.STAFF or "category" not in ticket.editable:
        return
    other = likeliest_other(reason)
    # Each button is named by its category: a press means the category that the person saw.
    items = [Button(ticket.category, "✓ Right", is_link=True)]
    if other is not None:
        items.append(Button(other, f"Change to {_name(other, names)}", is_link=True))
    ticket_buttons("category_said", ticket, items, _say)


def reason_in_words(reason: CategoryReasonRead, names: Names) -> str:
    """Returns a sentence without probabilities: people would take such figures for more than they are."""
    if reason.by is CategoryBy.STAFF:
        return f"{BY[reason.by]}."
    if reason.by is not CategoryBy.PREDICTED:
        return f"{BY[reason.by]}{_besides(reason, names)}."
    if reason.sureness is Sureness.UNSURE:
        other = likeliest_other(reason)
        doubt = f"; it may also be {_name(other, names)}" if other else ""
        return f"The words are not sure{doubt}."
    chosen = "Chosen by its words" if reason.sureness is Sureness.SURE else "Chosen by its words, fairly surely"
    return f"{chosen}{_like(reason, names)}."


def likeliest_other(reason: CategoryReasonRead) -> str | None:
    return next((one.category for one in reason.alternatives if one.category != reason.category), None)


def _besides(reason: CategoryReasonRead, names: Names) -> str:
    """Returns how the predicted category compares with one that came from elsewhere: the requester, an import or the
    default. Returns an empty text if there was no prediction."""
    if reason.predicted is None or reason.sureness is None:
        return ""
    if reason.sureness is Sureness.UNSURE:
        return "; the words were not sure"
    if reason.predicted == reason.category:
        return "; the words say the same"
    return f"; the words said {_name(reason.predicted, names)}"


def _like(reason: CategoryReasonRead, names: Names) -> str:
    if reason.predicted != reason.category:
        return ""
    name = _name(reason.category, names)
    tickets = f"{_number(reason.like_tickets)} earlier {'ticket' if reason.like_tickets == 1 else 'tickets'}"
    if reason.like_tickets and reason.like_examples:
        return f": like {tickets} and the examples of {name}"
    if reason.like_tickets:
        return f": like {tickets} of {name}"
    return f": like the examples of {name}" if reason.like_examples else ""


def _number(number: int) -> str:
    return SPELT[number] if number < len(SPELT) else f"{number:,}"


def _name(slug: str | None, names: Names) -> str:
    return isolated(names.get(slug or "", slug or ""))


def _say(category: str, seen: TicketRead) -> TicketRead | None:
    """Saves this category. Saving the one that the ticket has already is not a no-op: it confirms the category, and
    Lodge learns from that."""
    forget_notice(seen.id)
    try:
        result = save(session.api(), seen, {"category": category})
    except ApiError as error:
        tell(seen.id, error.sentence)
        return None
    if isinstance(result, Clash):
        tell_clash(result, "nothing was saved. Please look again")
        return None
    return result
