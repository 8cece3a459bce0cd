"""Adding several people at once: a list is pasted, looked at row by row, and added with one press."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

import streamlit as st

from contracts.people import MOST_IMPORTED, ImportedRow, ImportOutcome, PeopleImport, PeopleImported, PersonRow
from streamlit_app.client.errors import ApiError
from streamlit_app.components.go_to import go_to
from streamlit_app.components.table import Column, table
from streamlit_app.language.text import plain
from streamlit_app.language.words import count
from streamlit_app.people.forms import in_words
from streamlit_app.people.pasted import NotReadable, read_people
from streamlit_app.shell.notices import dismiss_notice, give_notice, show_notice
from streamlit_app.state import last_answers, lists, session

TEXT, PREVIEW, PLACE = "people_pasted", "people_preview", "people_several"
MOST_LETTERS = 500_000
MOST_SHOWN = 200
EXAMPLE = "name, email, roles, team\nAda Okafor, ada@campus.edu, agent, electricians\nMia Rossi, mia@campus.edu"
OUTCOMES = {ImportOutcome.REFUSED: "Refused", ImportOutcome.NEW: "New", ImportOutcome.KNOWN: "Known, stays as it is"}
COLUMNS = [Column(title) for title in ("Name", "What happens", "Mail address", "Roles", "Team", "Row")]
# How the data API begins to say that a field is missing or has the wrong form.
FOR_PROGRAMS = ("String should", "Field required")
SAID = {"name": "name", "email": "mail address", "roles": "roles", "team": "team"}


@dataclass(frozen=True)
class Preview:
    """What would become of `people`, who were read from `text`. With the same `key` they are added only once."""

    text: str
    people: list[PersonRow]
    told: PeopleImported
    key: str


def draw_several() -> None:
    st.text(
        "Paste rows from a spreadsheet: name, mail address, roles and team, separated by commas, semicolons or tabs. "
        "Only the name is needed. Without a role, people become students; several roles are separated by |. A first "
        "row with titles is understood."
    )
    text = st.text_area("People, one a row", key=TEXT, height=200, max_chars=MOST_LETTERS, placeholder=EXAMPLE)
    st.caption(f"Up to {MOST_IMPORTED:,} people at once. Who is here already is known by the mail address.")
    st.button(
        "Look at it first", key="people_look", on_click=_look, type="primary" if not _preview(text) else "secondary"
    )
    if lists.is_sign_in_by_password():
        label = "Make links for people without a password"
        if st.button(label, key="to_links", type="tertiary"):
            go_to("people", {"has_password": "false"})
    show_notice(PLACE)
    if preview := _preview(text):
        _draw(preview)


def _preview(text: str) -> Preview | None:
    """Returns the preview of this text; None when it has been changed since."""
    kept: Preview | None = st.session_state.get(PREVIEW)
    return kept if kept and kept.text == text else None


def _look() -> None:
    dismiss_notice(PLACE)
    text = st.session_state[TEXT]
    try:
        people = read_people(text, lists.role_names(), lists.team_names())
        told = session.api().import_people(PeopleImport(people=people, dry_run=True))
    except NotReadable as error:
        give_notice(PLACE, str(error))
    except ApiError as error:
        last_answers.note_if_away(error)
        give_notice(PLACE, error.sentence)
    else:
        st.session_state[PREVIEW] = Preview(text, people, told, uuid4().hex)


def _draw(preview: Preview) -> None:
    told = preview.told
    st.markdown(plain(_summary(told)))
    if told.new and not told.refused:
        label = f"Add {count(told.new, 'person', 'people')}"
        st.button(label, key="people_add_all", type="primary", on_click=_add, args=(preview,))
    worst_first = sorted(told.rows, key=lambda row: list(OUTCOMES).index(row.outcome))
    table(
        "people_preview_rows",
        "What would happen",
        COLUMNS,
        [_cells(row, preview.people) for row in worst_first[:MOST_SHOWN]],
        has_cards=True,
    )
    if len(worst_first) > MOST_SHOWN:
        st.caption(f"The first {MOST_SHOWN} rows are shown, refused ones before all others.")


def _summary(told: PeopleImported) -> str:
    counts = f"{told.new:,} new, {told.known:,} known, {told.refused:,} refused."
    if told.refused:
        return f"{counts} Correct the refused rows above and look again: all are added, or none."
    return counts if told.new else f"{counts} Nobody is to be added."


def _cells(row: ImportedRow, people: Sequence[PersonRow]) -> list[str]:
    person = people[row.row - 1]
    outcome = f"{OUTCOMES[row.outcome]}{_why(row)}"
    roles, team = in_words("roles", person.roles), in_words("team", person.team or [])
    return [person.name, outcome, person.email or "", roles, team, f"{row.row:,}"]


def _why(row: ImportedRow) -> str:
    if row.message is None:
        return ""
    is_for_programs = row.message.startswith(FOR_PROGRAMS)
    return f": no valid {SAID.get(row.field or '', row.field)}" if is_for_programs else f": {row.message}"


def _add(preview: Preview) -> None:
    dismiss_notice(PLACE)
    try:
        done = session.api().import_people(PeopleImport(people=preview.people), preview.key)
    except ApiError as error:
        last_answers.note_if_away(error)
        give_notice(PLACE, f"{error.envelope.detail} Look again to see which rows.")
        return
    st.session_state.pop(PREVIEW, None)
    st.session_state[TEXT] = ""
    lists.staff.forget()
    st.toast(f"{count(done.new, 'person was', 'people were')} added; {done.known:,} were known already.")
