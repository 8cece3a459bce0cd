"""Runs the UI in Streamlit's AppTest: real pages with a real data API, without a browser."""

import json
from functools import cache
from typing import Any
from urllib.parse import parse_qs

from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

from streamlit_app.state.navigation import PAGES
from tests.support.serving import ROOT

MAIN = ROOT / "streamlit_app" / "main.py"
LONGEST_SECONDS = 120.0  # for a busy machine; a page usually takes much less


@cache
def components() -> BidiComponentManager:
    """Returns the registry of components for all screens. AppTest would look through every installed package for
    components each time, which takes longer than most pages; those of Lodge register themselves."""
    return BidiComponentManager()


class Screen:
    """A person's browser tab. Lodge's own components are addressed by name: `rows`, `thread`, `composer` …"""

    def __init__(self, token: str | None) -> None:
        self.app = AppTest.from_file(str(MAIN), default_timeout=LONGEST_SECONDS)
        self.app._bidi_component_manager = components()
        self._sent = 0
        if token is not None:
            self.app.session_state["token"] = token

    def open(self, page: str | None = None, /, **query: str | list[str]) -> "Screen":
        """Opens the page with this file name (without .py), or else the person's start page."""
        if page is not None:
            self.app.query_params.clear()
            self.app.query_params.update(query)
            # Before the first run, this finds a page by the name of its file, which is its address too.
            self.app.switch_page(f"../{PAGES.name}/{page}.py")
        self.app.run()
        return self.checked()

    def follow(self, href: str) -> "Screen":
        """Opens the page that a component's link leads to."""
        page, _, query = href.partition("?")
        return self.open(page, **parse_qs(query))

    def again(self) -> "Screen":
        self.app.run()
        return self.checked()

    def checked(self) -> "Screen":
        assert not self.app.exception, [str(exception.value) for exception in self.app.exception]
        return self

    def data(self, component: str, key: str | None = None) -> dict[str, Any]:
        """Returns the data that the page gave to a component."""
        found: dict[str, Any] = json.loads(self._proto(component, key).json)
        return found

    def has(self, component: str) -> bool:
        return bool(self._protos(component))

    def fire(
        self, component: str, event: str, value: Any, key: str | None = None, event_id: str | None = None
    ) -> "Screen":
        """Sends an event to Python as the component's script would, by default a new one."""
        if "delivered" in self.data(component, key):
            self._sent += 1
            value = {"id": event_id or f"event {self._sent}", "value": value}
        trigger = f"$$STREAMLIT_INTERNAL_KEY_{self._proto(component, key).id}__events"
        return self._run_with(
            WidgetState(id=trigger, json_trigger_value=json.dumps([{"event": event, "value": value}]))
        )

    def type_in(self, component: str, key: str | None = None, **state: Any) -> "Screen":
        """Sets the component's state, as if somebody had typed into it and left it."""
        self._typed = WidgetState(id=self._proto(component, key).id, json_value=json.dumps(state))
        return self._run_with(self._typed)

    def press(self, label: str) -> "Screen":
        """Presses the button with this label. The text last typed into a component is sent too, as a browser does."""
        button = next((button for button in self.app.button if button.label == label), None)
        if button is None:
            key, press = self.press_of(label)
            return self.fire("buttons", "press", press, key)
        button._value = True
        return self._run_with(*filter(None, [getattr(self, "_typed", None)]))

    def labels(self) -> list[str]:
        return [*(button.label for button in self.app.button), *(one["label"] for _, _, one in self.own_buttons())]

    def press_of(self, label: str) -> tuple[str, dict[str, Any]]:
        """Returns what a press of this button of a component sends now: the component's key, and the event's value."""
        found = ((key, shown, one["name"]) for key, shown, one in self.own_buttons() if one["label"] == label)
        key, shown, name = next(found)
        return key, {"name": name, "shown": shown}

    def own_buttons(self) -> list[tuple[str, int, dict[str, Any]]]:
        """Returns the buttons that are components: each one's key, the state that it is drawn for, and its data."""
        rows = [
            (str(element.key), json.loads(element.proto.json))
            for element in self.app.get("bidi_component")
            if element.proto.component_name == "lodge_buttons"
        ]
        return [(key, row["shown"], button) for key, row in rows for button in row["buttons"]]

    def words(self) -> str:
        """Returns everything that this page shows or gives to its components, as one text."""
        shown = [
            getattr(element, "value", "")
            for kind in ("title", "header", "subheader", "text", "markdown", "caption", "info", "warning", "error")
            for element in self.app.get(kind)
        ]
        return "\n".join([*map(str, shown), *(proto.json for proto in self._protos())])

    def _run_with(self, *states: WidgetState) -> "Screen":
        widgets = self.app._tree.get_widget_states()
        widgets.widgets.extend(states)
        self.app._run(widgets)
        return self.checked()

    def _protos(self, component: str | None = None, key: str | None = None) -> list[Any]:
        return [
            element.proto
            for element in self.app.get("bidi_component")
            if (component is None or element.proto.component_name == f"lodge_{component}")
            and (key is None or element.key == key)
        ]

    def _proto(self, component: str, key: str | None) -> Any:
        found = self._protos(component, key)
        assert found, f"no component {component!r} on this page"
        return found[0]
