"""The dialogs that add, change, merge and delete a category."""

from collections.abc import Callable, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from contracts.categorising import MIN_PHRASES
from contracts.lists import CategoryCreate, CategoryMerge, CategoryRead, CategoryUpdate
from contracts.tickets import TicketQuery
from streamlit_app.categories.phrases import FIELD, objection, phrases_field
from streamlit_app.client.api import Api
from streamlit_app.language.text import isolated
from streamlit_app.language.words import count
from streamlit_app.shell.dialogs import Form, attempt, keep_button, show_problems
from streamlit_app.shell.leaving import tickets_left
from streamlit_app.state import lists, navigation, session


def add() -> None:
    """Draws the dialog that adds a category. It is no `st.form`, so that phrases are counted while they are written."""
    form = Form("new_category", {}, {})
    form.text("name", "Name", "", 100)
    form.text("description", "Description", "", 500, "What belongs here, for whoever chooses")
    if not form.text("slug", "Short name (optional)", "", 60, "For links, such as facility-management."):
        del form.fields["slug"]
    phrases_field(form, at_least=MIN_PHRASES)
    if st.button("Add", type="primary", key="new_category_add"):
        problem = objection(form.fields[FIELD], MIN_PHRASES)
        if not form.fields["name"]:
            show_problems(form.places, [("name", "Please write something here.")])
        if problem:
            show_problems(form.places, [(FIELD, problem)])
        if form.fields["name"] and not problem:
            attempt(
                form.places,
                lambda api: api.add_category(CategoryCreate.model_validate(form.fields)),
                "Added. Reports like its phrases are suggested for it in a few seconds.",
                lists.categories.forget,
            )


def change(category: CategoryRead, _: Sequence[CategoryRead]) -> None:
    form = Form(f"change_category_{category.slug}", {}, {})
    with st.form(form.key, border=False):
        form.text("name", "Name", category.name, 100)
        form.text("description", "Description", category.description, 500)
        if not category.is_default and st.toggle(
            "The default, for reports whose words say nothing", key=f"{form.key}_mark"
        ):
            form.fields["is_default"] = True
        if st.form_submit_button("Save", type="primary"):
            attempt(
                form.places,
                lambda api: api.change_category(category.slug, CategoryUpdate.model_validate(form.fields)),
                "Saved.",
                lists.categories.forget,
            )


def merge(category: CategoryRead, present: Sequence[CategoryRead]) -> None:
    """Draws the dialog that moves the tickets and examples of a category into another one."""
    tickets = _tickets_of(category)
    st.text(
        f"{_with(tickets, category)} go to the category that you choose, and a ticket's history says so. "
        f"{isolated(category.name)} is gone then. This cannot be taken back."
    )
    into = _another("Merge into", category, present, "merge")
    place = st.container()
    with st.container(horizontal=True):
        if st.button("Merge", type="primary", key=f"merge_category_{category.slug}"):
            asked = CategoryMerge(into=into)
            _attempt(category, place, lambda api: api.merge_category(category.slug, asked), "Merged.")
        keep_button(f"keep_category_{category.slug}")


def delete(category: CategoryRead, present: Sequence[CategoryRead]) -> None:
    """Draws the dialog that deletes a category. If the category has tickets, it asks where they go."""
    tickets = _tickets_of(category)
    learned = count(category.examples, "example", "examples")
    place, to = st.container(), None
    if tickets:
        place.text(
            f"{tickets[0].upper()}{tickets[1:]} of {isolated(category.name)} must go somewhere. What was learned of it "
            f"({learned}) is forgotten. This cannot be taken back. To keep what was learned, merge it instead."
        )
        to = _another("Its tickets go to", category, present, "delete")
    else:
        place.text(
            f"No ticket stands on {isolated(category.name)}. What was learned of it ({learned}) is forgotten. "
            "This cannot be taken back."
        )
    with st.container(horizontal=True):
        if st.button("Delete", type="primary", key=f"delete_category_{category.slug}"):
            _attempt(category, place, lambda api: api.delete_category(category.slug, to), "Deleted.")
        keep_button(f"keep_category_{category.slug}")
    navigation.link("queue", "Its tickets in the queue", {"category": category.slug})


def _attempt(category: CategoryRead, place: DeltaGenerator, do: Callable[[Api], None], said: str) -> None:
    left = tickets_left(category=[category.slug])
    attempt({"": place}, do, said, lists.categories.forget, left)


def _another(label: str, category: CategoryRead, present: Sequence[CategoryRead], what: str) -> str:
    """Draws a select box of the other categories, the default first, and returns the chosen slug."""
    others = sorted((one for one in present if one.slug != category.slug), key=lambda one: not one.is_default)
    names = lists.with_distinct_names({one.slug: one.name for one in others})
    return st.selectbox(label, list(names), format_func=lambda slug: names[slug], key=f"{what}_{category.slug}_to")


def _tickets_of(category: CategoryRead) -> str:
    """Returns the number of tickets in the category in words, or an empty text if there are none."""
    page = session.api().tickets(TicketQuery(category=[category.slug], limit=1))
    if not page.total:
        return ""
    said = count(page.total, "ticket", "tickets")
    return f"more than {said}" if page.total_capped else f"the {said}"


def _with(tickets: str, category: CategoryRead) -> str:
    learned = f"what was learned of it ({count(category.examples, 'example', 'examples')})"
    said = f"{tickets} of {isolated(category.name)} and {learned}" if tickets else learned
    return said[0].upper() + said[1:]
