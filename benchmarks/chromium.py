"""The browser of the parts that measure real pages."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# The browser must load only Lodge's pages, without look-ups and updates of its own.
FLAGS = ["--disable-gpu", "--disable-quic", "--disable-sync", "--disable-component-update"]


@contextmanager
def running_chromium() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        raise RuntimeError("This needs Chromium, and there is none on this machine's PATH.")
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=path, args=FLAGS) as browser:
        yield browser
