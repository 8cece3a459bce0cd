"""The people who may read a confidential ticket, on its page. Staff add people and remove them here."""

import streamlit as st

from contracts.pages import Page
from contracts.people import Permission
from contracts.tickets import ReaderRead, ReadsBecause, TicketRead
from streamlit_app.client.errors import ApiError
from streamlit_app.language.text import isolated, plain
from streamlit_app.state import lists, session
from streamlit_app.state.last_answers import ask_or_reuse
from streamlit_app.tickets.clashes import forget_notice, tell

WHY = {
    ReadsBecause.REQUESTER: "requester",
    ReadsBecause.ASSIGNEE: "assigned",
    ReadsBecause.FOLLOWER: "follows it",
    ReadsBecause.ADMINISTRATOR: "administrator",
}
EXPLANATION = "This ticket is confidential: nobody else finds or reads it. Analyses count it, without people and words."


def readers(ticket: TicketRead) -> None:
    """Draws who may read the ticket, if it is confidential."""
    if not ticket.is_confidential:
        return
    page = ask_or_reuse(f"readers_{ticket.id}", lambda: session.api().readers(ticket.id))
    is_staff = session.may(Permission.TICKETS_WORK)
    with st.container(border=True, gap="xsmall", key="readers"):
        st.header("Who may read this ticket")
        st.caption(EXPLANATION)
        for person in page.items:
            _line(ticket.id, person, is_removable=is_staff and ReadsBecause.FOLLOWER in person.because)
        if page.next_cursor:
            st.caption("And others.")
        if is_staff:
            _add(ticket.id, page)


def _line(ticket_id: int, person: ReaderRead, *, is_removable: bool) -> None:
    why = ", ".join(WHY[one] for one in person.because)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(plain(f"{isolated(person.name)} ({why})"), width="content")
        if is_removable:
            st.button(
                "Remove",
                type="tertiary",
                key=f"remove_reader_{ticket_id}_{person.id}",
                help=plain(f"{isolated(person.name)} no longer follows this ticket."),
                on_click=_set,
                args=(ticket_id, person.id, False),
            )


def _add(ticket_id: int, page: Page[ReaderRead]) -> None:
    """Draws the box with which staff let a colleague read the ticket. It gets a new key, and so is empty again, when
    the people have changed."""
    present = {person.id for person in page.items}
    names = {id_: name for id_, name in lists.staff_names().items() if id_ not in present}
    key = f"add_reader_{ticket_id}_{'_'.join(map(str, sorted(present)))}"

    def chosen() -> None:
        if (person_id := st.session_state[key]) is not None:
            _set(ticket_id, person_id, True)

    st.selectbox(
        "Let somebody else read it",
        list(names),
        index=None,
        format_func=lambda id_: names.get(id_, str(id_)),
        key=key,
        placeholder="Choose a colleague",
        on_change=chosen,
    )


def _set(ticket_id: int, person_id: int, follows: bool) -> None:
    forget_notice(ticket_id)
    try:
        session.api().set_follower(ticket_id, person_id, follows=follows)
    except ApiError as error:
        tell(ticket_id, error.sentence)
