"""How much each person of a team has to do, beside how much they can work on at the same time; whoever has too much
comes first."""

from collections.abc import Mapping, Sequence

import streamlit as st

from contracts.assignment_rules import TeamLoad, TeamMemberLoad
from contracts.people import Permission
from contracts.tickets import NOT_CLOSED
from streamlit_app.components.loads import Load, loads
from streamlit_app.language.hours import hours_said
from streamlit_app.language.text import isolated, plain
from streamlit_app.language.words import Chip, count
from streamlit_app.state import address, lists, navigation, session
from streamlit_app.state.last_answers import ask_or_reuse
from streamlit_app.teams.team_list import tickets_of

TEAM = "team"
CHOSEN = "load_team"
NOBODY = "Nobody is in this team yet. Who is in it is set on the page People."
# More than anybody's capacity: how full somebody is who should have no ticket at all, and has some.
FAR_TOO_FULL = 2.0


def draw_load() -> None:
    """Draws the choice of a team, and its people. The URL holds the choice."""
    names = lists.team_names()
    if not names:
        return
    st.header("Who has how much to do")
    address.follow("teams", lambda: _set_choice(names), is_new=st.session_state.get(CHOSEN) not in names)
    slug = st.selectbox("Team", list(names), format_func=names.__getitem__, key=CHOSEN, width=260)
    address.write({TEAM: slug} if slug != next(iter(names)) else {})
    team = ask_or_reuse(f"load of {slug}", lambda: session.api().team_load(slug))
    if team.people:
        st.text(_summary(team.people))
    else:
        st.info(NOBODY)
    _waiting(team)
    if team.people:
        loads("team_load", f"Tickets of {team.team.name}, by person", [_load(one) for one in _fullest_first(team)])


def _waiting(team: TeamLoad) -> None:
    if not team.queued:
        return
    wait = count(team.queued, "ticket waits", "tickets wait")
    label = f"{wait} in the queue of {plain(team.team.name)}, assigned to nobody"
    if session.may(Permission.TICKETS_WORK):
        navigation.link("queue", label, tickets_of(team.team.slug) | {"assignee": "none"})
    else:
        st.markdown(label)


def excess(person: TeamMemberLoad) -> int:
    """Returns how many tickets the person has beyond their capacity; 0 if they can work on any number."""
    return 0 if person.capacity is None else max(person.open_tickets - person.capacity, 0)


def _set_choice(names: Mapping[str, str]) -> None:
    st.session_state[CHOSEN] = address.get_choice(TEAM, names) or next(iter(names))


def _summary(people: Sequence[TeamMemberLoad]) -> str:
    free = sum(1 for person in people if person.is_free)
    said = f"{count(free, 'person', 'people')} can take a ticket now." if free else "Nobody can take a ticket now."
    if overloaded := sum(1 for person in people if excess(person)):
        has = "has" if overloaded == 1 else "have"
        said += f" {count(overloaded, 'person', 'people')} {has} more than they can work on at the same time."
    return said


def _fullest_first(team: TeamLoad) -> list[TeamMemberLoad]:
    return sorted(team.people, key=lambda one: (-excess(one), -(_share(one) or 0), -one.open_tickets, one.name))


def _share(person: TeamMemberLoad) -> float | None:
    if person.capacity is None:
        return None
    if not person.capacity:
        return FAR_TOO_FULL if person.open_tickets else 0.0
    return person.open_tickets / person.capacity


def _load(person: TeamMemberLoad) -> Load:
    tickets = {"assignee": str(person.id), "status": NOT_CLOSED}
    query = tickets if session.may(Permission.TICKETS_WORK) else {}
    return Load(person.name, _said(person), _share(person), _chips(person), _note(person), query)


def _said(person: TeamMemberLoad) -> str:
    if person.capacity is None:
        return f"{count(person.open_tickets, 'ticket', 'tickets')}, no limit set"
    return f"{person.open_tickets:,} of {count(person.capacity, 'ticket', 'tickets')}"


def _chips(person: TeamMemberLoad) -> list[Chip]:
    full = [Chip("Full", "amber")] if person.is_full else []
    marks = [Chip(f"{excess(person):,} too many", "amber")] if excess(person) else full
    if not person.works_on_tickets:
        return [*marks, Chip("May not work on tickets")]
    if person.is_away:
        return [*marks, Chip("Away")]
    return marks if person.works_now else [*marks, Chip("Off duty now")]


def _note(person: TeamMemberLoad) -> str:
    """Returns what the person knows about, and when they work."""
    names = {**lists.category_names(), **lists.building_names()}
    known = [isolated(names.get(slug, slug)) for slug in (*person.expertise, *person.expertise_buildings)]
    about = f"Knows about {', '.join(known)}" if known else ""
    return " · ".join(filter(None, [about, hours_said(person.working_hours)]))
