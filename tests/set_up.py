"""Installs what the tests need besides Python packages: `python -m tests.set_up`.

For root on Debian or Ubuntu it installs packages. For everybody else it downloads Playwright's Chromium, and prints the
commands to install whatever else is missing.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.chromium import find_chromium, machine_chromium

APT = Path(__file__).resolve().parents[1] / ".ci" / "apt"
PLAYWRIGHT = (sys.executable, "-m", "playwright")


@dataclass(frozen=True)
class Need:
    """Something that the tests need. `packages` are the Debian packages that contain it; `told` says how to get it."""

    is_there: Callable[[], bool]
    packages: tuple[str, ...]
    told: str


def has_driver() -> bool:
    """Returns whether Playwright's own program runs; it needs a library that a minimal system lacks."""
    return subprocess.run([*PLAYWRIGHT, "--version"], capture_output=True).returncode == 0


def has_chromium() -> bool:
    if machine_chromium():
        return True
    if not has_driver():
        return False
    with sync_playwright() as playwright:
        return find_chromium(playwright) is not None


def has_nginx() -> bool:
    return shutil.which("nginx") is not None or Path("/usr/sbin/nginx").exists()


DRIVER = Need(
    has_driver,
    ("libatomic1",),
    "Playwright, which drives the browser, needs libatomic. Debian: sudo apt install libatomic1. "
    "Fedora: sudo dnf install libatomic",
)
CHROMIUM = Need(
    has_chromium,
    ("chromium",),
    "The browser tests need Chromium. Debian: sudo apt install chromium. Fedora: sudo dnf install chromium. "
    "macOS: brew install chromium",
)
NGINX = Need(
    has_nginx,
    ("nginx",),
    "The test of the reverse proxy needs nginx. Debian: sudo apt install nginx. Fedora: sudo dnf install nginx. "
    "macOS: brew install nginx",
)
CLAMD = Need(
    lambda: shutil.which("clamd") is not None or Path("/usr/sbin/clamd").exists(),
    ("clamav-daemon",),
    "The tests of the virus scanner need ClamAV's daemon. Debian: sudo apt install clamav-daemon. "
    "Fedora: sudo dnf install clamd. macOS: brew install clamav",
)
POSTGRES_15 = Need(
    Path("/usr/lib/postgresql/15/bin/postgres").exists,
    ("postgresql-15",),
    "The tests of the oldest server that LODGE_DATABASE_URL may name need PostgreSQL 15. "
    "Debian 12: sudo apt install postgresql-15",
)
FONTS = Need(
    Path("/usr/share/fonts/truetype/noto").exists,
    ("fonts-noto-core", "fonts-noto-color-emoji"),
    "Texts in several languages need fonts. Debian: sudo apt install fonts-noto-core fonts-noto-color-emoji",
)


PROVIDER = Path(__file__).parent / "provider"
NODE = Need(
    lambda: shutil.which("node") is not None and shutil.which("npm") is not None,
    ("nodejs", "npm"),
    "The tests of signing in through an identity provider need Node.js 20 or newer, with npm. Debian 13 and newer: "
    "sudo apt install nodejs npm. macOS: brew install node. Elsewhere: https://nodejs.org/",
)


def missing(*needs: Need) -> list[Need]:
    return [need for need in needs if not need.is_there()]


def main() -> int:
    packages = [
        name for need in missing(DRIVER, CHROMIUM, NGINX, CLAMD, POSTGRES_15, FONTS, NODE) for name in need.packages
    ]
    if packages and is_root_with_apt():
        subprocess.run([APT, *packages])
    if missing(CHROMIUM):
        download_chromium()
    if not missing(NODE):
        install_provider()
    for need in (
        left := missing(DRIVER, CHROMIUM, NGINX, CLAMD, NODE, *([POSTGRES_15] if is_offered(POSTGRES_15) else []))
    ):
        tell(need.told)
    if not left and missing(POSTGRES_15):
        tell(
            "This system has no package of PostgreSQL 15, so the tests of the oldest server are skipped; CI runs them."
        )
    return 1 if left else 0


def is_root_with_apt() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def is_offered(need: Need) -> bool:
    """Returns whether this system offers its packages. Debian 13 and Ubuntu have only newer versions of PostgreSQL."""
    command = ["apt-cache", "show", *need.packages]
    return shutil.which("apt-cache") is not None and subprocess.run(command, capture_output=True).returncode == 0


def download_chromium() -> None:
    tell("Downloading Playwright's Chromium, because this machine has none …")
    # --with-deps installs the libraries that Chromium needs as packages, which only root can do.
    options = ["--with-deps"] if is_root_with_apt() else []
    subprocess.run([*PLAYWRIGHT, "install", *options, "chromium"])


def install_provider() -> None:
    """Installs the identity provider of the tests, unless that version is there already."""
    lock, installed = PROVIDER / "package-lock.json", PROVIDER / "node_modules" / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        tell("Installing the identity provider of the tests …")
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--silent"], cwd=PROVIDER, check=True)


def tell(what: str) -> None:
    print(what, flush=True)  # noqa: T201 (its purpose)


if __name__ == "__main__":
    sys.exit(main())
