"""Decides which tests `make test-quick` leaves out, from the text of their files, so that nobody has to mark them."""

import re
from functools import cache
from pathlib import Path

# The folders whose tests drive a browser.
COMPONENTS = "components"
BROWSER_TESTS = {COMPONENTS, "journeys"}
# Names that show that a file starts a whole desk, another server or a proxy, or kills or suspends a process.
HEAVY = re.compile(
    r"\b(DeskProcess|running_desk|postgres_15\w*|support\.(nginx|clamd|bucket)|SIGKILL|SIGSTOP)\b|/postgresql/15/|\.kill\("
)


def needs_browser(file: Path) -> bool:
    return not BROWSER_TESTS.isdisjoint(file.parts)


def is_of_component(file: Path) -> bool:
    """Returns whether the file's tests drive a browser, but need no desk."""
    return needs_browser(file) and COMPONENTS in file.parts


@cache
def is_heavy(file: Path) -> bool:
    """Returns whether the file's tests drive a browser, start a whole desk or another server, or kill a process."""
    return needs_browser(file) or HEAVY.search(file.read_text("utf-8")) is not None
