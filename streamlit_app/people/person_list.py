"""The list of people, page by page. A click on a person opens them."""

from collections.abc import Sequence

import streamlit as st

from contracts.pages import Page
from contracts.people import Permission, PersonDetails, PersonQuery
from streamlit_app.components.rows import Row, rows
from streamlit_app.language.text import isolated, plain
from streamlit_app.language.words import Chip, count
from streamlit_app.people import forms
from streamlit_app.people.filters import draw_filters
from streamlit_app.people.links import make_links_dialog
from streamlit_app.shell.dialogs import open_dialog, show_dialog
from streamlit_app.shell.notices import show_notice
from streamlit_app.shell.pager import empty_page, pager, read_page
from streamlit_app.shell.shown_once import show_once
from streamlit_app.state import address, lists, navigation, session
from streamlit_app.state.last_answers import ask_or_reuse
from streamlit_app.teams.team_list import tickets_of

OWNER = "people"
# Where the list was left, so that the way back from a person leads there.
LIST_ADDRESS = "people_list_address"
NONE_THAT_FITS = (
    "Nobody fits. The search finds the beginnings of any word of a name, and of mail addresses; people who were "
    "deactivated are found under Deactivated."
)


def draw_people() -> None:
    """Draws the button to add a person, the filters, and the page of the list that the URL names."""
    st.button("Add a person", key="add_person", on_click=open_dialog, args=(OWNER, "Add a person", forms.add, OWNER))
    show_notice(OWNER)
    show_once(OWNER)
    query = draw_filters()

    def ask(cursor: str | None) -> Page[PersonDetails]:
        asked = query.model_copy(update={"cursor": cursor})
        # The name contains the query: a list that is reused must never appear under other filters.
        return ask_or_reuse(f"people_page {asked.model_dump_json()}", lambda: session.api().find_people(asked))

    shown = read_page("people", query.model_dump_json(), ask)
    st.session_state[LIST_ADDRESS] = address.of_page("people")
    if query.has_password is False:
        _links_button(shown.page.items)
    if len(query.team) == 1 and session.may(Permission.TICKETS_WORK):
        name = plain(isolated(lists.team_name(query.team[0])))
        navigation.link("queue", f"Tickets of {name} that are not closed", tickets_of(query.team[0]))
    if shown.page.items:
        rows("people", "People", [_row(person) for person in shown.page.items], page=shown.number)
    else:
        st.info(empty_page(shown.number, _none(query)))
    pager("people", shown)
    show_dialog(OWNER)


def _links_button(people: Sequence[PersonDetails]) -> None:
    if invited := [person for person in people if forms.may_manage(person)]:
        title = f"Make links for {count(len(invited), 'person', 'people')}"
        st.button(title, key="make_links", on_click=open_dialog, args=(OWNER, title, make_links_dialog, OWNER, invited))


def chips(person: PersonDetails) -> list[Chip]:
    marks = [Chip("Away", "amber")] if person.is_away else []
    marks += [Chip("Deactivated", "red")] if person.deactivated_at else []
    return [*(Chip(name) for name in person.role_names), *marks]


def _row(person: PersonDetails) -> Row:
    meta = [known for known in (person.email, person.team.name if person.team else None) if known]
    return Row(person.id, person.name, chips=chips(person), meta=meta, href=f"people?person={person.id}")


def _none(query: PersonQuery) -> str:
    return NONE_THAT_FITS if query != PersonQuery() else "Nobody is here yet. Add a person, or several at once."
