"""One person: what is known of them, and buttons to change them, to let them in and to keep them out."""

from collections.abc import Callable
from datetime import date

import streamlit as st

from contracts.base import MAX_ID
from contracts.people import PersonDetails
from contracts.tickets import NOT_CLOSED, TicketQuery
from streamlit_app.client.api import Api
from streamlit_app.components.facts import facts
from streamlit_app.language.hours import hours_said
from streamlit_app.language.text import isolated, plain
from streamlit_app.language.words import count
from streamlit_app.people import forms, links
from streamlit_app.people.hours import change_hours
from streamlit_app.people.person_list import LIST_ADDRESS
from streamlit_app.people.tokens import draw_tokens
from streamlit_app.shell.dialogs import attempt, keep_button, open_dialog, show_dialog
from streamlit_app.shell.notices import show_notice
from streamlit_app.shell.shown_once import show_once
from streamlit_app.state import address, lists, navigation, session
from streamlit_app.state.last_answers import ask_or_reuse

OWNER = "person"
PERSON = "person"
BEYOND = "They may do more than you, so you cannot change them."


def person_in_address() -> int | None:
    """Returns the number of the person in the URL if it can be one; otherwise None."""
    given = address.get(PERSON) or ""
    is_number = given.isdecimal() and given.isascii() and len(given) < 20
    return int(given) if is_number and 1 <= int(given) <= MAX_ID else None


def draw_person(person_id: int) -> None:
    st.button("Back to the list", type="tertiary", key="person_back", on_click=_back)
    person = ask_or_reuse(f"person {person_id}", lambda: session.api().person(person_id))
    st.header(plain(person.name))
    facts("person_facts", _facts(person))
    if forms.may_manage(person):
        _buttons(person)
        show_notice(_place(person))
        show_once(_place(person))
        _tokens(person)
    else:
        st.info(BEYOND)
    show_dialog(OWNER)


def _place(person: PersonDetails) -> str:
    """Returns where a notice or a link for this person belongs: it is not shown under another one."""
    return f"person_{person.id}"


def _back() -> None:
    address.write(st.session_state.get(LIST_ADDRESS, {}))


def _facts(person: PersonDetails) -> dict[str, str]:
    return {
        "Mail address": person.email or "None",
        "Roles": ", ".join(person.role_names),
        "Team": person.team.name if person.team else "None",
        **work_facts(person),
        "Sign-in": _sign_in(person),
    }


def work_facts(person: PersonDetails) -> dict[str, str]:
    """Returns what automatic assignment goes by."""
    names = {**lists.category_names(), **lists.building_names()}
    known = [names.get(slug, slug) for slug in (*person.expertise, *person.expertise_buildings)]
    return {
        "Knows about": ", ".join(known) or "Nothing is said",
        "Tickets at a time": "No limit" if person.capacity is None else str(person.capacity),
        "Working hours": hours_said(person.working_hours) or "Always",
        "Away": absence(person),
    }


def _sign_in(person: PersonDetails) -> str:
    if person.deactivated_at:
        return "Deactivated: they cannot sign in"
    if not lists.is_sign_in_by_password():
        return "Active"
    return f"Active, as {person.username}" if person.username else "No password yet"


def absence(person: PersonDetails) -> str:
    if not person.away_from and not person.away_until:
        return "No"
    begin = f"from {_day(person.away_from)}" if person.away_from else "now"
    return f"{begin} until {_day(person.away_until) if person.away_until else 'further notice'}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _buttons(person: PersonDetails) -> None:
    name, is_me = plain(person.name), person.id == session.me().person.id
    with st.container(horizontal=True):
        st.button("Change", type="primary", on_click=open_dialog, args=(OWNER, f"Change {name}", forms.change, person))
        hours = f"Working hours of {name}"
        st.button("Working hours", on_click=open_dialog, args=(OWNER, hours, change_hours, person))
        if person.deactivated_at:
            st.button("Reactivate", on_click=open_dialog, args=(OWNER, f"Reactivate {name}?", _reactivate, person))
        elif not is_me:
            if lists.is_sign_in_by_password():
                label = "Reset password" if person.username else "Invite"
                st.button(label, on_click=links.make_link, args=(_place(person), person))
            st.button(
                "End sign-ins", on_click=open_dialog, args=(OWNER, f"End sign-ins of {name}?", _end_sign_ins, person)
            )
            st.button("Deactivate", on_click=open_dialog, args=(OWNER, f"Deactivate {name}?", _deactivate, person))


def _tokens(person: PersonDetails) -> None:
    tokens = ask_or_reuse(f"tokens of {person.id}", lambda: session.api().tokens_of(person.id))
    if tokens:
        st.markdown("**API tokens**")
        draw_tokens(OWNER, tokens, lambda api, token_id: api.revoke_token_of(person.id, token_id))


def _deactivate(person: PersonDetails) -> None:
    """Draws the dialog that asks once, and says which tickets stay."""
    asked = TicketQuery(assignee=[str(person.id)], status=NOT_CLOSED, limit=1)
    tickets = session.api().tickets(asked).total
    stay = "ticket that is not closed stays", "tickets that are not closed stay"
    st.text(
        f"{isolated(person.name)} is signed out everywhere and cannot sign in until somebody reactivates them. What "
        "they wrote and reported stays theirs."
    )
    if tickets:
        st.text(f"{count(tickets, *stay)} assigned to them, as far as you may see. Give them to somebody else.")
        navigation.link("queue", "Their tickets in the queue", {"assignee": str(person.id), "status": NOT_CLOSED})
    _ask(person, "Deactivate", lambda api: api.deactivate(person.id), "Deactivated.")


def _end_sign_ins(person: PersonDetails) -> None:
    st.text(f"{isolated(person.name)} is signed out in every browser, and can sign in again. API tokens stay.")
    _ask(person, "End them", lambda api: api.end_sign_ins_of(person.id), "All their sign-ins have ended.")


def _reactivate(person: PersonDetails) -> None:
    st.text(f"{isolated(person.name)} can sign in again, with the roles that they had.")
    _ask(person, "Reactivate", lambda api: api.reactivate(person.id), "Reactivated.")


def _ask(person: PersonDetails, label: str, do: Callable[[Api], object], said: str) -> None:
    place = st.container()
    with st.container(horizontal=True):
        if st.button(label, type="primary", key=f"{label}_{person.id}_yes"):
            attempt({"": place}, do, said, lists.staff.forget)
        keep_button(f"{label}_{person.id}_no", "Cancel")
