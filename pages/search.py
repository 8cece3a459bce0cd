"""One search for everything that somebody may read: titles, texts, messages, names, tags and numbers."""

import streamlit as st
from pydantic import ValidationError

from contracts.search import SearchQuery
from streamlit_app.shell.frame import errors_shown
from streamlit_app.state import address
from streamlit_app.tickets.search_list import search_list

# Also the parameter in the URL.
WORDS = "q"
KEY = "search_q"
HINT = "Words, a name, a tag, or a number such as #42"
WHAT = "Finds tickets by their title, text, messages, names, tags and numbers, as far as you may see them."


def set_words() -> None:
    asked = address.get(WORDS) or ""
    st.session_state[KEY] = asked if query_of(asked) else ""


def query_of(words: str) -> SearchQuery | None:
    try:
        return SearchQuery(q=words)
    except ValidationError:
        return None


st.title("Search")
address.follow("search", set_words, is_new=KEY not in st.session_state)
words = st.text_input(
    "Search", placeholder=HINT, key=KEY, type="search", max_chars=200, label_visibility="collapsed"
).strip()
address.write({WORDS: words} if words else {})
query = query_of(words)
if query is None:
    st.caption(WHAT)
else:
    with errors_shown():
        search_list(query)
