"""The examples of a category, which are the texts it is learned from: a list, and dialogs to add and remove them."""

from collections.abc import Mapping

import streamlit as st

from contracts.categorising import ExampleQuery, ExampleRead, ExampleSource, PhrasesCreate
from contracts.pages import Page
from streamlit_app.categories.phrases import FIELD, objection, phrases_field
from streamlit_app.components.entries import Entry, entries
from streamlit_app.language import moments
from streamlit_app.language.text import isolated, one_line, plain
from streamlit_app.shell.dialogs import Form, attempt, keep_button, open_dialog, show_dialog, show_problems
from streamlit_app.shell.pager import empty_page, pager, read_page
from streamlit_app.state import address, lists, session
from streamlit_app.state.last_answers import ask_or_reuse

OWNER = "examples"
PAGE_SIZE = 25
SHOWN_LETTERS = 400
SOURCES_KEY = "example_sources"
# Parameters in the URL.
CATEGORY, SOURCE, VIEW = "category", "source", "view"
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
    # The other widgets are new when they are drawn, and are set from the URL.
    address.write({VIEW: OWNER, CATEGORY: slug})


def draw_examples() -> None:
    names = lists.category_names()
    address.follow("examples", lambda: _set_widgets(names), is_new=st.session_state.get(CATEGORY) not in names)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        slug = st.selectbox("Category", list(names), format_func=lambda one: names[one], key=CATEGORY, width=320)
        st.button("Add phrases", on_click=open_dialog, args=(OWNER, f"Phrases of {plain(names[slug])}", _add, slug))
    sources = st.pills(
        "Where they come from",
        list(ExampleSource),
        selection_mode="multi",
        format_func=lambda source: SOURCES[source],
        key=SOURCES_KEY,
    )
    address.write({VIEW: OWNER, CATEGORY: slug} | ({SOURCE: sources} if sources else {}))
    _list(slug, names[slug], ExampleQuery(source=sources, limit=PAGE_SIZE))
    show_dialog(OWNER)


def _set_widgets(names: Mapping[str, str]) -> None:
    """Sets the widgets from the URL."""
    st.session_state[CATEGORY] = address.get_choice(CATEGORY, names) or next(iter(names))
    given = address.get_all(SOURCE)
    st.session_state[SOURCES_KEY] = [source for source in ExampleSource if source in given]


def _list(slug: str, name: str, query: ExampleQuery) -> None:
    query_text = f"{slug} {query.model_dump_json()}"

    def ask(cursor: str | None) -> Page[ExampleRead]:
        asked = query.model_copy(update={"cursor": cursor})
        # The name contains the query: an answer that is reused must never appear under another category.
        return ask_or_reuse(f"examples_page {query_text}", lambda: session.api().examples(slug, asked))

    shown = read_page("examples", query_text, ask)
    by_id = {str(example.id): example for example in shown.page.items}

    def pressed(_: str, id_: str) -> None:
        if id_ in by_id:
            open_dialog(OWNER, "Remove this example?", _remove, slug, by_id[id_])

    if by_id:
        st.caption(
            "The latest first. Those kept for checking are not learned from: new versions must get them right. "
            "What staff say of a ticket is an example at once."
        )
        items = [_entry(example) for example in shown.page.items]
        entries("entries_example", f"Examples of {name}", items, pressed, page=shown.number)
    else:
        none = "No such examples. Phrases, and tickets that staff confirm or correct, appear here."
        st.info(empty_page(shown.number, none))
    pager("examples", shown)


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
