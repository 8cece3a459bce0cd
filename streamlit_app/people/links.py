"""Links with which people choose a password: made for one person or several, and shown once."""

from collections.abc import Iterable, Sequence

import streamlit as st

from contracts.invitations import InvitationMade, Purpose
from contracts.people import PersonBrief, PersonDetails
from streamlit_app.components.copy_fields import CopyField
from streamlit_app.language.csv_files import table_to_paste
from streamlit_app.language.moments import exact
from streamlit_app.language.text import isolated, plain
from streamlit_app.language.words import count
from streamlit_app.shell.dialogs import attempt, keep_button
from streamlit_app.shell.notices import try_to
from streamlit_app.shell.shown_once import keep_to_show
from streamlit_app.state import session

WHAT_FOR = {
    Purpose.INVITE: "With it they choose a username and a password, and are signed in.",
    Purpose.RESET: "With it they choose a new password, which ends all their sign-ins. Until then the old one works.",
}
HEADER = ("Name", "Mail address", "Link", "Works until")


def make_link(place: str, person: PersonBrief) -> None:
    """Makes a link, and keeps it for `show_once(place)`. An earlier one ends."""
    try_to(place, lambda: _keep_one(place, person))


def make_links_dialog(place: str, people: Sequence[PersonDetails]) -> None:
    """Draws the dialog that asks before it makes a link for each of these people."""
    many = count(len(people), "person gets", "people get")
    st.text(f"{many} a link each. It works once, for 72 hours. Links that they were given before end.")
    problem = st.container()
    with st.container(horizontal=True):
        if st.button("Make them", type="primary", key="make_links_yes"):
            attempt(
                {"": problem}, lambda api: _keep_all(place, people, api.invite([one.id for one in people])), "", _no
            )
        keep_button("make_links_no", "Cancel")


def _no() -> None:
    """No list changes by that."""


def _keep_one(place: str, person: PersonBrief) -> None:
    (made,) = session.api().invite([person.id])
    name = isolated(person.name)
    explanation = (
        f"{WHAT_FOR[made.purpose]} It works once, until {exact(made.expires_at)}. Give it to {name} only: whoever "
        "opens it first signs in as them. It is shown only now; a new link ends this one."
    )
    keep_to_show(place, f"A link for {plain(person.name)}", explanation, [CopyField(person.name, made.link)])


def _keep_all(place: str, people: Iterable[PersonDetails], made: Sequence[InvitationMade]) -> None:
    links = list(zip(people, made, strict=True))
    until = exact(min(one.expires_at for one in made))
    rows = [[person.name, person.email or "", one.link, exact(one.expires_at)] for person, one in links]
    keep_to_show(
        place,
        f"Links for {count(len(made), 'person', 'people')}",
        f"Each works once, until {until}. Give each to its person only: whoever opens it first signs in as them. They "
        "are shown only now. “Copy all” copies a table for a spreadsheet.",
        [CopyField(person.name, one.link) for person, one in links],
        table_to_paste(HEADER, rows),
    )
