"""From one desk into another, and whatever goes wrong leaves the desk as it was."""

import os
import shutil
import stat
import subprocess
from pathlib import Path
from typing import Any

import psycopg
import pytest

from data_api.migrate import upgrade
from lodge.backup import BackupRefused, programs, restore, restoring, undo
from lodge.backup.manifest import read_manifest
from lodge.backup.swapping import Beside
from lodge.errors import LodgeError
from lodge.preparation import applied_revision, newest_revision
from tests.lodge.backup.conftest import QUIET, TICKETS, SmallDesk
from tests.lodge.backup.forging import contents, rewrite

ENTER = """
INSERT INTO session_token (token_hash, person_id, expires_at)
SELECT 'hash', id, now() + interval '1 day' FROM person LIMIT 1
"""


def agree(question: str) -> None:
    assert "desk" in question


def never_asked(question: str) -> None:
    raise AssertionError(question)


class Declined(Exception):
    pass


def decline(question: str) -> None:
    raise Declined


def without_sign_ins(rows: dict[str, str]) -> dict[str, str]:
    """Without what revoking the sign-ins changes."""
    return {name: text for name, text in rows.items() if name not in {"session_token", "change"}}


def test_every_row_comes_back(desk: SmallDesk, empty_desk: SmallDesk, tmp_path: Path) -> None:
    desk.run(ENTER)
    before = desk.rows()
    archive = desk.back_up(tmp_path / "desk.lodge")
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    assert desk.rows() == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    restore(empty_desk.settings, archive, never_asked, QUIET)
    after = empty_desk.rows()
    assert without_sign_ins(after) == without_sign_ins(before)
    assert set(before["change"].split("\n")) < set(after["change"].split("\n"))
    with psycopg.connect(empty_desk.url) as connection:
        assert connection.execute("SELECT count(*), count(revoked_at) FROM session_token").fetchone() == (1, 1)
    assert empty_desk.databases() == set()
    assert list((empty_desk.home / "run").iterdir()) == []


def test_the_restored_desk_counts_on(saved: Path, empty_desk: SmallDesk) -> None:
    restore(empty_desk.settings, saved, never_asked, QUIET)
    with psycopg.connect(empty_desk.url) as connection:
        highest = connection.execute("SELECT max(id) FROM ticket").fetchone()
        number = connection.execute("SELECT nextval(pg_get_serial_sequence('ticket', 'id'))").fetchone()
    assert highest
    assert number
    assert number[0] > highest[0]


def test_a_file_that_is_there_is_kept_unless_forced(desk: SmallDesk, tmp_path: Path) -> None:
    target = tmp_path / "mine"
    target.write_text("mine")
    with pytest.raises(LodgeError, match="exists already"):
        desk.back_up(target)
    assert target.read_text() == "mine"
    desk.back_up(target, force=True)
    assert "database.dump" in contents(target)
    with pytest.raises(LodgeError, match="is a folder"):
        desk.back_up(tmp_path, force=True)
    with pytest.raises(LodgeError, match="cannot be written: No such file"):
        desk.back_up(tmp_path / "nowhere" / "file")


