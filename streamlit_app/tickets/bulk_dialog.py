"""The dialog that changes many tickets: what is to be done, what that would do, how far it is, and what came of it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from contracts.bulk import BulkChange, BulkCreate, BulkPreview, BulkPreviewCreate, BulkRead, BulkState
from streamlit_app.client.errors import ApiError
from streamlit_app.language.text import plain
from streamlit_app.language.words import count
from streamlit_app.shell.dialogs import close_dialog, keep_button, open_dialog, show_dialog
from streamlit_app.state import last_answers, session
from streamlit_app.tickets.bulk_acts import ACTS, BulkAct, in_words
from streamlit_app.tickets.bulk_refusals import draw_refused, reasons

OWNER = "bulk"
LOOK_AGAIN_SECONDS = 0.3

SelectAgain = Callable[[list[int]], None]
Begun = Callable[[BulkRead], None]


@dataclass
class Doing:
    """What one dialog is about. `key` makes its widgets its own, and a press that is sent twice do one thing.
    `select` makes a new selection of these tickets; `note` is told what the change has come to."""

    ids: list[int]
    select: SelectAgain
    note: Begun
    act: BulkAct | None = None
    bulk: BulkRead | None = None
    key: str = field(default_factory=lambda: f"bulk_{uuid4().hex}")
    previews: dict[str, BulkPreview] = field(default_factory=dict)
    problem: str = ""

    def preview(self, change: BulkChange) -> BulkPreview:
        """Asks once for each choice: the versions that somebody has seen must be those that are sent."""
        name = change.model_dump_json(exclude_unset=True)
        if name not in self.previews:
            self.previews[name] = session.api().preview_bulk(BulkPreviewCreate(ids=self.ids, change=change))
        return self.previews[name]

    def go_on(self, do: Callable[[], BulkRead]) -> None:
        """For a button: begins or continues the change. Why that is refused is said beside the button."""
        try:
            self.bulk, self.problem = do(), ""
        except ApiError as error:
            last_answers.note_if_away(error)
            self.problem = error.sentence
        else:
            self.note(self.bulk)


def open_act(name: str, ids: list[int], select: SelectAgain, note: Begun) -> None:
    act = ACTS[name]
    open_dialog(OWNER, f"{act.title}: {count(len(ids), 'ticket', 'tickets')}", _draw, Doing(ids, select, note, act))


def open_result(bulk: BulkRead, select: SelectAgain, note: Begun) -> None:
    title = f"Change of {count(bulk.total, 'ticket', 'tickets')}"
    open_dialog(OWNER, title, _draw, Doing([], select, note, bulk=bulk))


def show() -> None:
    """Draws the dialog while it is open."""
    show_dialog(OWNER)


def _draw(doing: Doing) -> None:
    progress, rest = st.empty(), st.empty()
    if doing.bulk is not None and doing.bulk.state is BulkState.RUNNING:
        # Without this, what was there before would stay until the end of this run, which is the end of the change.
        rest.empty()
        _progress(doing, doing.bulk, progress)
        progress.empty()
    with rest.container():
        if doing.bulk is None:
            _ask(doing)
        elif doing.bulk.state is BulkState.FINISHED:
            _result(doing, doing.bulk)
        else:
            _stopped(doing, doing.bulk)


def _ask(doing: Doing) -> None:
    assert doing.act is not None
    change = doing.act.draw(f"{doing.key}_choice")
    if change is None:
        st.caption("Then you see what it does, before anything is changed.")
        keep_button(f"{doing.key}_keep", "Cancel")
        return
    preview = doing.preview(change)
    changing = preview.done - preview.unchanged
    st.text(_would(preview, change))
    if preview.refused:
        draw_refused(f"{doing.key}_preview", preview.refused, _as_answered(change))
    if doing.problem:
        st.error(plain(doing.problem))
    with st.container(horizontal=True):
        label = f"Change {count(changing, 'ticket', 'tickets')}"
        wanted = (doing, change, preview)
        key, is_off = f"{doing.key}_do", changing == 0
        st.button(label, type="primary", key=key, disabled=is_off, on_click=_begin, args=wanted)
        keep_button(f"{doing.key}_keep", "Cancel")


def _would(preview: BulkPreview, change: BulkChange) -> str:
    changing = preview.done - preview.unchanged
    said = [f"This changes {count(changing, 'ticket', 'tickets')} ({in_words(_as_answered(change))})."]
    if preview.unchanged:
        said.append(f"{count(preview.unchanged, 'is', 'are')} like that already.")
    if preview.refused:
        said.append(f"{len(preview.refused):,} cannot: {reasons(preview.refused, _as_answered(change))}.")
    return " ".join(said)


def _as_answered(change: BulkChange) -> dict[str, Any]:
    return change.model_dump(mode="json", exclude_unset=True)


def _begin(doing: Doing, change: BulkChange, preview: BulkPreview) -> None:
    """Sends the versions of the preview: what was changed since then is not overwritten."""
    ids = [ticket.id for ticket in preview.tickets]
    wanted = BulkCreate(ids=ids, versions=[ticket.version for ticket in preview.tickets], change=change)
    doing.go_on(lambda: session.api().change_many(wanted, doing.key))


def _progress(doing: Doing, bulk: BulkRead, place: DeltaGenerator) -> None:
    """Looks again and again how far it is. Whoever does something else in the dialog ends this, and it begins anew."""
    while bulk.state is BulkState.RUNNING:
        dealt = bulk.done + bulk.refusals
        place.progress(dealt / max(1, bulk.total), f"{dealt:,} of {count(bulk.total, 'ticket', 'tickets')}")
        time.sleep(LOOK_AGAIN_SECONDS)
        doing.bulk = bulk = session.api().bulk_change(bulk.id)
    doing.note(bulk)


def _stopped(doing: Doing, bulk: BulkRead) -> None:
    st.warning(f"It stopped after {bulk.done + bulk.refusals:,} of {count(bulk.total, 'ticket', 'tickets')}.")
    if doing.problem:
        st.error(plain(doing.problem))
    with st.container(horizontal=True):
        go_on = (lambda: session.api().continue_bulk(bulk.id),)
        st.button("Continue", type="primary", key=f"{doing.key}_continue", on_click=doing.go_on, args=go_on)
        keep_button(f"{doing.key}_later", "Later")


def _result(doing: Doing, bulk: BulkRead) -> None:
    st.text(result_said(bulk))
    if bulk.refused:
        draw_refused(f"{doing.key}_result", bulk.refused, bulk.change)
    with st.container(horizontal=True):
        if bulk.refused and st.button("Select the refused ones", key=f"{doing.key}_again"):
            doing.select([one.id for one in bulk.refused])
            _end(bulk)
        if st.button("Done", type="primary", key=f"{doing.key}_done"):
            _end(bulk)


def result_said(bulk: BulkRead) -> str:
    changed = bulk.done - bulk.unchanged
    said = [f"{count(changed, 'ticket was', 'tickets were')} changed: {in_words(bulk.change)}."]
    if bulk.unchanged:
        said.append(f"{count(bulk.unchanged, 'was', 'were')} like that already.")
    if bulk.refused:
        said.append(f"{count(bulk.refusals, 'was', 'were')} refused: {reasons(bulk.refused, bulk.change)}.")
    return " ".join(said)


def _end(bulk: BulkRead) -> None:
    """Closes the dialog; what it told is not told again."""
    try:
        session.api().forget_bulk(bulk.id)
    except ApiError as error:
        last_answers.note_if_away(error)
    close_dialog()
    st.rerun()
