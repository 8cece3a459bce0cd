"""Rooms are the folders and modules right below a package. They import each other in one direction, which import-linter
finds by pyproject.toml's contracts, and each says what it is for."""

import ast
import tomllib
from pathlib import Path
from typing import Any

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from tests.architecture.sources import PACKAGES, ROOT, of

CONFIGURED: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
# Nothing in these has rooms; a page or a test is imported by nobody.
WITHOUT_ROOMS = {"pages", "migrations", "tests", "benchmarks"}
# Makes what an organisation has, out of all rooms; each room takes what is its own from `app.state`.
ORGANISATIONS = {"data_api.organisation", "analytics_api.organisation"}


def keeps(config: Path, contract: str) -> bool:
    # In debug mode what goes wrong in it is raised, and not taken for a broken contract.
    status = lint_imports(str(config), (contract,), no_cache=True, no_logo=True, is_debug_mode=True)
    return status == EXIT_STATUS_SUCCESS


def contract(id_: str) -> dict[str, Any]:
    return next(one for one in CONFIGURED["contracts"] if one["id"] == id_)


@pytest.mark.parametrize("id_", [one["id"] for one in CONFIGURED["contracts"]])
def test_rooms_import_each_other_in_one_direction(id_: str) -> None:
    assert keeps(ROOT / "pyproject.toml", id_)


def test_every_package_is_looked_at() -> None:
    looked_at = set(CONFIGURED["root_packages"])
    assert looked_at == set(contract("rooms")["ancestors"])
    assert looked_at == set(PACKAGES) - WITHOUT_ROOMS


# "hall" imports "kitchen"; what the last file imports makes a circle of it, or does not.
PLANTED = {
    "hall/door.py": "from planted.kitchen import stove",
    "hall/lamp.py": "",
    "kitchen/stove.py": "",
    "attic.py": "",
}
CONFIG = """
[tool.importlinter]
root_packages = ["planted"]
[[tool.importlinter.contracts]]
id = "rooms"
name = "rooms"
type = "{type}"
ancestors = ["planted"]
"""


@pytest.mark.parametrize(
    ("imported", "is_kept"), [("from planted.hall import lamp", False), ("from planted import attic", True)]
)
def test_a_planted_circle_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, imported: str, is_kept: bool
) -> None:
    """One that Python itself never notices: no file imports another that imports it."""
    for name, text in (PLANTED | {"kitchen/table.py": imported}).items():
        file = tmp_path / "planted" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        (file.parent / "__init__.py").touch()
        file.write_text(text, "utf-8")
    config = tmp_path / "pyproject.toml"
    config.write_text(CONFIG.format(type=contract("rooms")["type"]), "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    assert keeps(config, "rooms") is is_kept


def test_only_the_application_knows_the_whole_organisation() -> None:
    known_by = {source.name for source in of("data_api", "analytics_api") if ORGANISATIONS & set(source.imports())}
    assert known_by == {"data_api/main.py", "analytics_api/main.py"}


def test_the_kit_knows_no_domain() -> None:
    known = {name for source in of("data_api") for name in source.imports() if source.name.startswith("data_api/kit/")}
    assert [name for name in known if name.startswith("data_api.") and not name.startswith("data_api.kit")] == []


@pytest.mark.parametrize("package", sorted(set(PACKAGES) - WITHOUT_ROOMS))
def test_every_room_says_in_one_line_what_it_is_for(package: str) -> None:
    signs = {
        source.name: ast.get_docstring(source.tree) for source in of(package) if source.name.endswith("/__init__.py")
    }
    assert [name for name, sign in signs.items() if not sign or "\n" in sign] == []
