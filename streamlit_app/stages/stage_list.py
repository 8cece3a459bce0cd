"""The stages of the board for administrators, by status, with buttons to arrange, add, change and delete them."""

from collections.abc import Sequence

import streamlit as st

from contracts.lists import StageRead, StageUpdate
from contracts.tickets import Status
from streamlit_app.components.entries import Entry, entries
from streamlit_app.language.text import plain
from streamlit_app.language.words import STATUSES, count
from streamlit_app.shell.dialogs import open_dialog, show_dialog
from streamlit_app.shell.notices import show_notice, try_to
from streamlit_app.stages import dialogs
from streamlit_app.state import lists, session
from streamlit_app.state.last_answers import ask_or_reuse

OWNER = "stages"
STEPS = {"up": -1, "down": 1}
FIRST = {
    Status.OPEN: "New tickets come here.",
    Status.ACTIVE: "Tickets come here when work on them begins, and when they are reopened.",
    Status.CLOSED: "Tickets come here when they are closed.",
}


def keep_stages() -> None:
    """Draws the list of each status. A button of an entry moves the stage, or opens a dialog."""
    st.text(
        "The columns of the board. Each status has one or more stages, and a ticket that gets a status begins in the "
        "first of its stages."
    )
    st.button("Add a stage", key="add_stage", on_click=open_dialog, args=(OWNER, "Add a stage", dialogs.add))
    show_notice(OWNER)
    present = ask_or_reuse("stages", session.api().stages)
    for status in Status:
        _draw(status, [stage for stage in present if stage.status is status])
    show_dialog(OWNER)


def _draw(status: Status, stages: Sequence[StageRead]) -> None:
    present = {stage.slug: stage for stage in stages}

    def pressed(act: str, slug: str) -> None:
        if (stage := present.get(slug)) is None:
            return
        if act in STEPS:
            _move(stage, stage.position + STEPS[act], len(present))
        elif act == "change":
            open_dialog(OWNER, f"Change {plain(stage.name)}", dialogs.change, stage)
        else:
            open_dialog(OWNER, f"Delete {plain(stage.name)}?", dialogs.delete, stage, list(present.values()))

    st.header(STATUSES[status].text)
    label = f"Stages of {STATUSES[status].text.lower()} tickets"
    entries(f"entries_stage_{status}", label, [_entry(stage, len(stages)) for stage in stages], pressed)


def _entry(stage: StageRead, of: int) -> Entry:
    acts = [
        *(["up"] if stage.position > 1 else []),
        *(["down"] if stage.position < of else []),
        *(["change", "delete"] if of > 1 else ["change"]),
    ]
    facts = [
        f"At most {count(stage.limit, 'ticket', 'tickets')}." if stage.limit else "",
        "It cannot be deleted, because it is the only one of its status." if of == 1 else "",
    ]
    return Entry(stage.slug, stage.name, " ".join(_said_of(stage)), fact=" ".join(filter(None, facts)), acts=acts)


def _said_of(stage: StageRead) -> list[str]:
    said = [FIRST[stage.status]] if stage.position == 1 else []
    if stage.status is not Status.CLOSED:
        said += [dialogs.WAITS] if stage.waits_for_requester else []
        said += [dialogs.RESUMES] if stage.work_resumes_here else []
    return said


def _move(stage: StageRead, position: int, of: int) -> None:
    def move() -> None:
        session.api().change_stage(stage.slug, StageUpdate(version=stage.version, position=position))
        lists.stages.forget()

    try_to(OWNER, move, f"{plain(stage.name)} is number {position} of {of} now.")
