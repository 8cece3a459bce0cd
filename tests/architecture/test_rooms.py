"""Rooms are the folders and modules right below a package: what each is for, and that none needs itself by a detour."""

import ast
from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter

import pytest

from tests.architecture.sources import Source, of

WITHOUT_CIRCLES = ["service_kit", "data_api", "warehouse", "analytics_api", "lodge"]
# Makes what an organisation has, out of all rooms; each room takes what is its own from `app.state`.
ORGANISATIONS = {"data_api.organisation", "analytics_api.organisation"}


def room_of(dotted: str) -> str:
    return dotted.split(".")[1]


def imported_rooms(source: Source) -> set[str]:
    """Of the source's own package."""
    from_the_top = {
        f"{node.module}.{alias.name}"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ImportFrom) and node.module == source.package
        for alias in node.names
    }
    return {room_of(name) for name in {*source.imports(), *from_the_top} if name.startswith(f"{source.package}.")}


def circle(sources: Iterable[Source]) -> list[str] | None:
    """The rooms of one that there is, the first of them again at its end."""
    needs: dict[str, set[str]] = {}
    for source in sources:
        room = source.name.removesuffix(".py").split("/")[1]
        needs.setdefault(room, set()).update(imported_rooms(source) - {room})
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found
    return None


@pytest.mark.parametrize("package", WITHOUT_CIRCLES)
def test_no_room_needs_itself_by_a_detour(package: str) -> None:
    assert circle(of(package)) is None


def source(name: str, text: str) -> Source:
    return Source(name, name.partition("/")[0], text, ast.parse(text))


def test_a_circle_is_found_however_it_is_imported() -> None:
    """Over three rooms, from a function's body, and by a module's name."""
    planted = [
        source("house/hall.py", "from house.kitchen.stove import cook"),
        source("house/kitchen/stove.py", "def cook():\n    from house import cellar"),
        source("house/cellar/wine.py", "import house.hall\nimport other.kitchen"),
    ]
    found = circle(planted)
    assert found is not None
    assert set(found) == {"hall", "kitchen", "cellar"}
    assert circle(planted[:2]) is None


def test_only_the_application_knows_the_whole_organisation() -> None:
    known_by = {source.name for source in of("data_api", "analytics_api") if ORGANISATIONS & set(source.imports())}
    assert known_by == {"data_api/main.py", "data_api/reactions.py", "analytics_api/main.py"}


def test_the_kit_knows_no_domain() -> None:
    known = {
        room for source in of("data_api") if source.name.startswith("data_api/kit/") for room in imported_rooms(source)
    }
    assert known == {"kit"}


@pytest.mark.parametrize("package", ["contracts", *WITHOUT_CIRCLES])
def test_every_room_says_in_one_line_what_it_is_for(package: str) -> None:
    signs = {
        source.name: ast.get_docstring(source.tree) for source in of(package) if source.name.endswith("/__init__.py")
    }
    assert [name for name, sign in signs.items() if not sign or "\n" in sign] == []
