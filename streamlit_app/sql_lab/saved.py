"""Saved queries: the one that is open in the editor, and what can be done with it."""

from typing import Any

import streamlit as st
from pydantic import ValidationError

from contracts.base import MAX_ID
from contracts.people import Permission
from contracts.queries import SavedQueryBrief, SavedQueryCreate, SavedQueryRead, SavedQueryUpdate
from streamlit_app.client.api import Api
from streamlit_app.client.errors import ApiError, DeskAway, faults
from streamlit_app.components.sql_editor import Saving
from streamlit_app.language import moments
from streamlit_app.language.text import isolated, plain
from streamlit_app.shell.dialogs import Form, attempt, keep_button, open_dialog, show_dialog
from streamlit_app.shell.notices import Offer, dismiss_notice, give_notice, show_notice
from streamlit_app.sql_lab import asking, chart_choice, parameters, schema
from streamlit_app.state import address, last_answers, redraws, session

OPEN, VISIT = "sql_open", "sql_open_visit"
PLACE = "sql_saved"
QUERY = "query"
NOT_THERE = "There is no such saved query, or it is not shared with you."
CLASH = "This query was changed meanwhile, in another window perhaps. What you have here is not saved."
SHARED = "Everybody who may run SQL finds this query. Its link is the address of this page."
PRIVATE = "Only you see this query."


def opened() -> SavedQueryRead | None:
    query: SavedQueryRead | None = st.session_state.get(OPEN)
    return query


def follow_address() -> None:
    """Opens the query that a link names, and writes the one that is open into the address. Nothing is run."""
    address.follow("sql_lab", _open_from_address, is_new=False)
    st.session_state[VISIT] = redraws.visit()
    query = opened()
    address.write({QUERY: str(query.id)} if query else {})


def draw_opened() -> None:
    """Draws which query is open, and what can be done with it beside saving."""
    show_notice(PLACE)
    query = opened()
    if query is not None:
        with st.container(border=True, gap="xsmall", key="sql_opened"):
            _draw(query)
    show_dialog(PLACE)


def saving() -> Saving:
    """Returns what the editor needs in order to save."""
    query = opened()
    if query is None:
        return Saving(None, None, {"new": "Save…"}, _save)
    own = {"same": "Save", "new": "Save as…"}
    return Saving(query.id, query.sql, own if is_mine(query) else {"new": "Save a copy…"}, _save)


def is_mine(query: SavedQueryBrief) -> bool:
    return query.owner.id == session.me().person.id


def may_delete(query: SavedQueryBrief) -> bool:
    return is_mine(query) or session.may(Permission.LISTS_MANAGE)


def open_query(query_id: int) -> None:
    """Opens the query in the editor. Nothing is run."""
    try:
        _open(query_id)
    except ApiError as error:
        _tell(error, NOT_THERE)


def ask_to_delete(query: SavedQueryBrief) -> None:
    open_dialog(PLACE, f"Delete {plain(query.name)}?", _delete, query)


def _open_from_address() -> None:
    given = address.get(QUERY)
    if given is None:
        # The page's own link in the menu: what was open stays. Otherwise Back led here, to where nothing was open.
        if st.session_state.get(VISIT) == redraws.visit():
            st.session_state.pop(OPEN, None)
        return
    query = opened()
    is_number = given.isdecimal() and given.isascii() and len(given) < 20 and 1 <= int(given) <= MAX_ID
    if not is_number:
        give_notice(PLACE, NOT_THERE)
    elif query is None or query.id != int(given):
        try:
            _open(int(given))
        except DeskAway:
            raise  # the address stays, and is followed when the desk is back
        except ApiError as error:
            _tell(error, NOT_THERE)


def _open(query_id: int) -> None:
    dismiss_notice(PLACE)
    query = session.api().query(query_id)
    _show(query)
    asking.begin()
    schema.fill(query.sql)
    parameters.begin(query.parameters, query.sql)
    chart_choice.begin(query.chart)


def _draw(query: SavedQueryRead) -> None:
    st.markdown(f"**{plain(isolated(query.name))}**")
    if query.description:
        st.markdown(plain(query.description))
    if is_mine(query):
        st.caption(SHARED if query.is_shared else PRIVATE)
    else:
        owner = isolated(query.owner.name)
        st.caption(plain(f"Shared by {owner}, changed {moments.ago(query.modified_at)}. Save a copy to change it."))
    with st.container(horizontal=True):
        if is_mine(query):
            st.button(
                "Rename", key="sql_rename", on_click=open_dialog, args=(PLACE, "Rename this query", _rename, query)
            )
            label = "Stop sharing" if query.is_shared else "Share"
            st.button(label, key="sql_share", on_click=_share, args=(not query.is_shared,))
        if may_delete(query):
            st.button("Delete", key="sql_delete", on_click=ask_to_delete, args=(query,))
        st.button("New query", key="sql_new", on_click=_begin_new)