def test_what_cannot_be_restored_gets_no_name(desk: SmallDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def torn(url: str, snapshot: str, target: Path, told: object) -> None:
        dump(url, snapshot, target)
        os.truncate(target, target.stat().st_size - 2_000)

    dump = programs.dump
    monkeypatch.setattr(programs, "dump", torn)
    with pytest.raises(BackupRefused):
        desk.back_up(tmp_path / "torn")
    assert [path.name for path in tmp_path.iterdir() if "torn" in path.name] == []


def test_a_desk_with_tickets_is_asked_for_and_kept(desk: SmallDesk, saved: Path) -> None:
    before = desk.state()
    with pytest.raises(Declined):
        restore(desk.settings, saved, decline, QUIET)
    assert desk.state()[:2] == before[:2]
    rows = desk.rows()
    restore(desk.settings, saved, agree, QUIET)
    restored = desk.rows()
    assert restored["ticket"] != rows["ticket"]
    [kept] = desk.databases()
    undo(desk.settings, agree, QUIET)
    assert without_sign_ins(desk.rows()) == without_sign_ins(rows)
    [aside] = desk.databases()
    assert aside != kept
    restore(desk.settings, saved, agree, QUIET)
    assert len(desk.databases()) == 1


def test_without_a_desk_put_aside_there_is_nothing_to_undo(desk: SmallDesk) -> None:
    with pytest.raises(LodgeError, match="no desk that a restore has put aside"):
        undo(desk.settings, never_asked, QUIET)


@pytest.mark.parametrize("part", ["manifest", "dump", "middle", "end", "cut"])
def test_a_damaged_one_is_refused_before_anything_is_touched(
    desk: SmallDesk, saved: Path, tmp_path: Path, part: str
) -> None:
    content = bytearray(saved.read_bytes())
    if part == "cut":
        del content[-5_000:]
    else:
        content[{"manifest": 700, "dump": 3_000, "middle": len(content) // 2, "end": -1_200}[part]] ^= 4
    (tmp_path / "damaged").write_bytes(content)
    before = desk.state()
    with pytest.raises(BackupRefused, match=r"Nothing was touched|not a backup"):
        restore(desk.settings, tmp_path / "damaged", never_asked, QUIET)
    assert desk.state() == before
    assert not desk.home.exists()


def test_a_torn_dump_under_a_good_seal_is_refused(desk: SmallDesk, saved: Path, tmp_path: Path) -> None:
    dump = contents(saved)["database.dump"]
    before = desk.state()
    for number, torn in enumerate([dump[:-3_000], dump[: len(dump) // 2], b"PGDMP", b"DROP TABLE ticket;", b""]):
        forged = rewrite(saved, tmp_path / f"torn-{number}", {"database.dump": torn})
        with pytest.raises(BackupRefused, match="dump in this backup cannot be read"):
            restore(desk.settings, forged, never_asked, QUIET)
    assert desk.state() == before


def test_a_newer_schema_is_refused(desk: SmallDesk, saved: Path, tmp_path: Path) -> None:
    forged = rewrite(saved, tmp_path / "newer", schema_revision="9999", lodge="9.0")
    before = desk.state()
    with pytest.raises(BackupRefused, match=r"made by a newer Lodge \(9\.0; its schema is 9999\)"):
        restore(desk.settings, forged, never_asked, QUIET)
    assert desk.state() == before


def test_an_older_schema_is_migrated(empty_desk: SmallDesk, desk: SmallDesk, tmp_path: Path) -> None:
    upgrade(empty_desk.url, "0002")
    empty_desk.run("INSERT INTO building (slug, name) VALUES ('old', 'Old Hall')")
    old = empty_desk.back_up(tmp_path / "old")
    restore(desk.settings, old, agree, QUIET)
    assert applied_revision(desk.url) == newest_revision()
    assert "Old Hall" in desk.rows()["building"]
    assert "technical-it" in desk.rows()["category"]


def test_a_load_that_fails_half_way_leaves_the_desk(desk: SmallDesk, saved: Path, tmp_path: Path) -> None:
    """The dump is readable, and one of its rows does not fit into the tables."""
    desk.run("ALTER TABLE ticket DROP CONSTRAINT ck_ticket_priority")
    desk.run("UPDATE ticket SET priority = 99 WHERE id = (SELECT max(id) FROM ticket)")
    broken = desk.back_up(tmp_path / "broken")
    before = desk.rows()
    with pytest.raises(LodgeError, match=r"could not be loaded: .*ticket"):
        restore(desk.settings, broken, agree, QUIET)
    assert (desk.rows(), desk.databases()) == (before, set())
    assert list((desk.home / "run").iterdir()) == []


def test_missing_rows_are_noticed(desk: SmallDesk, saved: Path, tmp_path: Path) -> None:
    rows = read_manifest(contents(saved)["manifest.json"]).rows
    before = desk.rows()
    for number, (counted, told) in enumerate(
        [
            (rows | {"ticket": TICKETS + 1}, "ticket should have 41 rows"),
            ({}, "does not count alembic_version"),
            ({name: rows[name] for name in rows if name != "message"}, "does not count message"),
        ]
    ):
        forged = rewrite(saved, tmp_path / f"fewer-{number}", rows=counted)
        with pytest.raises(LodgeError, match=told):
            restore(desk.settings, forged, agree, QUIET)
    assert (desk.rows(), desk.databases()) == (before, set())


def test_files_are_as_before_when_the_swap_fails(
    desk: SmallDesk, saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forged = rewrite(saved, tmp_path / "files", {"home/secrets/key": b"new", "home/secrets/more": b"more"})
    secrets = desk.home / "secrets"
    secrets.mkdir(parents=True)
    (secrets / "key").write_text("old")
    before = desk.rows()

    def fail(self: Beside, new: str | None = None) -> str:
        assert (secrets / "key").read_text() == "new"
        raise psycopg.OperationalError("the server went away")

    monkeypatch.setattr(Beside, "swap", fail)
    with pytest.raises(LodgeError, match="The desk is as it was"):
        restore(desk.settings, forged, agree, QUIET)
    assert {path.name: path.read_text() for path in secrets.iterdir()} == {"key": "old"}
    assert (desk.rows(), desk.databases()) == (before, set())


def test_only_what_is_on_the_list_is_put_back(empty_desk: SmallDesk, saved: Path, tmp_path: Path) -> None:
    names = [
        "home/secrets/key",
        "home/secrets/postgres-password",
        "home/secrets/desk-key",
        "home/logs/x",
        "home/secrets/../../outside",
    ]
    names += ["home/secrets/sub/x", "home/x", "home/postgres/18/pg_hba.conf", "other"]
    forged = rewrite(saved, tmp_path / "many", dict.fromkeys(names, b"forged"))
    restore(empty_desk.settings, forged, never_asked, QUIET)
    found = [path for path in tmp_path.rglob("*") if path.is_file() and path.read_bytes() == b"forged"]
    kept = [path for path in found if not path.name.startswith("many-")]
    assert kept == [empty_desk.home / "secrets" / "key"]
    assert stat.S_IMODE(kept[0].stat().st_mode) == 0o600


def test_files_of_the_home_go_along_but_not_what_belongs_to_the_machine(desk: SmallDesk, tmp_path: Path) -> None:
    secrets = desk.home / "secrets"
    secrets.mkdir(parents=True)
    (secrets / "key").write_text("secret")
    for name in ("postgres-password", "postgres-analytics-password", "desk-key", "metrics-token"):
        (secrets / name).write_text("other")
    (secrets / "link").symlink_to("/etc/passwd")
    archive = desk.back_up(tmp_path / "desk.lodge")
    assert set(contents(archive)) == {"manifest.json", "database.dump", "home/secrets/key", "seal.sha256"}


def test_no_command_line_tells_the_password(desk: SmallDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[str] = []

    class Listening(subprocess.Popen):  # type: ignore[type-arg]
        def __init__(self, arguments: list[str], **options: Any) -> None:
            lines.append(" ".join(map(str, arguments)))
            super().__init__(arguments, **options)

    monkeypatch.setattr(subprocess, "Popen", Listening)
    restore(desk.settings, desk.back_up(tmp_path / "desk.lodge"), agree, QUIET)
    password = desk.url.split(":")[2].partition("@")[0]
    assert {Path(line.split()[0]).name for line in lines} >= {"pg_dump", "pg_restore"}
    assert not any(password in line for line in lines)


def test_a_role_that_may_make_no_database_is_told_what_to_do(desk: SmallDesk, saved: Path) -> None:
    before = desk.rows()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("lodge.backup.repository.MAY_SWAP", "SELECT false WHERE %s <> ''")
        with pytest.raises(LodgeError, match="CREATEDB"):
            restore(desk.settings, saved, agree, QUIET)
    assert desk.rows() == before


def test_only_one_restores_at_a_time(desk: SmallDesk, saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def again(*arguments: object) -> None:
        monkeypatch.undo()
        with pytest.raises(LodgeError, match="Another `lodge restore`"):
            restore(desk.settings, saved, agree, QUIET)
        raise LodgeError("enough")

    monkeypatch.setattr(restoring, "_load", again)
    with pytest.raises(LodgeError, match="enough"):
        restore(desk.settings, saved, agree, QUIET)


def test_what_a_killed_restore_left_goes(desk: SmallDesk, saved: Path) -> None:
    left = desk.home / "run" / "restore-left"
    left.mkdir(parents=True)
    shutil.copy(saved, left / "dump")
    with psycopg.connect(desk.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {desk.name}_restoring".encode())
    restore(desk.settings, saved, agree, QUIET)
    assert not left.exists()
    assert all("_before_" in name for name in desk.databases())
