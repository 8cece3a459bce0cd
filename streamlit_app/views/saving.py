"""Saving what the queue shows as a view, and changing and deleting a saved one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from contracts.teams import TeamBrief
from contracts.tickets import TicketQuery
from contracts.views import ViewCreate, ViewRead, ViewUpdate, view_query
from streamlit_app.client.api import Api
from streamlit_app.client.errors import ApiError
from streamlit_app.language.text import isolated, plain
from streamlit_app.shell.dialogs import Form, attempt, keep_button, open_dialog, show_dialog
from streamlit_app.shell.notices import dismiss_notice, give_notice, show_notice
from streamlit_app.state import address, last_answers, session
from streamlit_app.views import kept

PLACE = "queue_view"
NOT_THERE = "There is no such view, or it is not shared with you. This is the queue without it."
NOT_UNDERSTOOD = (
    "A filter of this view exists no more, so all tickets are shown. Set its filters anew and update the view."
)
GONE = "This view was deleted meanwhile. Save it as a new one."


@dataclass(frozen=True)
class Shown:
    """What the queue shows. `columns` is empty for those that it shows by default."""

    query: TicketQuery
    columns: list[str]
    is_dense: bool

    def is_as_in(self, view: ViewRead) -> bool:
        """Whether the view shows the same. The order of a filter's values does not matter."""
        same = (_without_order(view_query(self.query)), self.columns, self.is_dense)
        return same == (_without_order(view.query), view.columns, view.is_dense)


def buttons(shown: Shown) -> list[tuple[str, str]]:
    """Returns the buttons that fit what is shown, by name and label."""
    view = kept.in_address()
    if view is None or not view.may_change:
        is_saved = view is not None and shown.is_as_in(view)
        return [] if is_saved else [("save", "Save view…")]
    changed = [] if shown.is_as_in(view) else [("update", "Update the view"), ("save", "Save as a new view…")]
    return [*changed, ("change", "Rename or share…"), ("delete", "Delete the view…")]


def press(name: str, shown: Shown) -> None:
    """Does what the button is for."""
    dismiss_notice(PLACE)
    view = kept.in_address()
    if name == "save":
        open_dialog(PLACE, "Save this view", _save, shown)
    elif view is not None and view.id is not None:
        if name == "update":
            _update(view, shown)
        elif name == "change":
            open_dialog(PLACE, f"Change {plain(isolated(view.name))}", _change, view)
        elif name == "delete":
            open_dialog(PLACE, f"Delete {plain(isolated(view.name))}?", _delete, view)


def draw_dialog() -> None:
    """Draws the dialog that is open, and what there is to say."""
    show_notice(PLACE)
    show_dialog(PLACE)


def say_not_there() -> None:
    give_notice(PLACE, NOT_THERE)


def say_not_understood() -> None:
    give_notice(PLACE, NOT_UNDERSTOOD)


def _save(shown: Shown) -> None:
    form = Form("view_new", {}, {})
    team = _own_team()
    with st.form(form.key, border=False):
        form.text("name", "Name", "", 100, "What it shows, such as Library, urgent")
        form.hold("team", "Team", _shared_with(team, form.key, is_shared=False))
        if st.form_submit_button("Save", type="primary"):
            held = {"query": view_query(shown.query), "columns": shown.columns, "is_dense": shown.is_dense}

            def save(api: Api) -> None:
                view = api.save_view(ViewCreate.model_validate(form.fields | held))
                address.write({kept.VIEW: str(view.id)})

            attempt(form.places, save, "Saved. The view is in the menu at the side.", kept.forget)


def _change(view: ViewRead) -> None:
    form = Form("view_change", {}, {})
    team = view.team or _own_team()
    with st.form(form.key, border=False):
        form.text("name", "Name", view.name, 100)
        form.hold("team", "Team", _shared_with(team, form.key, is_shared=view.team is not None))
        if st.form_submit_button("Save", type="primary"):

            def save(api: Api) -> None:
                assert view.id is not None
                api.change_view(view.id, ViewUpdate.model_validate(_changed(view, form.fields)))

            attempt(form.places, save, "Saved.", kept.forget)


def _changed(view: ViewRead, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Returns what is sent. The team is left out if it stays, as that of somebody who is in another team by now."""
    team = view.team.slug if view.team else None
    changed = {name: value for name, value in fields.items() if (name, value) != ("team", team)}
    return changed | {"version": view.version}


def _delete(view: ViewRead) -> None:
    st.text("It cannot be brought back." + (" Your team loses it too." if view.team else ""))
    place = st.container()

    def delete(api: Api) -> None:
        assert view.id is not None
        api.delete_view(view.id)

    with st.container(horizontal=True):
        if st.button("Delete", type="primary", key="view_delete_now"):
            attempt({"": place}, delete, "Deleted.", kept.forget)
        keep_button("view_delete_keep")


def _update(view: ViewRead, shown: Shown) -> None:
    assert view.id is not None
    fields = {"query": view_query(shown.query), "columns": shown.columns, "is_dense": shown.is_dense}
    try:
        session.api().change_view(view.id, ViewUpdate.model_validate(fields | {"version": view.version}))
    except ApiError as error:
        last_answers.note_if_away(error)
        give_notice(PLACE, GONE if error.status == 404 else error.sentence)
    else:
        st.toast("Saved.")
    kept.forget()


def _own_team() -> TeamBrief | None:
    return session.api().person(session.me().person.id).team


def _shared_with(team: TeamBrief | None, key: str, *, is_shared: bool) -> str | None:
    """Draws the choice to share the view. Returns the slug of the team, or None for a view of one's own."""
    if team is None:
        return None
    label = f"Share it with my team, {plain(isolated(team.name))}"
    return team.slug if st.toggle(label, value=is_shared, key=f"{key}_shared") else None


def _without_order(query: Mapping[str, list[str]]) -> dict[str, list[str]]:
    return {name: sorted(values) for name, values in query.items()}
