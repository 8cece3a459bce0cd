"""The list of teams, with dialogs to add, change and delete them."""

from collections.abc import Mapping

import streamlit as st

from contracts.people import Permission
from contracts.teams import NO_TEAM, TeamCreate, TeamRead, TeamUpdate
from contracts.tickets import NOT_CLOSED
from streamlit_app.components.entries import Entry, entries
from streamlit_app.components.go_to import go_to
from streamlit_app.language.text import isolated, plain
from streamlit_app.language.words import count
from streamlit_app.shell.changes import save_change
from streamlit_app.shell.dialogs import Form, attempt, open_dialog, show_dialog
from streamlit_app.shell.leaving import delete_dialog, tickets_left
from streamlit_app.state import lists, session
from streamlit_app.state.last_answers import ask_or_reuse
from streamlit_app.state.lists import with_distinct_names

OWNER = "teams"
GO = "teams_go_to"
EMPTY = (
    "No teams yet. A team is people who work together, such as Electricians or the night shift. Add one here, and put "
    "people into it on the page People."
)


def keep_teams() -> None:
    """Draws the list. A button of an entry opens a dialog, or the list of the team's people."""
    present = {team.slug: team for team in ask_or_reuse("teams", session.api().teams)}
    st.button("Add a team", key="add_team", on_click=open_dialog, args=(OWNER, "Add a team", _add))

    def pressed(act: str, slug: str) -> None:
        if (team := present.get(slug)) is None:
            return
        if act == "people":
            st.session_state[GO] = ("people", {"team": slug})
        elif act == "tickets":
            st.session_state[GO] = ("queue", tickets_of(slug))
        elif act == "change":
            open_dialog(OWNER, f"Change {plain(team.name)}", _change, team)
        else:
            open_dialog(OWNER, f"Delete {plain(team.name)}?", _delete, team, list(present.values()))

    if present:
        entries("entries_team", "Teams", [_entry(team) for team in present.values()], pressed)
    else:
        st.info(EMPTY)
    if there := st.session_state.pop(GO, None):
        go_to(*there)
    show_dialog(OWNER)


def tickets_of(slug: str) -> dict[str, str | list[str]]:
    """Returns the filters with which the queue shows the team's tickets that are not closed."""
    return {"team": slug, "status": [*NOT_CLOSED]}


def _entry(team: TeamRead) -> Entry:
    fact = count(team.people, "person", "people") if team.people else "Nobody yet"
    leads = {"people": Permission.PEOPLE_MANAGE, "tickets": Permission.TICKETS_WORK}
    acts = [*(act for act, permission in leads.items() if session.may(permission)), "change", "delete"]
    return Entry(team.slug, team.name, team.description, fact=fact, acts=acts)


def _draw_fields(form: Form, name: str, description: str) -> None:
    form.text("name", "Name", name, 100)
    form.text("description", "Description (optional)", description, 500, "What they do, and when")


def _add() -> None:
    form = Form("new_team", {}, {})
    with st.form(form.key, border=False):
        _draw_fields(form, "", "")
        if not form.text("slug", "Short name (optional)", "", 60, "For links and lists, such as night-shift."):
            del form.fields["slug"]
        if st.form_submit_button("Add", type="primary"):
            attempt(
                form.places,
                lambda api: api.add_team(TeamCreate.model_validate(form.fields)),
                "Added.",
                lists.teams.forget,
            )


def _change(team: TeamRead) -> None:
    form = Form(f"change_team_{team.slug}", {}, {})
    with st.form(form.key, border=False):
        _draw_fields(form, team.name, team.description)
        if st.form_submit_button("Save", type="primary"):
            save_change(
                form,
                team,
                lambda seen: {"name": seen.name, "description": seen.description},
                lambda api, change: api.change_team(team.slug, TeamUpdate.model_validate(change)),
                lists.teams.forget,
            )


def _delete(team: TeamRead, present: list[TeamRead]) -> None:
    people = f"{count(team.people, 'person is', 'people are')} in it" if team.people else "Nobody is in it"
    others = {other.slug: other.name for other in present if other.slug != team.slug}
    tickets_to: list[str | None] = []
    delete_dialog(
        f"delete_team_{team.slug}",
        f"{people}. {isolated(team.name)} cannot be brought back.",
        "Its people go to",
        team.people,
        others,
        lambda api, to: api.delete_team(team.slug, to, *tickets_to),
        lists.teams.forget,
        lambda: tickets_to.append(_tickets_to(team, others)),
        tickets_left(team=[team.slug]),
    )


def _tickets_to(team: TeamRead, others: Mapping[str, str]) -> str | None:
    """Draws the choice of where the team's tickets go. Returns None if they go where its people go."""
    along: dict[str | None, str] = {None: "The team of its people"} if team.people else {}
    names = along | {NO_TEAM: "No team"} | with_distinct_names(others)
    return st.selectbox(
        "Its tickets go to",
        list(names),
        format_func=lambda slug: names[slug],
        key=f"delete_team_{team.slug}_tickets_to",
        help="Closed tickets too. The history of each says so.",
    )
