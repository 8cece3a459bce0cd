"""Checks that the packages that this version of Lodge needs are installed, as after new sources or a broken install."""

import tomllib
from importlib.metadata import PackageNotFoundError, requires, version

from packaging.requirements import Requirement

from lodge.errors import LodgeError
from service_kit.version import PYPROJECT


def check_packages() -> None:
    """Raises LodgeError when a package is missing or of a version that this Lodge does not take."""
    wrong = [sentence for one in _requirements() if (sentence := _problem(Requirement(one)))]
    if wrong:
        raise LodgeError(
            f"Lodge cannot run with the packages that are installed: {', '.join(wrong)}. Run `make install`."
        )


def _requirements() -> list[str]:
    """Reads them from the sources, which may be newer than what pip noted when it installed Lodge."""
    if PYPROJECT.is_file():
        return list(tomllib.loads(PYPROJECT.read_text("utf-8"))["project"]["dependencies"])
    return [one for one in requires("lodge-helpdesk") or [] if "extra ==" not in one]


def _problem(needed: Requirement) -> str:
    try:
        found = version(needed.name)
    except PackageNotFoundError:
        return f"{needed.name} is missing"
    if needed.specifier.contains(found, prereleases=True):
        return ""
    return f"{needed.name} is {found} instead of {needed.specifier}"
