"""Staff report a problem for someone who called or came by."""

import streamlit as st

from contracts.base import name_key
from contracts.people import PersonCreate, PersonRead
from streamlit_app.client.errors import ApiError
from streamlit_app.language.text import isolated
from streamlit_app.reporting.report_form import report_form, reported
from streamlit_app.shell.notices import dismiss_notice, give_notice, show_notice
from streamlit_app.state import lists, navigation, session


def find_person() -> PersonRead | None:
    """Lets staff look someone up by name, or add them. Returns the chosen person."""
    name = st.text_input(
        "Who has the problem?", key="who", max_chars=100, placeholder="Their name, or the beginning of it"
    )
    if not (name := (name or "").strip()):
        st.caption("Type a name and press Enter.")
        return None
    found = session.api().people(q=name, limit=20)
    if found:
        names = [person.name for person in found]
        chosen = st.selectbox(
            "Choose the person",
            found,
            format_func=lambda person: f"{person.name} (no. {person.id})",
            key=f"person_{name}_{len(names)}",
        )
    else:
        chosen = None
        st.info("Nobody of that name has been here before.")
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
        session.api().add_person(PersonCreate(name=name))
    except ApiError as error:
        give_notice("add_person", error.sentence)


with st.container(key="narrow"):
    st.title("Report for someone")
    if (ticket := reported("report_for")) is not None:
        with st.container(border=True, key="confirmation"):
            st.header(f"Reported as #{ticket.id}.")
            st.text(f"For {isolated(ticket.requester.name)}.")
            st.text(f"It goes to {isolated(lists.category_names().get(ticket.category, ticket.category))}.")
            navigation.main_link("ticket", f"Open #{ticket.id}", {"id": str(ticket.id)})
    if (person := find_person()) is not None:
        report_form("report_for", person.id, forget_person)
