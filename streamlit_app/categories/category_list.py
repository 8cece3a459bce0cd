"""The list of categories for administrators, with the number of examples of each and buttons to edit them."""

import streamlit as st

from contracts.categorising import CONFIRMED_ENOUGH, MIN_PHRASES
from contracts.lists import CategoryRead
from streamlit_app.categories import dialogs, examples
from streamlit_app.components.entries import Entry, entries
from streamlit_app.language.text import plain
from streamlit_app.language.words import count
from streamlit_app.shell.dialogs import open_dialog, show_dialog
from streamlit_app.state import session
from streamlit_app.state.last_answers import ask_or_reuse

OWNER = "categories"
DIALOGS = {
    "change": (dialogs.change, "Change {}"),
    "merge": (dialogs.merge, "Merge {} into another?"),
    "delete": (dialogs.delete, "Delete {}?"),
}


def keep_categories() -> None:
    """Draws the list. A button opens a dialog, or the examples of the category."""
    st.text("What a problem is about. The words of a report decide; staff correct it, and Lodge learns from that.")
    st.button("Add a category", key="add_category", on_click=open_dialog, args=(OWNER, "Add a category", dialogs.add))
    present = {one.slug: one for one in ask_or_reuse("categories", session.api().categories)}

    def pressed(what: str, slug: str) -> None:
        if (category := present.get(slug)) is None:
            return
        if what == "examples":
            examples.show_of(slug)
        else:
            draw, title = DIALOGS[what]
            open_dialog(OWNER, title.format(plain(category.name)), draw, category, list(present.values()))

    entries("entries_category", "Categories", [_entry(one) for one in present.values()], pressed)
    show_dialog(OWNER)


def _entry(category: CategoryRead) -> Entry:
    """Makes the entry of a category. The default has no buttons to merge or delete it: every report needs a category,
    also when nothing is known about it."""
    acts = ("examples", "change") if category.is_default else ("examples", "change", "merge", "delete")
    mark = "Default" if category.is_default else ""
    return Entry(category.slug, category.name, category.description, mark, _known_by(category), acts)


def _known_by(category: CategoryRead) -> str:
    if not category.examples:
        return f"No examples yet, so never suggested. Add at least {MIN_PHRASES} phrases."
    known = count(category.examples, "example", "examples")
    return f"{known}; only suggested until it has {CONFIRMED_ENOUGH}." if category.is_young else f"{known}."
