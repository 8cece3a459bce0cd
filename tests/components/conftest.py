"""Blank pages for single components."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Protocol

import pytest
from playwright.sync_api import Browser, ViewportSize

from tests.components.bare import Bare
from tests.support.browser import DESKTOP, PATIENCE_MS


class Opener(Protocol):
    """`bare("rows")`: a blank page in which that component can be drawn."""

    def __call__(self, name: str, *, size: ViewportSize = DESKTOP) -> Bare: ...


@pytest.fixture
def bare(browser: Browser) -> Iterator[Opener]:
    with ExitStack() as stack:

        def open_page(name: str, *, size: ViewportSize = DESKTOP) -> Bare:
            context = stack.enter_context(browser.new_context(viewport=size))
            context.set_default_timeout(PATIENCE_MS)
            return Bare(context, name)

        yield open_page
