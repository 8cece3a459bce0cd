"""What an administrator can set and a program can ask for is written down, and what is written down is there."""

import re
from enum import StrEnum
from functools import cache
from pathlib import Path

import pytest
from fastapi import Depends, FastAPI

import analytics_api.main
import data_api.main
import lodge.main
from benchmarks.__main__ import Part
from contracts.people import Permission, Role
from contracts.suggestions import Sureness
from contracts.tickets import ClosedReason, EventKind, Status
from data_api.access.actor import permitted
from data_api.access.rate_limits import ADDRESS_LIMITS, PERSON_LIMITS, Limited
from data_api.models import page as database_page
from lodge import permissions_page
from lodge.services import KEEP_FREE_MB
from service_kit.errors import HTTP_NAMES, LodgeError
from service_kit.settings import USUALLY_MOST_WORKERS, Settings, usual_home
from tests.architecture import decisions
from tests.architecture.sources import PACKAGES, ROOT, of
from tests.support.serving import NO_DATABASE
from warehouse import dictionary

SETTINGS = (ROOT / "docs/settings.md").read_text("utf-8")
DATA_API, ANALYTICS_API = (ROOT / "docs/api.md").read_text("utf-8").split("\n## The analytics API\n")
# Answered by what stands before the endpoints.
BEFORE_THE_ENDPOINTS = {"UnknownHost": 400, "ThroughProxy": 403, "ForeignPage": 403, "Unexpected": 500}
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
    elif name == "keep_free_mb":
        assert told == f"{KEEP_FREE_MB}`, or `0` with `LODGE_DATABASE_URL"
    elif name == "home":
        assert Path(told) == usual_home().relative_to(ROOT)
    elif name == "workers":
        assert told == f"the processors, at most {USUALLY_MOST_WORKERS}"
    else:
        assert told == (spoken.get(default) if default in (True, False, None, "") else str(default))


@pytest.mark.parametrize(
    ("page", "app"),
    [(DATA_API, data_api.main.create_app(NO_DATABASE)), (ANALYTICS_API, analytics_api.main.create_app(NO_DATABASE))],
    ids=["data", "analytics"],
)
def test_every_route_is_on_the_map_and_every_mapped_one_exists(page: str, app: FastAPI) -> None:
    exist = {f"{method.upper()} {path}" for path, methods in app.openapi()["paths"].items() for method in methods}
    mapped = {cell for cell in first_cells(page) if re.match(r"[A-Z]+ /", cell)}
    assert mapped - exist == set(), "docs/api.md maps what does not exist"
    assert exist - mapped == set(), "these routes are missing in docs/api.md"


def test_the_page_of_permissions_is_what_the_code_says() -> None:
    assert permissions_page.PAGE.read_text("utf-8") == permissions_page.render(), (
        "run: .venv/bin/python -m lodge.permissions_page"
    )


def test_every_route_names_a_permission_or_is_one_of_those_that_need_none() -> None:
    routes = {route: named for those in permissions_page.all_routes().values() for route, named in those.items()}
    unnamed = {route for route, named in routes.items() if not named}
    assert unnamed == set().union(*permissions_page.OTHERS.values())
    assert set(permissions_page.ASKED_LATER) <= set(routes)


def test_a_route_without_a_permission_is_found() -> None:
    app = FastAPI()
    app.get("/open")(lambda: None)
    app.get("/closed", dependencies=[Depends(permitted(Permission.SQL_RUN))])(lambda: None)
    found = permissions_page.permissions_of_routes(app)
    assert (found["GET /open"], found["GET /closed"]) == (set(), {Permission.SQL_RUN})


def errors_below(base: type[LodgeError]) -> set[type[LodgeError]]:
    children = set(base.__subclasses__())
    return children.union(*map(errors_below, children))


def told_errors(page: str) -> dict[str, int]:
    return {name: int(status) for status, name in re.findall(r"^\| (\d{3}) \| `(\w+)` \|", page, re.MULTILINE)}


def errors_of(*packages: str) -> dict[str, int]:
    """Those that services answer, with their status."""
    return {
        error.__name__: error.status
        for error in errors_below(LodgeError)
        if error.__module__.partition(".")[0] in packages
    }


def test_every_error_is_told_with_its_status() -> None:
    own = errors_of("data_api", "service_kit")
    by_framework = {name: status for status, name in HTTP_NAMES.items() if name not in NOT_AN_ANSWER}
    assert told_errors(DATA_API) == own | by_framework | BEFORE_THE_ENDPOINTS


