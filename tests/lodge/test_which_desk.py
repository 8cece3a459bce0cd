"""A command finds the same desk wherever it is typed, says which it is, and takes no other desk's services for its."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI, Response

from lodge import status
from lodge.home import Home
from lodge.which_database import noted_database
from service_kit import settings as settings_module
from service_kit.settings import Settings, get_settings
from tests.lodge.command import lodge
from tests.lodge.desk_process import DeskProcess, free_port
from tests.support.samples import keys, sample
from tests.support.serving import served
from tests.support.started import as_started


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of the sources, with no settings in it or in the environment; the caller stands beside it."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pyproject.toml").touch()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.setattr(settings_module, "PROJECT", folder)
    monkeypatch.chdir(elsewhere)
    for name in [name for name in os.environ if name.startswith("LODGE_")]:
        monkeypatch.delenv(name)
    get_settings.cache_clear()
    yield folder
    get_settings.cache_clear()


def test_the_usual_home_lies_in_the_project_wherever_one_stands(project: Path) -> None:
    assert get_settings().home == project / "var"


def test_the_projects_settings_are_read_wherever_one_stands(project: Path) -> None:
    (project / ".env").write_text("LODGE_HOME=var/campus\nLODGE_DESK_NAME=Campus\n")
    Path(".env").write_text("# of something else\nPORT=80\n")
    assert (get_settings().home, get_settings().desk_name) == (project / "var" / "campus", "Campus")


def test_settings_in_the_working_folder_come_first_and_their_home_is_beside_them(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / ".env").write_text("LODGE_HOME=var/campus\n")
    Path(".env").write_text("export LODGE_HOME=desk\n")
    assert get_settings().home == Path.cwd() / "desk"
    monkeypatch.setenv("LODGE_HOME", "other")
    get_settings.cache_clear()
    assert Home(get_settings().home).path == Path.cwd() / "other"


def test_an_empty_home_is_the_usual_one(project: Path) -> None:
    (project / ".env").write_text("LODGE_HOME=\n")
    assert get_settings().home == project / "var"


NOWHERE = "postgresql://desk@127.0.0.1:1/desk"
COMMANDS = [
    ["up"],
    ["seed", "--tickets", "1"],
    ["import", __file__, "--mapping", __file__],
    ["recategorise"],
    ["check"],
    ["backup", "file"],
    ["restore", "--undo"],
    ["status"],
]


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda arguments: arguments[0])
def test_every_command_names_its_desk(arguments: list[str], home_path: Path) -> None:
    """Also when it can do nothing, because there is no server and the ports are the same."""
    port = str(free_port())
    ports = {f"LODGE_{name}_PORT": port for name in ("UI", "DATA_API", "ANALYTICS_API")}
    place = {"LODGE_HOME": str(home_path), "LODGE_DESK_NAME": "Campus", "LODGE_DATABASE_URL": NOWHERE}
    done = lodge(*arguments, **place, **ports)
    assert done.exit_code == 1
    assert done.stdout.splitlines()[0] == f'The desk "Campus" in {home_path}'


def told(**place: str) -> tuple[int, dict[str, tuple[str, str]]]:
    """Exit code, and address and problem of each service, as `lodge status` tells them."""
    done = lodge("status", "--json", **place)
    read = json.loads(done.stdout)
    assert keys(sample("operations.md", '"services"')) == keys(read)
    assert read["home"] == place["LODGE_HOME"]
    assert read["status"] == ("broken" if done.exit_code else "ok")
    return done.exit_code, {one["name"]: (one["address"], one["problem"]) for one in read["services"]}


def test_another_desks_services_are_not_taken_for_this_ones(lasting_desk: DeskProcess, tmp_path: Path) -> None:
    ports = {"LODGE_UI_PORT": str(lasting_desk.ui_port), "LODGE_DATA_API_PORT": str(lasting_desk.data_api_port)}
    code, found = told(LODGE_HOME=str(tmp_path / "other"), **ports)
    assert code == 1
    assert {found[name][1] for name in ("UI", "data API", "analytics API")} == {"is not running"}
    _, found = told(LODGE_HOME=str(lasting_desk.home))  # with its ports forgotten
    assert found["UI"] == (f"http://127.0.0.1:{lasting_desk.ui_port}", "")
    assert found["data API"] == (f"http://127.0.0.1:{lasting_desk.data_api_port}", "")
    assert found["Postgres"][1] == ""


LONG = "the disk of the machine that the database server runs on has been replaced, and " * 3
CHECKS = {"database": "ok", "similar_reports": "off: the database server has no pgvector", "new_check": LONG}
SENTENCES = (
    "Similar reports are off: the database server has no pgvector.",
    f"New check: {LONG}.",
    "The SQL lab is off: this kernel cannot confine it.",
)


@pytest.mark.parametrize(("code", "problem"), [(200, ""), (503, "is not healthy")])
def test_what_a_service_does_without_is_told_whole_and_is_not_broken(tmp_path: Path, code: int, problem: str) -> None:
    app, home = FastAPI(), Home(tmp_path / "home")

    @app.get("/health")
    def health(response: Response) -> dict[str, object]:
        response.status_code = code
        return {"version": "1.2", "checks": CHECKS, "sql_lab": "off: this kernel cannot confine it"}

    with served(app) as url, as_started(home.path, {"data API": url}) as desk:
        rows = status.read_status(Settings(home=home.path, database_url=NOWHERE, _env_file=None))
        shown = lodge("status", LODGE_DATABASE_URL=NOWHERE, **desk).stdout
    row = next(row for row in rows if row.name == "data API")
    assert (row.problem, row.remarks, row.version) == (problem, SENTENCES, "1.2")
    assert f"data API │ {problem or 'ok, see below'} │" in re.sub(" +", " ", shown)
    assert shown.splitlines()[-3:] == [f"data API: {sentence}" for sentence in SENTENCES]


@pytest.mark.parametrize(
    ("runs_with", "given", "told"),
    [
        (
            "postgresql://desk:secret@db.test/desk",
            "",
            "This desk runs with LODGE_DATABASE_URL (the server db.test:5432)",
        ),
        (None, NOWHERE, "here LODGE_DATABASE_URL is set. Unset it here, or stop the desk first."),
    ],
)
def test_another_database_than_the_running_desks_is_told(
    home_path: Path, runs_with: str | None, given: str, told: str
) -> None:
    home = Home(home_path)
    here = {"LODGE_HOME": str(home_path), "LODGE_DATABASE_URL": given}
    settings = Settings(home=home_path, database_url=runs_with, _env_file=None)
    with home.lock("up"), noted_database(settings, home):
        assert "secret" not in "".join(file.read_text() for file in home.run.iterdir())
        assert told in lodge("import", "--list", **here).stderr
        assert told in lodge("status", **here).stdout
    assert told not in lodge("import", "--undo", "1", LODGE_HOME=str(home_path), LODGE_DATABASE_URL=NOWHERE).stderr


def test_a_desk_that_runs_already_is_named_with_its_address_and_what_to_do(lasting_desk: DeskProcess) -> None:
    place = {"LODGE_HOME": str(lasting_desk.home), "LODGE_DESK_NAME": "Campus", "LODGE_UI_PORT": "8501"}
    refused = lodge("up", "--demo", **place)
    assert refused.exit_code == 1
    assert refused.stderr.splitlines() == [
        f'lodge: The desk "Campus" in {lasting_desk.home} is running already. '
        f"Open http://127.0.0.1:{lasting_desk.ui_port} in a browser; `lodge stop` stops it.",
        "For a demo beside it, choose another folder and other ports:",
        "  LODGE_HOME=var/demo LODGE_UI_PORT=8601 LODGE_DATA_API_PORT=8101 LODGE_ANALYTICS_API_PORT=8102 make run",
    ]
