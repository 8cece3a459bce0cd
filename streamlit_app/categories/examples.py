"""The examples of a category, which are the texts it is learned from: a list, and dialogs to add and remove them."""

import streamlit as st

from contracts.categorising import ExampleQuery, ExampleRead, ExampleSource, PhrasesCreate
from streamlit_app.categories.phrases import FIELD, objection, phrases_field
from streamlit_app.components.entries import Entry, entries
from streamlit_app.language import moments
from streamlit_app.language.text import isolated, one_line, plain
from streamlit_app.shell.dialogs import Form, attempt, keep_button, open_dialog, show_dialog, show_problems
from streamlit_app.shell.pager import cursors_of, empty_page, pager
from streamlit_app.state import lists, session
from streamlit_app.state.last_answers import ask_or_reuse

OWNER = "examples"
PAGE_SIZE = 25
SHOWN_LETTERS = 400
# Parameters in the URL.
CATEGORY, VIEW = "category", "view"
SOURCES = {
    ExampleSource.SEED: "Came with Lodge",
    ExampleSource.ADMIN: "Phrases",
    ExampleSource.STAFF: "Put here by staff",
    ExampleSource.REQUESTER: "Chosen by requesters",
}
TOLD = {
    ExampleSource.SEED: "Came with Lodge",
    ExampleSource.ADMIN: "Phrase",
    ExampleSource.STAFF: "put here",
    ExampleSource.REQUESTER: "chosen",
}


def show_of(slug: str) -> None:
    """Opens the examples of this category. Call it from a callback, before the widgets are drawn."""
    st.session_state[VIEW] = OWNER
    st.session_state[CATEGORY] = slug
    # The widget that is bound to this parameter is not drawn yet, so Streamlit does not set the parameter itself.
    st.query_params[CATEGORY] = lists.category_names().get(slug, slug)


def draw_examples() -> None:
    names = lists.category_names()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        slug = st.selectbox(
            "Category", list(names), format_func=lambda one: names[one], key=CATEGORY, width=320, bind="query-params"
        )
        st.button("Add phrases", on_click=open_dialog, args=(OWNER, f"Phrases of {plain(names[slug])}", _add, slug))
    sources = st.pills(
        "Where they come from",
        list(ExampleSource),
        selection_mode="multi",
        format_func=lambda source: SOURCES[source],
        key="example_sources",
    )
    _list(slug, names[slug], ExampleQuery(source=sources, limit=PAGE_SIZE))
    show_dialog(OWNER)


def _list(slug: str, name: str, query: ExampleQuery) -> None:
    query_text = f"{slug} {query.model_dump_json()}"
    cursors = cursors_of("examples", query_text)
    asked = query.model_copy(update={"cursor": cursors[-1]})
    # The name contains the query: an answer that is reused must never appear under another category.
    page = ask_or_reuse(f"examples_page {query_text}", lambda: session.api().examples(slug, asked))
    shown = {str(example.id): example for example in page.items}

    def pressed(_: str, id_: str) -> None:
        if id_ in shown:
            open_dialog(OWNER, "Remove this example?", _remove, slug, shown[id_])

    if shown:
        st.caption(
            "The latest first. Those kept for checking are not learned from: new versions must get them right. "
            "What staff say of a ticket is an example at once."
        )
        entries("entries_example", f"Examples of {name}", [_entry(example) for example in page.items], pressed)
    else:
        none = "No such examples. Phrases, and tickets that staff confirm or correct, appear here."
        st.info(empty_page(cursors, none))
    pager("examples", cursors, page.next_cursor)


def _entry(example: ExampleRead) -> Entry:
    who = f" by {isolated(example.author)}" if example.author else ""
    told = [f"{TOLD[example.source]}{who}"]
    if example.source is not ExampleSource.SEED:
        told.append(moments.said(example.created_at))
    if example.is_check_text:
        told.append("kept for checking")
    return Entry(
        slug=str(example.id),
        name=one_line(example.text, SHOWN_LETTERS),
        fact=", ".join(told),
        acts=("remove",),
        is_text=True,
        ticket=example.ticket_id,
    )


def _add(slug: str) -> None:
    form = Form(f"phrases_{slug}", {}, {})
    phrases_field(form, at_least=1)
    st.caption("A phrase that stands in another category moves here.")
    if st.button("Add", type="primary", key="add_phrases"):
        if problem := objection(form.fields[FIELD], 1):
            show_problems(form.places, [(FIELD, problem)])
        else:
            attempt(
                form.places,
                lambda api: api.add_phrases(slug, PhrasesCreate(phrases=form.fields[FIELD])),
                "Added.",
                lists.categories.forget,
            )


def _remove(slug: str, example: ExampleRead) -> None:
    st.text(f"“{isolated(one_line(example.text, SHOWN_LETTERS))}”")
    st.text("Reports like it are not put here because of it any more. The ticket it comes from, if any, stays.")
    place = st.container()
    with st.container(horizontal=True):
        if st.button("Remove", type="primary", key=f"remove_{example.id}"):
            attempt({"": place}, lambda api: api.remove_example(slug, example.id), "Removed.", lists.categories.forget)
        keep_button(f"keep_{example.id}")
