"""Assigning a ticket: the dialog that any list of tickets opens, and what is offered after an assignment across teams.

A page that opens the dialog calls `draw` outside its live part, and inside it, first,
`dialogs.rerun_if_opened`."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from contracts.tickets import TicketRead
from streamlit_app.client.errors import ApiError
from streamlit_app.language.text import isolated, one_line, plain
from streamlit_app.shell.dialogs import close_dialog, open_dialog, opened_in_live_part, show_dialog
from streamlit_app.shell.notices import Offer, dismiss_notice, give_notice, show_notice
from streamlit_app.state import last_answers, lists, session
from streamlit_app.tickets.clashes import may_take, take, take_label, tell, tell_clash, what_happened
from streamlit_app.tickets.editing import Clash, changes_of, save

PLACE = "assigning"
# What the boxes hold for them.
NOBODY, NO_TEAM = 0, ""


def open_assigning(ticket_id: int) -> None:
    """Opens the dialog for this ticket, as it is now."""
    dismiss_notice(PLACE)
    try:
        ticket = session.api().ticket(ticket_id)
    except ApiError as error:
        last_answers.note_if_away(error)
        give_notice(PLACE, error.sentence)
    else:
        _open(ticket)
    opened_in_live_part()


def draw() -> None:
    """Draws the dialog, if it is open, and the notice that says why it could not be opened."""
    show_notice(PLACE)
    show_dialog(PLACE)


def who_has_it(ticket: TicketRead) -> str:
    """Returns for example "Ben Ott has it. It is in the team IT support."."""
    who = isolated(ticket.assignee.name) if ticket.assignee else "Nobody"
    where = f"the team {isolated(lists.team_name(ticket.team))}" if ticket.team else "no team"
    return f"{who} has it. It is in {where}."


def take_and_offer(seen: TicketRead) -> TicketRead | None:
    """Makes this person the assignee, and offers to move the ticket to their team if it is in another one."""
    ticket = take(seen)
    if ticket is not None:
        offer_team(ticket)
    return ticket


def offer_team(ticket: TicketRead) -> None:
    """Says on the ticket's page that the assignee is in another team than the ticket, which an assignment does not
    change, and offers to move the ticket there."""
    team = lists.team_of(ticket.assignee.id) if ticket.assignee else None
    if ticket.assignee is None or team is None or team.slug == ticket.team:
        return
    stays = f"stays in {isolated(lists.team_name(ticket.team))}" if ticket.team else "is in no team"
    name = isolated(team.name)
    text = f"{isolated(ticket.assignee.name)} is in the team {name}; the ticket {stays}."
    tell(ticket.id, text, Offer(f"Move it to {name}", _move, (ticket, team.slug)))


def _move(seen: TicketRead, team: str) -> None:
    try:
        result = save(session.api(), seen, {"team": team})
    except ApiError as error:
        tell(seen.id, error.sentence)
    else:
        if isinstance(result, Clash):
            tell_clash(result, "it was not moved")


def _open(ticket: TicketRead, problem: str = "") -> None:
    open_dialog(PLACE, f"Assign #{ticket.id}", _draw, ticket, problem)


def _draw(ticket: TicketRead, problem: str) -> None:
    """Draws the dialog. Its widgets are new with each version of the ticket, and so show what is true now."""
    key = f"assign_{ticket.id}_{ticket.version}"
    st.text(one_line(ticket.title))
    st.caption(plain(who_has_it(ticket)))
    if problem:
        st.warning(plain(problem))
    place = st.container()
    if may_take(ticket) and st.button(plain(take_label(ticket)), type="primary", key=f"{key}_take"):
        _save(place, ticket, {"assignee": session.me().person.id})
    person = _person(ticket, key)
    team = _team(ticket, person, key)
    if st.button("Save", key=f"{key}_save"):
        _save(place, ticket, changes_of(ticket, {"assignee": person, "team": team}))


def _person(ticket: TicketRead, key: str) -> int | None:
    """Draws the choice of the assignee. The people of the ticket's team come first."""
    teams = {person.id: person.team for person in lists.staff()}
    names = dict(lists.staff_names())
    if ticket.assignee:
        names.setdefault(ticket.assignee.id, ticket.assignee.name)

    def is_elsewhere(id_: int) -> bool:
        team = teams.get(id_)
        return team is None or team.slug != ticket.team

    def said(id_: int) -> str:
        team = teams.get(id_)
        return "Nobody" if id_ == NOBODY else f"{names[id_]} · {team.name}" if team else names[id_]

    options = [NOBODY, *sorted(names, key=is_elsewhere)]
    present = ticket.assignee.id if ticket.assignee else NOBODY
    return st.selectbox("Assigned to", options, options.index(present), format_func=said, key=f"{key}_person") or None


def _team(ticket: TicketRead, person: int | None, key: str) -> str | None:
    """Draws the choice of the team and, for an assignee of another one, whether the ticket moves there."""
    names = {NO_TEAM: "No team", **lists.team_names()}
    if ticket.team:
        names.setdefault(ticket.team, ticket.team)
    options, present = list(names), ticket.team or NO_TEAM
    chosen = st.selectbox(
        "Team", options, options.index(present), format_func=lambda slug: names[slug], key=f"{key}_team"
    )
    theirs = lists.team_of(person) if person is not None else None
    if theirs is None or theirs.slug == chosen:
        return chosen or None
    label = f"…and move it to their team, {plain(isolated(theirs.name))}"
    return theirs.slug if st.checkbox(label, key=f"{key}_moves_{theirs.slug}") else chosen or None


def _save(place: Any, ticket: TicketRead, changes: Mapping[str, Any]) -> None:
    try:
        result = save(session.api(), ticket, changes)
    except ApiError as error:
        last_answers.note_if_away(error)
        place.error(plain(error.sentence))
        return
    if isinstance(result, Clash):
        _open(result.now, f"{what_happened(result)}, so nothing was saved. Please look again.")
    else:
        close_dialog()
        st.toast(plain(f"#{result.id}: {who_has_it(result)}"))
    st.rerun()
