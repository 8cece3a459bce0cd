"""Goes to another page without a click."""

from collections.abc import Mapping, Sequence
from typing import NoReturn
from urllib.parse import urlencode

import streamlit as st

from streamlit_app.components.component_files import component

_go_to = component("go_to")


def go_to(stem: str, query: Mapping[str, str | Sequence[str]]) -> NoReturn:
    """Ends the run of this page. The browser changes the page, because `st.switch_page` first writes the new query to
    the URL of the old page: Back would lead there, and not to what was shown."""
    with st.container(key="hidden_go_to"):
        _go_to(key="go_to", data={"href": f"{stem}?{urlencode(query, doseq=True)}"})
    st.stop()
