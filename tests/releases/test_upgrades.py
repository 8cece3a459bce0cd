"""A desk of an earlier release after an upgrade: with its data, its replica and its backup."""

import os
import re
import stat
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg
import pytest
from rich.console import Console

from lodge.backup import restore
from lodge.backup.archive import opened_archive
from lodge.backup.verifying import verify
from lodge.home import Home
from lodge.postgres import running_url
from lodge.preparation import applied_revision, newest_revision, prepare
from service_kit.settings import Settings
from service_kit.version import lodge_version
from tests.lodge.waiting import wait_until
from tests.releases.answers import answers, differences, figures
from tests.releases.kept import Release, releases
from tests.releases.running_desk import ROOT, running_desk
from tests.support.analytics import running_analytics
from tests.support.api import running_api
from tests.support.databases import cloned_database
from tests.support.homes import copy_home

ALL = pytest.mark.parametrize("release", releases(), ids=str)
WITH_ANOTHER_SCHEMA = [one for one in releases() if one.expected["revision"] != newest_revision()]
WAITING = "SELECT FROM pg_stat_activity WHERE %s = ANY (pg_blocking_pids(pid))"
TABLES = """
SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1
"""


@pytest.fixture
def home(home_template: Path) -> Iterator[Path]:
    """A LODGE_HOME whose database server is made, in a folder that every account may pass through."""
    with tempfile.TemporaryDirectory(prefix="lodge-test-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield copy_home(home_template, Path(folder) / "home")


@contextmanager
def database_of(release: Release, postgres_url: str) -> Iterator[str]:
    with cloned_database(postgres_url, "template1") as url:
        release.load(url)
        yield url


def rows(database_url: str) -> dict[str, str]:
    """Each table's content as one text."""
    with psycopg.connect(database_url) as connection:
        tables = [name for (name,) in connection.execute(TABLES).fetchall()]
        query = "SELECT coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '') FROM {} t"
        return {
            name: connection.execute(query.format(name).encode()).fetchone()[0]  # type: ignore[index]
            for name in tables
        }


def replica_number(home: Path) -> int:
    (file,) = (home / "warehouse").glob("replica-*.duckdb")
    return int(file.stem.removeprefix("replica-"))


BY_DAY = "created-and-closed-by-day"


def changed(release: Release, data_api: str, analytics_api: str | None = None) -> list[str]:
    """What is not as it was; nothing, it should be."""
    found = list(differences(release.expected["answers"], answers(data_api)))
    if analytics_api is not None:
        before, now = release.expected["figures"], figures(data_api, analytics_api)
        days = {row["day"] for row in before[BY_DAY]}
        now[BY_DAY] = [row for row in now[BY_DAY] if row["day"] in days]
        found += differences(before, now)
    return found


def test_the_latest_release_is_kept_and_what_comes_after_has_another_version() -> None:
    unreleased, *told = re.split(r"^## ", (ROOT / "CHANGELOG.md").read_text("utf-8"), flags=re.MULTILINE)[1:]
    headings = [text.partition("\n")[0] for text in told]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+ - \d{4}-\d\d-\d\d", heading) for heading in headings), headings
    latest = headings[0].partition(" ")[0]
    assert releases()[-1].version == latest
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    has_news = unreleased.strip() != "Unreleased"
    assert version.endswith(".dev0") or (version == latest and not has_news)


@ALL
def test_lodge_up_brings_the_desk_up_to_date(release: Release, home: Path) -> None:
    release.lay_home(home)
    former = replica_number(home)
    with running_desk(home) as desk:
        assert changed(release, desk.data_api, desk.analytics_api) == []
        assert "The replica is the database" in desk.lodge("check")
        assert replica_number(home) > former, "a new copy in the place of the old one"
        assert applied_revision(running_url(Home(home))) == newest_revision()
        assert httpx.get(f"{desk.data_api}/health", trust_env=False).json()["version"] == lodge_version()
        assert (home / "secrets" / "desk-key").read_text() == "the key of a desk of before"
        if release in WITH_ANOTHER_SCHEMA:
            (backup,) = (home / "backups").iterdir()
            assert f"The backup from before the upgrade is {backup}" in desk.printed()
            assert stat.S_IMODE(backup.stat().st_mode) == 0o600
            with opened_archive(backup) as archive:
                assert archive.manifest.schema_revision == release.expected["revision"]
                verify(archive)


@ALL
def test_its_backup_is_restored_on_an_empty_desk(release: Release, postgres_url: str, tmp_path: Path) -> None:
    with cloned_database(postgres_url, "template1") as url:
        settings = Settings(database_url=url, home=tmp_path / "home", _env_file=None)
        restore(settings, release.backup, ask=pytest.fail, console=Console(quiet=True))
        assert applied_revision(url) == newest_revision()
        with running_api(url) as api, running_analytics(url, api.url, tmp_path / "figures") as analytics:
            assert changed(release, api.url, analytics.url) == []
            assert analytics.check()["difference"] is None


@pytest.mark.parametrize("release", WITH_ANOTHER_SCHEMA, ids=str)
def test_an_upgrade_that_was_killed_goes_on_at_the_next_start(
    release: Release, postgres_url: str, tmp_path: Path
) -> None:
    """Killed with its first migration done and not yet noted as done."""
    with database_of(release, postgres_url) as url:
        before = rows(url)
        with psycopg.connect(url) as holder, psycopg.connect(url, autocommit=True) as observer:
            holder.execute("SELECT FROM alembic_version FOR UPDATE")
            environment = {**os.environ, "LODGE_DATABASE_URL": url, "LODGE_HOME": str(tmp_path / "home")}
            process = subprocess.Popen([sys.executable, "-m", "lodge.upgrading"], cwd=ROOT, env=environment)
            try:
                wait_until(
                    lambda: bool(observer.execute(WAITING, [holder.info.backend_pid]).fetchall()),
                    "an upgrade that waits",
                )
            finally:
                process.kill()
                process.wait()
        assert rows(url) == before
        prepare(url)
        assert applied_revision(url) == newest_revision()
        with running_api(url) as api:
            assert changed(release, api.url) == []