def _save(way: str, text: str) -> None:
    query = opened()
    if way == "same" and query is not None:
        _change(query, "Saved.", sql=text, parameters=parameters.to_save(text), chart=chart_choice.chosen(query.chart))
    else:
        open_dialog(PLACE, "Save this query", _save_new, text, query)


def _save_new(text: str, origin: SavedQueryRead | None) -> None:
    form = Form("sql_save", {}, {})
    with st.form(form.key, border=False):
        form.text("name", "Name", f"Copy of {origin.name}"[:100] if origin else "", 100, "What does it answer?")
        _describe(form, origin.description if origin else "")
        shared = st.toggle("Share it with everybody who may run SQL", key="sql_save_shared")
        if st.form_submit_button("Save", type="primary"):
            kept = {"sql": text, "is_shared": shared, "chart": chart_choice.chosen(origin.chart if origin else None)}

            def save(api: Api) -> None:
                new = SavedQueryCreate.model_validate(form.fields | kept | {"parameters": parameters.to_save(text)})
                _show(api.save_query(new))

            attempt(form.places, save, "Saved.", lambda: dismiss_notice(PLACE))


def _rename(query: SavedQueryRead) -> None:
    form = Form("sql_rename_form", {}, {})
    with st.form(form.key, border=False):
        form.text("name", "Name", query.name, 100)
        _describe(form, query.description)
        if st.form_submit_button("Save", type="primary"):

            def save(api: Api) -> None:
                update = SavedQueryUpdate.model_validate({"version": query.version, **form.fields})
                _show(api.change_query(query.id, update))

            attempt(form.places, save, "Saved.", lambda: dismiss_notice(PLACE))


def _describe(form: Form, value: str) -> None:
    label = "What it is about (optional)"
    form.fields["description"] = st.text_area(label, value, max_chars=2_000, key=f"{form.key}_description")
    form.places["description"] = st.container()


def _delete(query: SavedQueryBrief) -> None:
    st.text("It cannot be brought back." + (" Nobody will find it any more." if query.is_shared else ""))
    place = st.container()

    def delete(api: Api) -> None:
        api.delete_query(query.id)
        if (is_open := opened()) and is_open.id == query.id:
            st.session_state.pop(OPEN)

    with st.container(horizontal=True):
        if st.button("Delete", type="primary", key="sql_delete_now"):
            attempt({"": place}, delete, "Deleted. Its text is still in the editor.", lambda: dismiss_notice(PLACE))
        keep_button("sql_delete_keep")


def _share(is_shared: bool) -> None:
    if query := opened():
        _change(query, "Shared." if is_shared else "No longer shared.", is_shared=is_shared)


def _begin_new() -> None:
    st.session_state.pop(OPEN, None)
    dismiss_notice(PLACE)
    asking.begin()
    schema.fill("")
    parameters.begin([], "")
    chart_choice.begin(None)


def _change(query: SavedQueryRead, said: str, **fields: Any) -> None:
    """Saves these fields of the query, and says why where that is refused."""
    dismiss_notice(PLACE)
    try:
        _show(session.api().change_query(query.id, SavedQueryUpdate(version=query.version, **fields)))
    except ValidationError as error:
        give_notice(PLACE, f"This cannot be saved: {faults(error)}")
    except ApiError as error:
        if error.envelope.error == "StaleVersion":
            now = SavedQueryRead.model_validate(error.envelope.current)
            give_notice(PLACE, CLASH, Offer("Save mine in its place", _change_now, (now, said, fields)))
        else:
            _tell(error, "This query was deleted meanwhile. Save it as a new one.")
    else:
        st.toast(said)


def _change_now(now: SavedQueryRead, said: str, fields: dict[str, Any]) -> None:
    _change(now, said, **fields)


def _tell(error: ApiError, not_found: str) -> None:
    last_answers.note_if_away(error)
    give_notice(PLACE, not_found if error.status == 404 else error.sentence)


def _show(query: SavedQueryRead) -> None:
    st.session_state[OPEN] = query
