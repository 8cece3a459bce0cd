"""What an administrator can set and a program can ask for is written down, and what is written down is there."""

import re

import pytest

import data_api.main
from contracts.people import Permission, Role
from data_api.permissions import PERMISSIONS
from service_kit.errors import HTTP_NAMES, LodgeError
from service_kit.settings import Settings
from tests.architecture.sources import ROOT, of

SETTINGS = (ROOT / "docs/settings.md").read_text("utf-8")
API = (ROOT / "docs/api.md").read_text("utf-8")
OPERATIONS = {
    f"{method.upper()} {path}" for path, methods in data_api.main.app.openapi()["paths"].items() for method in methods
}
# Internal to the service: 415 is never answered, the base is no error of its own.
NOT_AN_ANSWER = {"NotJson"}


def first_cells(page: str) -> set[str]:
    """What stands in backticks at the beginning of a table's row."""
    return set(re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE))


def test_every_setting_is_explained_and_every_explained_one_exists() -> None:
    exist = {f"LODGE_{name.upper()}" for name in Settings.model_fields}
    read_elsewhere = {name for source in of("streamlit_app", "pages", "lodge") for name in named_settings(source.text)}
    explained = first_cells(SETTINGS)
    assert exist - explained == set(), "these settings are missing in docs/settings.md"
    assert read_elsewhere - explained == set(), "these settings are missing in docs/settings.md"
    assert explained - exist - read_elsewhere == set(), "docs/settings.md explains what does not exist"


def named_settings(text: str) -> set[str]:
    return set(re.findall(r"\bLODGE_[A-Z_]+[A-Z]\b", text))


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_the_default_is_told_as_it_is(name: str) -> None:
    default = Settings.model_fields[name].default
    row = re.search(rf"^\| `LODGE_{name.upper()}` \| ([^|]+) \|", SETTINGS, re.MULTILINE)
    assert row is not None
    told = row[1].strip("` ")
    spoken = {True: "on", False: "no", None: "none", "": "none"}
    if name == "students_see":
        assert told == "by `LODGE_SIGN_IN"
    else:
        assert told == (spoken.get(default) if default in (True, False, None, "") else str(default))


def test_every_route_is_on_the_map_and_every_mapped_one_exists() -> None:
    mapped = {cell for cell in first_cells(API) if re.match(r"[A-Z]+ /", cell)}
    assert mapped - OPERATIONS == set(), "docs/api.md maps what does not exist"
    assert OPERATIONS - mapped == set(), "these routes are missing in docs/api.md"


def test_the_table_of_permissions_is_the_codes() -> None:
    roles = [Role.STUDENT, Role.ANALYST, Role.AGENT, Role.MANAGER, Role.ADMIN]
    rows = re.findall(r"^\| `([a-z]+:[a-z-]+)` \|((?:[^|\n]*\|){5})", API, re.MULTILINE)
    told = {name: [cell.strip() == "yes" for cell in cells.split("|")[:5]] for name, cells in rows}
    assert told == {permission: [permission in PERMISSIONS[role] for role in roles] for permission in Permission}


def errors_below(base: type[LodgeError]) -> set[type[LodgeError]]:
    children = set(base.__subclasses__())
    return children.union(*map(errors_below, children))


def test_every_error_is_told_with_its_status() -> None:
    told = {name: int(status) for status, name in re.findall(r"^\| (\d{3}) \| `(\w+)` \|", API, re.MULTILINE)}
    own = {
        error.__name__: error.status for error in errors_below(LodgeError) if error.__module__.startswith("data_api")
    }
    own |= {"InvalidInput": 422}
    assert {name: told.get(name) for name in own} == own
    assert set(HTTP_NAMES.values()) - NOT_AN_ANSWER <= set(told)


def test_links_between_the_pages_lead_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8"))
        if not target.startswith(("http:", "https:", "mailto:")) and not (page.parent / target).exists()
    ]
    assert broken == []