def test_every_error_of_the_analytics_api_is_told_with_its_status() -> None:
    assert told_errors(ANALYTICS_API) == errors_of("analytics_api")


def test_every_limit_is_told() -> None:
    _, _, table = DATA_API.partition("| in a minute |")
    told = re.findall(r"^\| [a-z -]+ \| ([\d,]*) ?\| ([\d,]+) \|$", table, re.MULTILINE)
    limits = [(PERSON_LIMITS.get(one), ADDRESS_LIMITS[one]) for one in Limited]
    assert sorted(told) == sorted((f"{of_one:,}" if of_one else "", f"{of_all:,}") for of_one, of_all in limits)


def test_the_data_dictionary_is_what_is_copied() -> None:
    assert dictionary.PAGE.read_text("utf-8") == dictionary.render(), "run: .venv/bin/python -m warehouse.dictionary"


@pytest.mark.parametrize("kinds", [Status, EventKind, Sureness, Role, ClosedReason], ids=lambda kinds: kinds.__name__)
def test_the_data_dictionary_tells_every_kind(kinds: type[StrEnum]) -> None:
    told = re.findall(r"`([a-z-]+)`", dictionary.render().partition("## Kinds")[2].partition("## Views")[0])
    assert {kind.value for kind in kinds} - set(told) == set()


def test_the_database_page_is_what_the_models_say() -> None:
    assert database_page.PAGE.read_text("utf-8") == database_page.render(), (
        "run: .venv/bin/python -m data_api.models.page"
    )


@pytest.mark.parametrize("page", ["README.md", "docs/architecture.md"])
def test_every_room_is_shown(page: str) -> None:
    rooms = {cell.rstrip("/") for cell in first_cells((ROOT / page).read_text("utf-8")) if cell.endswith("/")}
    assert set(PACKAGES) - {"tests", "benchmarks"} - rooms == set()


def test_every_command_is_told() -> None:
    pages = "".join(page.read_text("utf-8") for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
    names = {
        command.name or command.callback.__name__ for command in lodge.main.app.registered_commands if command.callback
    }
    assert [name for name in sorted(names) if not re.search(rf"(?<!\w)lodge {name}\b", pages)] == []


def test_every_part_of_the_benchmark_is_told() -> None:
    page = (ROOT / "docs/benchmarks.md").read_text("utf-8")
    (row,) = re.findall(r"^\| `.+ --only api` \|(.+)$", page, re.MULTILINE)
    assert set(re.findall("`([a-z]+)`", row)) == set(Part)
    programs = {
        file.stem for file in (ROOT / "benchmarks").glob("*.py") if '__name__ == "__main__"' in file.read_text("utf-8")
    }
    assert programs - {"__main__"} == set(re.findall(r"^\| `.+ -m benchmarks\.(\w+)", page, re.MULTILINE))


def test_every_decision_is_in_the_index() -> None:
    assert decisions.INDEX.read_text("utf-8") == decisions.render(), (
        "run: .venv/bin/python -m tests.architecture.decisions"
    )


def test_links_between_the_pages_lead_somewhere() -> None:
    """To a page that there is, and to a heading of it."""
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8"))
        if not target.startswith(("http:", "https:", "mailto:")) and not leads_somewhere(page, target)
    ]
    assert broken == []


def leads_somewhere(page: Path, target: str) -> bool:
    name, _, heading = target.partition("#")
    there = page.parent / name if name else page
    return there.exists() and (not heading or heading in anchors(there))


@cache
def anchors(page: Path) -> set[str]:
    """What the headings of a page are called in links."""
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


# `/enter` and `/leave`, which nobody sees, are addresses of the pages' server.
OTHER_NAMES_OF_SIGNING_IN = re.compile(
    r"(?<!\.)\blogin\b"  # streamlit-authenticator's method is called so
    r"|\b[Ll]og(ged|ging)? (out|into)\b|\b[Ee]nter(s|ed|ing)? (as|again|first|by choosing|with|without a)\b"
    r"|\bleave the desk\b|\"Leave\"|\bor leave[\"`]"
)


def test_signing_in_is_called_so_everywhere() -> None:
    texts = {
        source.name: source.text for source in of("streamlit_app", "pages", "data_api", "service_kit", "contracts")
    }
    files = [*(ROOT / "docs").glob("*.md"), ROOT / "README.md", *(ROOT / "streamlit_app/components").glob("*.js")]
    texts |= {file.relative_to(ROOT).as_posix(): file.read_text("utf-8") for file in files}
    found = [(name, match[0]) for name, text in texts.items() for match in OTHER_NAMES_OF_SIGNING_IN.finditer(text)]
    assert found == []
