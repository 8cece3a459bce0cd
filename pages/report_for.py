"""Staff report a problem, mostly for someone who called or came by."""

import streamlit as st

from contracts.base import name_key
from contracts.people import PersonCreate, PersonRead
from contracts.tickets import TicketRead
from streamlit_app.client.errors import ApiError
from streamlit_app.components.first_field import first_field
from streamlit_app.language.text import isolated
from streamlit_app.reporting.related import NOTICE
from streamlit_app.reporting.report_form import outcome, report_form
from streamlit_app.shell.notices import dismiss_notice, give_notice, show_notice
from streamlit_app.state import lists, navigation, session

MOST_FOUND = 20


def find_person() -> PersonRead | None:
    """Lets staff look someone up by name, or add them. Returns the person whom they chose or added. Nobody is chosen
    for them: a report for the wrong person would tell that person what is in it."""
    name = st.text_input(
        "Who has the problem?", key="who", max_chars=100, placeholder="Their name, or the beginning of it"
    )
    first_field("who")
    if not (name := (name or "").strip()):
        st.session_state.pop("person_added", None)
        st.caption("Type a name and press Enter.")
        return None
    found = session.api().people(q=name, limit=MOST_FOUND)
    if found:
        added = st.session_state.get("person_added")
        chosen = st.selectbox(
            "Choose the person",
            found,
            index=next((place for place, person in enumerate(found) if person.id == added), None),
            format_func=lambda person: f"{person.name} (no. {person.id})",
            key=f"person_{name}_{added}",
            placeholder="Nobody yet",
        )
        if len(found) == MOST_FOUND:
            st.caption(f"At most {MOST_FOUND} people are listed. Write more of the name to find others.")
    else:
        chosen = None
        st.info("Nobody of that name was found.")
    if name_key(name) not in {name_key(person.name) for person in found}:
        st.button("Add this name as a new person", on_click=add_person, args=(name,))
        show_notice("add_person")
    return chosen


def forget_person() -> None:
    """Clears the name, because the next report is for somebody else."""
    st.session_state["who"] = ""


def add_person(name: str) -> None:
    dismiss_notice("add_person")
    try:
        st.session_state["person_added"] = session.api().add_person(PersonCreate(name=name)).id
    except ApiError as error:
        give_notice("add_person", error.sentence)


with st.container(key="narrow"):
    st.title("New ticket")
    if isinstance(ticket := outcome("report_for"), TicketRead):
        with st.container(border=True, key="confirmation"):
            st.header(f"Reported as #{ticket.id}.")
            st.text(f"For {isolated(ticket.requester.name)}.")
            st.text(f"It goes to {isolated(lists.category_names().get(ticket.category, ticket.category))}.")
            if ticket.assignee:
                st.text(f"It is assigned to {isolated(ticket.assignee.name)}.")
            if ticket.team:
                st.text(f"It is in the queue of {isolated(lists.team_name(ticket.team))}.")
            show_notice(NOTICE)
            if ticket.is_confidential:
                st.text("It is confidential. You may read it because you follow it; its page tells who else may.")
            navigation.main_link("ticket", f"Open #{ticket.id}", {"id": str(ticket.id)})
    if (person := find_person()) is not None:
        report_form("report_for", person.id, forget_person)
