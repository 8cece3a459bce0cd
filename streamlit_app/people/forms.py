"""The form with what is known of a person: to add somebody, and to change somebody."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from contracts.people import MOST_CAPACITY, MOST_ROLES, PersonCreate, PersonDetails, PersonUpdate
from streamlit_app.client.api import Api
from streamlit_app.people.links import make_link
from streamlit_app.shell.changes import save_change
from streamlit_app.shell.dialogs import Form, attempt, show_problems
from streamlit_app.state import lists, session

NEW: Mapping[str, Any] = {
    "name": "",
    "email": None,
    "roles": [],
    "team": None,
    "expertise": [],
    "expertise_buildings": [],
    "capacity": None,
    "away_from": None,
    "away_until": None,
}
NAMES: Mapping[str, Callable[[], Mapping[str, str]]] = {
    "roles": lists.role_names,
    "team": lists.team_names,
    "expertise": lists.category_names,
    "expertise_buildings": lists.building_names,
}


def add(place: str) -> None:
    """Draws the form. A link for the new person is kept for `show_once(place)`."""
    form, is_invited = Form("new_person", {}, {}), False
    with st.form(form.key, border=False):
        _draw(form, NEW)
        if lists.is_sign_in_by_password():
            is_invited = st.checkbox(
                "Invite: make a link with which they choose a password", True, f"{form.key}_invite"
            )

        def do(api: Api) -> None:
            person = api.add_person(PersonCreate.model_validate(form.fields))
            if is_invited:
                make_link(place, person)

        if st.form_submit_button("Add", type="primary") and _is_possible(form):
            attempt(form.places, do, "Added.", lists.staff.forget)


def change(person: PersonDetails) -> None:
    form = Form(f"change_person_{person.id}", {}, {})
    with st.form(form.key, border=False):
        _draw(form, values(person))
        if st.form_submit_button("Save", type="primary") and _is_possible(form):
            save_change(
                form,
                person,
                values,
                lambda api, changed: api.change_person(person.id, PersonUpdate.model_validate(changed)),
                lists.staff.forget,
                in_words,
            )


def values(person: PersonDetails) -> dict[str, Any]:
    """Returns what the form's fields are filled with."""
    return {name: getattr(person, name) for name in NEW} | {"team": person.team.slug if person.team else None}


def in_words(field: str, value: Any) -> str:
    """Returns a value of the form in words: what roles, teams, categories and buildings are called."""
    names = NAMES[field]() if field in NAMES else {}
    return ", ".join(names.get(one, str(one)) for one in (value if isinstance(value, list) else [value]))


def roles_to_give() -> dict[str, str]:
    """Returns the names of the roles that permit no more than this person may do, by slug."""
    own = set(session.me().permissions)
    return {role.slug: lists.role_names()[role.slug] for role in lists.roles() if set(role.permissions) <= own}


def may_manage(person: PersonDetails) -> bool:
    """Whether they may do no more than this person."""
    return set(person.roles) <= set(roles_to_give())


def _draw(form: Form, present: Mapping[str, Any]) -> None:
    form.text("name", "Name", present["name"], 100)
    form.fields["email"] = form.text("email", "Mail address (optional)", present["email"] or "", 254) or None
    _several(form, "roles", "Roles", roles_to_give(), present["roles"], MOST_ROLES)
    _team(form, present["team"])
    _several(form, "expertise", "Knows about", lists.category_names(), present["expertise"])
    if buildings := lists.building_names():
        _several(form, "expertise_buildings", "Knows these buildings", buildings, present["expertise_buildings"])
    else:
        form.fields["expertise_buildings"] = present["expertise_buildings"]
    with st.container(horizontal=True):
        _day(form, "away_from", "Away from", present["away_from"])
        _day(form, "away_until", "Away until", present["away_until"])
    tickets = st.number_input(
        "Tickets at the same time (optional)",
        0,
        MOST_CAPACITY,
        present["capacity"],
        1,
        key=f"{form.key}_capacity",
        help="How many tickets they can work on at the same time. Automatic assignment gives them no more.",
    )
    form.hold("capacity", "Tickets at the same time", tickets)


def _several(
    form: Form, field: str, label: str, names: Mapping[str, str], chosen: Sequence[str], most: int | None = None
) -> None:
    options = [*names, *(slug for slug in chosen if slug not in names)]
    slugs = st.multiselect(
        label,
        options,
        list(chosen),
        format_func=lambda slug: names.get(slug, slug),
        max_selections=most,
        key=f"{form.key}_{field}",
        placeholder="None yet",
    )
    # In the order of before, so that only a real change counts as one.
    form.hold(field, label, [*(slug for slug in chosen if slug in slugs), *(one for one in slugs if one not in chosen)])


def _team(form: Form, present: str | None) -> None:
    names = {"": "None", **lists.team_names()}
    slugs = list(names)
    slug = st.selectbox(
        "Team",
        slugs,
        slugs.index(present) if present in names else 0,
        format_func=lambda one: names[one],
        key=f"{form.key}_team",
    )
    form.hold("team", "Team", slug or None)


def _day(form: Form, field: str, label: str, present: Any) -> None:
    with st.container():
        form.hold(field, label, st.date_input(f"{label} (optional)", present, key=f"{form.key}_{field}"))


def _is_possible(form: Form) -> bool:
    """Shows what can be seen to be wrong before anything is sent."""
    begins, ends = form.fields["away_from"], form.fields["away_until"]
    problems = [] if form.fields["name"] else [("name", "Please write something here.")]
    if not form.fields["roles"]:
        problems.append(("roles", "Please choose at least one."))
    if begins and ends and ends < begins:
        problems.append(("away_until", "The last day is before the first one."))
    show_problems(form.places, problems)
    return not problems
