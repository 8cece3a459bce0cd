"""The model versions: how good each is, which one predicts, and switching to another."""

import streamlit as st

from contracts.categorising import ModelOutcome, ModelRead
from streamlit_app.components.entries import Entry, entries
from streamlit_app.language import moments
from streamlit_app.language.words import count
from streamlit_app.shell.dialogs import attempt, close_dialog, open_dialog, show_dialog
from streamlit_app.state import lists, session
from streamlit_app.state.last_answers import ask_or_reuse

OWNER = "versions"


def draw_models() -> None:
    st.text(
        "Lodge learns anew by itself when there are new examples. A new version is used only if it is hardly "
        "worse than the one before on texts that are kept apart to check with; you can always go back."
    )
    models = {str(one.version): one for one in ask_or_reuse("models", session.api().models)}

    def pressed(_: str, version: str) -> None:
        if version in models:
            open_dialog(OWNER, f"Use version {version}?", _use, models[version])

    if models:
        entries("entries_model", "Versions", [_entry(one) for one in models.values()], pressed)
    else:
        st.info("No version yet. The first one appears here after the first examples.")
    show_dialog(OWNER)


def _entry(model: ModelRead) -> Entry:
    """Makes the entry of one version."""
    learned = f"{moments.said(model.created_at)}, from {count(model.examples, 'example', 'examples')}."
    return Entry(
        slug=str(model.version),
        name=f"Version {model.version}",
        mark="In use" if model.is_current else "",
        note=f"{learned} {_checked(model)}",
        fact=_outcome(model),
        acts=() if model.is_current else ("use",),
    )


def _checked(model: ModelRead) -> str:
    if model.accuracy is None:
        return "There were no texts to check it with."
    right = round(model.accuracy * model.check_texts)
    return f"{right:,} of {count(model.check_texts, 'check text', 'check texts')} right."


def _outcome(model: ModelRead) -> str:
    return f"Not taken: {model.reason}" if model.outcome is ModelOutcome.REFUSED else ""


def _use(model: ModelRead) -> None:
    st.text(f"Version {model.version} predicts from now on. {_checked(model)}")
    if model.outcome is ModelOutcome.REFUSED:
        st.text(_outcome(model))
    st.text("Corrections that staff make count at once with every version.")
    place = st.container()
    with st.container(horizontal=True):
        if st.button("Use it", type="primary", key=f"use_{model.version}"):
            said = f"Version {model.version} is in use."
            attempt({"": place}, lambda api: api.use_model(model.version), said, lists.categories.forget)
        if st.button("Leave it", key=f"leave_{model.version}", on_click=close_dialog):
            st.rerun()
