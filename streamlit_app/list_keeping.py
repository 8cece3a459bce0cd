"""Looking after the short lists: what is in them, and the dialogs that add, change and delete."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st
from pydantic import ValidationError
from streamlit.delta_generator import DeltaGenerator

from contracts.lists import BuildingCreate, BuildingUpdate, CategoryCreate, CategoryUpdate
from streamlit_app import lists, navigation, session
from streamlit_app.api import Api
from streamlit_app.components.entries import Entry, entries
from streamlit_app.errors import ApiError
from streamlit_app.text import plain


@dataclass(frozen=True)
class Kind:
    """One of the lists. `stem` is its name in addresses: the data API's and the queue's filter."""

    one: str
    title: str
    why: str
    empty: str
    read: Callable[[], list[Entry]]
    add: Callable[[Api, dict[str, Any]], object]
    change: Callable[[Api, str, dict[str, Any]], object]
    delete: Callable[[Api, str], None]
    forget: Callable[[], None]
    has_note: bool = False


CATEGORIES = Kind(
    one="category",
    title="Categories",
    why="What a problem is about. Reports that name none get the default.",
    empty="No categories yet. Add the first one, and reports can be sorted by what they are about.",
    read=lambda: [
        Entry(one.slug, one.name, one.description, "Default" if one.is_default else "") for one in lists.categories()
    ],
    add=lambda api, fields: api.add_category(CategoryCreate.model_validate(fields)),
    change=lambda api, slug, fields: api.change_category(slug, CategoryUpdate.model_validate(fields)),
    delete=lambda api, slug: api.delete_category(slug),
    forget=lists.categories.forget,
    has_note=True,
)
BUILDINGS = Kind(
    one="building",
    title="Buildings",
    why="Where a problem is. People choose from these when they report.",
    empty="No buildings yet. Add the first one, and people can say where a problem is.",
    read=lambda: [Entry(one.slug, one.name) for one in lists.buildings()],
    add=lambda api, fields: api.add_building(BuildingCreate.model_validate(fields)),
    change=lambda api, slug, fields: api.change_building(slug, BuildingUpdate.model_validate(fields)),
    delete=lambda api, slug: api.delete_building(slug),
    forget=lists.buildings.forget,
)


Draw = Callable[[Kind, Entry], None]
OPENED = "list_dialog"
NONE = Entry("", "")


@dataclass(frozen=True)
class Opened:
    """The dialog that is open."""

    kind: Kind
    draw: Draw
    entry: Entry
    title: str


def keep(kind: Kind) -> None:
    """Draws one list. What is pressed opens a dialog, which stays through redraws of the page."""
    st.header(kind.title)
    st.text(kind.why)
    st.button(f"Add a {kind.one}", key=f"add_{kind.one}", on_click=_open, args=(kind, _add))
    present = {entry.slug: entry for entry in kind.read()}

    def pressed(what: str, slug: str) -> None:
        if slug in present:
            _open(kind, _change if what == "change" else _delete, present[slug])

    if present:
        entries(f"entries_{kind.one}", kind.title, list(present.values()), pressed)
    else:
        st.info(kind.empty)
    opened: Opened | None = st.session_state.get(OPENED)
    if opened and opened.kind is kind:
        st.dialog(opened.title, on_dismiss=_close)(opened.draw)(kind, opened.entry)


def _open(kind: Kind, draw: Draw, entry: Entry = NONE) -> None:
    name = plain(entry.name)
    titles: dict[Draw, str] = {_change: f"Change {name}", _delete: f"Delete {name}?"}
    st.session_state[OPENED] = Opened(kind, draw, entry, titles.get(draw, f"Add a {kind.one}"))


def _close() -> None:
    st.session_state.pop(OPENED, None)


def _add(kind: Kind, entry: Entry) -> None:
    key = f"new_{kind.one}"
    with st.form(key, border=False):
        form = _form(key, kind, entry)
        slug = form.text("slug", "Short name (optional)", key, "", 60, "For links, such as main-library.")
        if not slug:
            del form.fields["slug"]
        if st.form_submit_button("Add", type="primary"):
            _try(kind, form.places, lambda api: kind.add(api, form.fields), "Added.")


def _change(kind: Kind, entry: Entry) -> None:
    key = f"change_{kind.one}_{entry.slug}"
    with st.form(key, border=False):
        form = _form(key, kind, entry)
        if kind.has_note and not entry.mark and st.toggle("The default, for reports that name none", key=f"{key}_mark"):
            form.fields["is_default"] = True
        if st.form_submit_button("Save", type="primary"):
            _try(kind, form.places, lambda api: kind.change(api, entry.slug, form.fields), "Saved.")


def _delete(kind: Kind, entry: Entry) -> None:
    st.text(f"Only a {kind.one} that no ticket stands on can be deleted, and it cannot be brought back.")
    place = st.container()
    with st.container(horizontal=True):
        if st.button("Delete", type="primary", key=f"delete_{kind.one}_{entry.slug}"):
            _try(kind, {"": place}, lambda api: kind.delete(api, entry.slug), "Deleted.")
        if st.button("Keep it", key=f"keep_{kind.one}_{entry.slug}", on_click=_close):
            st.rerun()
    navigation.link("queue", "Its tickets in the queue", {kind.one: entry.slug})


@dataclass
class Form:
    """What was typed, by the contract's fields, and under each field the place where its problem is told."""

    fields: dict[str, Any]
    places: dict[str, DeltaGenerator]

    def text(self, field: str, label: str, key: str, value: str, limit: int, hint: str = "") -> str:
        typed = st.text_input(label, value, max_chars=limit, key=f"{key}_{field}", placeholder=hint).strip()
        self.fields[field], self.places[field] = typed, st.container()
        return typed


def _form(key: str, kind: Kind, entry: Entry) -> Form:
    form = Form({}, {})
    form.text("name", "Name", key, entry.name, 100)
    if kind.has_note:
        form.text("description", "Description", key, entry.note, 500)
    return form


def _try(kind: Kind, places: Mapping[str, DeltaGenerator], do: Callable[[Api], object], said: str) -> None:
    """Does it and closes the dialog; a refusal is told where it belongs, and what was typed stays."""
    try:
        do(session.api())
    except ValidationError as error:
        _tell(places, [(str(fault["loc"][0]), _in_words(str(fault["type"]))) for fault in error.errors()])
    except ApiError as error:
        found = [(one.name.removeprefix("body."), one.message) for one in error.envelope.fields or []]
        _tell(places, found or [("", error.sentence)])
    else:
        kind.forget()
        _close()
        st.toast(said)
        st.rerun()


def _in_words(fault: str) -> str:
    """What a contract refuses before it is sent."""
    return {
        "string_too_short": "Please write something here.",
        "string_pattern_mismatch": "Small letters from a to z, numbers and hyphens only, please.",
    }.get(fault, "This cannot be kept as it is.")


def _tell(places: Mapping[str, DeltaGenerator], problems: Iterable[tuple[str, str]]) -> None:
    """What belongs to no field stands under the first."""
    for field, problem in problems:
        places.get(field, next(iter(places.values()))).error(plain(problem))
