"""Finds the Chromium for the browser tests: the machine's own, or else the one that Playwright has downloaded."""

import shutil
import subprocess
from pathlib import Path

from playwright.sync_api import Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium(playwright: Playwright) -> Path | None:
    downloaded = Path(playwright.chromium.executable_path)
    return machine_chromium() or (downloaded if downloaded.exists() else None)


def machine_chromium() -> Path | None:
    """Returns the first installed Chromium that runs. Each is started once, because Ubuntu has a command of this name
    that only explains how to install Chromium."""
    for found in filter(None, map(shutil.which, NAMES)):
        if subprocess.run([found, "--version"], capture_output=True).returncode == 0:
            return Path(found)
    return None
