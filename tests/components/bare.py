"""A component of ours in a page without Streamlit: what it draws, and what it tells Python."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, Route

from streamlit_app.components.component_files import script, styles

SCRIPT = Path(__file__).with_name("component.js")
# Nobody is asked for it: what the page asks for is answered here.
DESK = "http://desk.test"
# As Streamlit's own, as far as a component knows it.
BLANK = (
    "<!doctype html><title>Blank</title><div id='root'><div data-testid='stApp' data-test-script-state='notRunning'>"
    "</div></div>"
)


NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Told:
    """`kind` is state or trigger."""

    kind: str
    name: str
    value: Any
    key: str = "only"


class Bare:
    """One component, drawn once or under several keys. Time stands still but for `pass_time`."""

    def __init__(self, context: BrowserContext, name: str) -> None:
        self.name = name
        context.clock.install(time=NOON)
        context.clock.pause_at(NOON + timedelta(minutes=1))
        context.add_init_script(path=SCRIPT)
        context.route(f"{DESK}/**", _answer)
        self.page: Page = context.new_page()
        self.open()

    def open(self) -> None:
        """Also again, as somebody loads a page again."""
        self.page.goto(f"{DESK}/page")
        self.load()

    def load(self) -> None:
        self.page.evaluate("(script) => component.load(script).then(() => null)", script(self.name))

    def turn_into(self, name: str) -> "Bare":
        """Another component in the same tab, as on the next page."""
        self.name = name
        self.open()
        return self

    def draw(self, key: str = "only", /, **data: Any) -> None:
        """As Python does each time that it draws the page."""
        self.page.evaluate("([key, styles, data]) => component.draw(key, styles, data)", [key, styles(self.name), data])

    def remove(self, key: str = "only") -> None:
        self.page.evaluate("(key) => component.remove(key)", key)

    def pass_time(self, milliseconds: int) -> None:
        """Everything happens in it that is due."""
        self.page.clock.run_for(milliseconds)

    def lose(self, is_losing: bool = True) -> None:
        """Nothing arrives of what it tells Python."""
        self.page.evaluate("(isLosing) => { component.isLosing = isLosing; }", is_losing)

    def told(self) -> list[Told]:
        """Everything since the page was loaded."""
        return [Told(**each) for each in self.page.evaluate("component.told")]


def _answer(route: Route) -> None:
    if route.request.is_navigation_request():
        route.fulfill(body=BLANK, content_type="text/html")
    else:
        route.fulfill(status=404, json={"detail": "There is no such thing."})
