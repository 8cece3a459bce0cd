"""Facts about one thing: names, each with its value."""

from collections.abc import Mapping

from streamlit_app.components.component_files import component

_facts = component("facts")


def facts(key: str, items: Mapping[str, str]) -> None:
    _facts(key=key, data={"facts": [{"name": name, "value": value} for name, value in items.items()]})
