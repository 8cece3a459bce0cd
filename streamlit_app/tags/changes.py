"""How far changes of tags have come that go on, or that stopped, above the list of tags."""

from collections.abc import Callable, Sequence

import streamlit as st

from contracts.bulk import BulkState
from contracts.tags import TagChangeRead
from streamlit_app.client.api import Api
from streamlit_app.language.text import isolated, plain
from streamlit_app.language.words import count
from streamlit_app.shell.dialogs import Places, attempt
from streamlit_app.shell.frame import errors_shown
from streamlit_app.shell.notices import show_notice, try_to
from streamlit_app.state import session, tag_names
from streamlit_app.state.last_answers import ask_or_reuse

PLACE = "tag_changes"
# The changes that this tab has seen going on: it says when they are done.
SEEN = "tag_changes_seen"
LOOKS_AGAIN_SECONDS = 1.0


def show_changes() -> None:
    """Draws what is not finished, and what was finished while this tab looked."""
    show_notice(PLACE)
    shown = _to_show()
    if _is_running(shown):
        _follow()
    else:
        _draw_each(shown)


def begin(places: Places, do: Callable[[Api], TagChangeRead], finished: str) -> None:
    """For the button of a dialog: begins a change, and says `finished` if it is done at once."""
    begun: list[TagChangeRead] = []

    def say() -> None:
        tag_names.forget()
        is_done = begun[-1].state is BulkState.FINISHED
        st.toast(finished if is_done else "It goes on by itself. The page shows how far it is.")

    attempt(places, lambda api: begun.append(do(api)), "", say)


@st.fragment(run_every=LOOKS_AGAIN_SECONDS)
def _follow() -> None:
    """Redrawn on its own while a change goes on; then the list is another one."""
    shown: Sequence[TagChangeRead] = []
    with errors_shown():
        shown = _to_show()
        _draw_each(shown)
    if not _is_running(shown):
        tag_names.forget()
        st.rerun()


def _to_show() -> list[TagChangeRead]:
    found = ask_or_reuse("tag changes", lambda: session.api().tag_changes())
    seen: set[int] = st.session_state.setdefault(SEEN, set())
    seen |= {one.id for one in found if one.state is not BulkState.FINISHED}
    return [one for one in found if one.id in seen]


def _is_running(changes: Sequence[TagChangeRead]) -> bool:
    return any(one.state is BulkState.RUNNING for one in changes)


def _draw_each(changes: Sequence[TagChangeRead]) -> None:
    for one in changes:
        key = f"tag_change_{one.id}"
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=key):
            if one.state is BulkState.RUNNING:
                st.progress(one.done / max(1, one.total), plain(_said(one)))
                continue
            st.text(_said(one))
            if one.state is BulkState.STOPPED:
                st.button("Continue", key=f"{key}_continue", on_click=_continue, args=(one.id,))
            label = "Dismiss" if one.state is BulkState.FINISHED else "Stop here"
            st.button(label, key=f"{key}_forget", on_click=_forget, args=(one.id,))


def _said(one: TagChangeRead) -> str:
    total = count(one.total, "ticket", "tickets")
    if one.state is BulkState.FINISHED and one.into is None:
        return f"{isolated(one.tag)} was taken away from {total}."
    if one.state is BulkState.FINISHED:
        return f"{isolated(one.tag)} became {isolated(one.into or '')} in {total}."
    doing = f"becomes {isolated(one.into)}" if one.into is not None else "is taken away"
    stopped = "stopped after " if one.state is BulkState.STOPPED else ""
    return f"{isolated(one.tag)} {doing}: {stopped}{one.done:,} of {total}."


def _continue(change_id: int) -> None:
    try_to(PLACE, lambda: session.api().continue_tag_change(change_id))
    tag_names.forget()


def _forget(change_id: int) -> None:
    """The tickets stay as they are now."""
    try_to(PLACE, lambda: session.api().forget_tag_change(change_id))
