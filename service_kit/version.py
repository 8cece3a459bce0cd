"""Which version of Lodge this is."""

import tomllib
from functools import cache
from importlib.metadata import version
from pathlib import Path

PYPROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"


@cache
def lodge_version() -> str:
    """Returns the version of the sources that run. What pip noted at the installation may be of an earlier version: new
    sources in the same folder do not change it."""
    if PYPROJECT.is_file():
        return str(tomllib.loads(PYPROJECT.read_text("utf-8"))["project"]["version"])
    return version("lodge-helpdesk")
