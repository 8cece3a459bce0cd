"""Who has how many tickets, beside how many they can work on at the same time."""

from collections.abc import Sequence

import streamlit as st

from contracts.desk import PersonLoad
from streamlit_app.components.table import Column, table
from streamlit_app.language.words import count
from streamlit_app.state import navigation, session
from streamlit_app.state.last_answers import ask_or_reuse

COLUMNS = (
    Column("Person"),
    Column("Open", is_number=True),
    Column("Active", is_number=True),
    Column("Tickets", is_number=True),
    Column("Capacity", is_number=True),
    Column("To note"),
)
UNKNOWN = "–"
# As many as fill the table's height, which page.css reserves then.
MANY = 10


def draw_workload() -> None:
    """Draws the table. For those who may look people up."""
    people = ask_or_reuse("workload", lambda: session.api().workload())
    st.header("Who has how much to do")
    st.text(_summary(people))
    navigation.link("teams", "Team by team, and who can take a ticket now")
    if people:
        with st.container(key="place_of_many_people" if len(people) >= MANY else "place_of_people"):
            table("workload", "Tickets that are not closed, by person", COLUMNS, list(map(_row, people)))


def excess(person: PersonLoad) -> int:
    """Returns how many tickets the person has beyond their capacity; 0 if that is unknown."""
    return 0 if person.capacity is None else max(person.open + person.active - person.capacity, 0)


def _summary(people: Sequence[PersonLoad]) -> str:
    if not people:
        return "Nobody works on tickets yet."
    overloaded = sum(1 for person in people if excess(person))
    if overloaded:
        has = "has" if overloaded == 1 else "have"
        return f"{count(overloaded, 'person', 'people')} {has} more tickets than they can work on at the same time."
    if any(person.capacity is None for person in people):
        return "Nobody has more tickets than their capacity, as far as it is known. It is set on the page People."
    return "Nobody has more tickets than they can work on at the same time."


def _row(person: PersonLoad) -> Sequence[str]:
    total = person.open + person.active
    capacity = UNKNOWN if person.capacity is None else f"{person.capacity:,}"
    return [person.name, f"{person.open:,}", f"{person.active:,}", f"{total:,}", capacity, ", ".join(_notes(person))]


def _notes(person: PersonLoad) -> list[str]:
    notes = [f"{excess(person):,} too many"] if excess(person) else []
    if person.is_deactivated:
        return [*notes, "deactivated"]
    return [*notes, "away today"] if person.is_away else notes
