"""The Chromium that the browser tests drive: the machine's own, or else the one that Playwright has downloaded."""

import shutil
import subprocess
from pathlib import Path

from playwright.sync_api import Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium(playwright: Playwright) -> Path | None:
    downloaded = Path(playwright.chromium.executable_path)
    return machine_chromium() or (downloaded if downloaded.exists() else None)


def machine_chromium() -> Path | None:
    """Each is tried: Ubuntu's command of that name only tells how to install one."""
    for found in filter(None, map(shutil.which, NAMES)):
        if subprocess.run([found, "--version"], capture_output=True).returncode == 0:
            return Path(found)
    return None
