"""Another version's desk, and packages that are missing: each is one sentence, and nothing is left half done."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from alembic import command

from data_api.migrate import alembic_config
from lodge import packages
from lodge.errors import DeskRefused, LodgeError
from lodge.home import Home
from lodge.preparation import applied_revision, check_runs_this_version, newest_revision
from lodge.upgrading import make_ready
from service_kit.settings import Settings
from service_kit.version import lodge_version
from tests.lodge.command import ROOT, lodge
from tests.lodge.desk_process import DeskProcess
from tests.lodge.test_away import write_log
from tests.support.databases import cloned_database

SOMEBODY = "INSERT INTO person (name, roles) VALUES ('Mia', ARRAY['student'])"
NEWER = "UPDATE alembic_version SET version_num = '9999'"


def run(url: str, statement: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute(statement.encode())


def make_older(url: str) -> None:
    """A desk that somebody uses, as the version before left it."""
    run(url, SOMEBODY)
    command.downgrade(alembic_config(url), "-1")


def test_a_desk_that_cannot_be_backed_up_is_not_upgraded(database_url: str, home_path: Path) -> None:
    make_older(database_url)
    before = applied_revision(database_url)
    home_path.mkdir(mode=0o700)
    (home_path / "backups").write_text("not a folder")
    settings = Settings(database_url=database_url, home=home_path, _env_file=None)
    with pytest.raises(DeskRefused, match="was not upgraded and is as it was, because it could not be backed up"):
        make_ready(database_url, settings, print)
    assert applied_revision(database_url) == before


def test_what_nobody_has_used_needs_no_backup(postgres_url: str, database_url: str, tmp_path: Path) -> None:
    command.downgrade(alembic_config(database_url), "-1")
    with cloned_database(postgres_url, "template1") as empty:
        for url in (database_url, empty):
            home = tmp_path / url.rpartition("/")[2]
            make_ready(url, Settings(database_url=url, home=home, _env_file=None), pytest.fail)
            assert applied_revision(url) == newest_revision()
            assert not (home / "backups").exists()


def test_a_desk_of_a_newer_lodge_is_left_alone(database_url: str, home_path: Path, tmp_path: Path) -> None:
    run(database_url, NEWER)
    place = {"LODGE_DATABASE_URL": database_url, "LODGE_HOME": str(home_path)}
    told = set()
    for arguments in (["seed", "--tickets", "1"], write_log(tmp_path), ["backup", str(tmp_path / "file")]):
        done = lodge(*arguments, **place)
        assert done.exit_code == 1
        told.add(done.stderr)
    (sentence,) = told
    assert sentence.count("\n") == 1
    assert "used with a newer Lodge: its database has the schema 9999" in sentence
    with DeskProcess(home_path, "up", command=("-m", "lodge.main"), database_url=database_url) as desk:
        assert desk.wait(120) == 1
    assert [f"{line}\n" for line in desk.lines if line.startswith("lodge:")] == [sentence]
    assert applied_revision(database_url) == "9999"


def test_nothing_is_upgraded_under_a_desk_that_another_version_runs(database_url: str, home_path: Path) -> None:
    command.downgrade(alembic_config(database_url), "-1")
    with Home(home_path).lock("up"), pytest.raises(DeskRefused, match="another version of Lodge runs it"):
        check_runs_this_version(database_url, home_path)
    with Home(home_path).lock("seed"):
        check_runs_this_version(database_url, home_path)


def test_missing_packages_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packages.check_packages()
    needed = tmp_path / "pyproject.toml"
    needed.write_text('[project]\ndependencies = ["typer>=0.1", "pytest>=99", "no-such-package>=1"]\n')
    monkeypatch.setattr(packages, "PYPROJECT", needed)
    with pytest.raises(LodgeError, match=r"pytest is [\d.]+ instead of >=99, no-such-package is missing\. Run `make"):
        packages.check_packages()


@pytest.mark.parametrize("missing", ["typer", "psycopg", "packaging"])
def test_a_package_that_cannot_be_imported_is_a_sentence(missing: str, home_path: Path) -> None:
    script = "import sys; sys.modules[sys.argv[1]] = None; from lodge.main import app; app(['backup', sys.argv[2]])"
    done = subprocess.run(
        [sys.executable, "-c", script, missing, str(home_path)],
        cwd=ROOT,
        env=os.environ | {"LODGE_HOME": str(home_path), "LODGE_DATABASE_URL": "postgresql://desk@127.0.0.1:1/desk"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.startswith(f"lodge: The Python package {missing} ")
    assert done.stderr.count("\n") == 1


def test_the_version_is_that_of_the_sources() -> None:
    assert lodge("--version").stdout == f"Lodge {lodge_version()}\n"
    assert f'version = "{lodge_version()}"' in (ROOT / "pyproject.toml").read_text()


def test_make_install_starts_nothing() -> None:
    done = subprocess.run(["make", "-n", "install"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0
    assert "lodge up" not in done.stdout.replace("Start your own campus with .venv/bin/lodge up", "")
