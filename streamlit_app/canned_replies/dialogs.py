"""The dialogs that add, change and delete a canned reply."""

from typing import Any

import streamlit as st

from contracts.canned_replies import (
    LONGEST_SHORTCUT,
    PLACEHOLDERS,
    CannedReplyCreate,
    CannedReplyRead,
    CannedReplyUpdate,
    Language,
    Placeholder,
    fill,
    refuse_unknown_placeholders,
)
from streamlit_app.canned_replies.filters import EVERYBODY
from streamlit_app.components.composer import LONGEST
from streamlit_app.language.text import plain
from streamlit_app.language.words import LANGUAGES, count
from streamlit_app.shell.changes import save_change
from streamlit_app.shell.dialogs import Form, attempt, keep_button
from streamlit_app.state import lists, session

NO_LANGUAGE = "Any language"
NONE = ""
HELP = f"These are filled in for each ticket: {PLACEHOLDERS}"
EXAMPLE = {
    Placeholder.REQUESTER: "Mia Rossi",
    Placeholder.NUMBER: "1042",
    Placeholder.BUILDING: "Main Library",
}


def add() -> None:
    form = Form("new_reply", {}, {})
    is_right = _draw_fields(form, {})
    if st.button("Add", type="primary", key="new_reply_add", disabled=not is_right):
        attempt(form.places, lambda api: api.add_canned_reply(CannedReplyCreate.model_validate(form.fields)), "Added.")


def change(reply: CannedReplyRead) -> None:
    form = Form(f"change_reply_{reply.id}", {}, {})
    is_right = _draw_fields(form, _values_of(reply))
    if st.button("Save", type="primary", key=f"{form.key}_save", disabled=not is_right):
        save_change(
            form,
            reply,
            _values_of,
            lambda api, wish: api.change_canned_reply(reply.id, CannedReplyUpdate.model_validate(wish)),
            lambda: None,
        )


def delete(reply: CannedReplyRead) -> None:
    used = f"It was used {count(reply.uses, 'time', 'times')}, which is forgotten too. " if reply.uses else ""
    st.text(f"{used}Messages that were sent with it stay. An archived reply is offered to nobody, and can come back.")
    place = st.container()
    with st.container(horizontal=True):
        if st.button("Delete", type="primary", key=f"delete_reply_{reply.id}"):
            attempt({"": place}, lambda api: api.delete_canned_reply(reply.id), "Deleted.")
        keep_button(f"keep_reply_{reply.id}")


def _values_of(reply: CannedReplyRead) -> dict[str, Any]:
    return {
        "title": reply.title,
        "text": reply.text,
        "shortcut": reply.shortcut,
        "team": reply.team.slug if reply.team else None,
        "language": reply.language,
    }


def _draw_fields(form: Form, values: dict[str, Any]) -> bool:
    """Draws the fields, and the text as a requester would read it. It is no `st.form`, because the preview follows what
    is typed. Returns whether all placeholders are known."""
    form.text("title", "Title", values.get("title", ""), 100, "What staff look for, such as Password reset")
    text = st.text_area(
        "Text", values.get("text", ""), max_chars=LONGEST, height=180, key=f"{form.key}_text", help=HELP
    )
    form.hold("text", "Text", text)
    problem = _problem(text)
    if problem:
        form.places["text"].error(plain(problem))
    elif text.strip():
        with st.container(border=True):
            st.caption("Preview, with an example")
            st.text(fill(text.strip(), EXAMPLE | {Placeholder.AGENT: session.me().person.name}).text)
    shortcut = form.text(
        "shortcut",
        "Shortcut (optional)",
        values.get("shortcut") or "",
        LONGEST_SHORTCUT,
        "One word, typed after the slash",
    )
    form.fields["shortcut"] = shortcut.removeprefix("/").lower() or None
    teams: dict[str | None, str] = {None: EVERYBODY}
    teams.update(lists.with_distinct_names(lists.team_names()))
    languages: dict[Language | None, str] = dict([(None, NO_LANGUAGE), *LANGUAGES.items()])
    _choose(form, "team", "For", teams, values.get("team"))
    _choose(form, "language", "Language", languages, values.get("language"))
    return not problem


def _choose(form: Form, field: str, label: str, names: dict[Any, str], value: Any) -> None:
    # Streamlit offers to clear a choice that is None.
    offered = [one or NONE for one in names]
    index = offered.index(value) if value in offered else 0
    chosen = st.selectbox(label, offered, index, format_func=lambda one: names[one or None], key=f"{form.key}_{field}")
    form.hold(field, label, chosen or None)


def _problem(text: str) -> str:
    try:
        refuse_unknown_placeholders(text)
    except ValueError as error:
        return f"{str(error)[:1].upper()}{str(error)[1:]}."
    return ""
