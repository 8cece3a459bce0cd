"""`lodge backup` and `lodge restore` as they are typed."""

import json
from pathlib import Path

from service_kit.notes import last_backup_note
from tests.lodge.backup.conftest import SmallDesk
from tests.lodge.command import lodge, lodge_program


def test_a_file_or_undo_is_wanted() -> None:
    for arguments in ([], ["file", "--undo"]):
        done = lodge("restore", *arguments)
        assert done.exit_code == 2
        assert "name the backup's file, or --undo" in done.stderr


def test_there_and_back(desk: SmallDesk, tmp_path: Path) -> None:
    place = {"LODGE_HOME": str(desk.home), "LODGE_DATABASE_URL": desk.url}
    target = str(tmp_path / "desk.lodge")
    (desk.home / "run").mkdir(parents=True)
    saved = lodge_program("backup", target, **place)
    assert (saved.returncode, saved.stderr) == (0, "")
    assert f"Backed up 40 tickets into {target}" in saved.stdout
    assert json.loads(last_backup_note(desk.home).read_text())["bytes"] == Path(target).stat().st_size
    assert lodge("restore", target, answer="", **place).exit_code == 1  # nobody answers the question
    assert lodge("restore", target, answer="n\n", **place).exit_code == 1
    assert desk.databases() == set()
    restored = lodge_program("restore", target, "--yes", **place)
    assert (restored.returncode, restored.stderr) == (0, "")
    assert "Restored 40 tickets" in restored.stdout
    assert "lodge restore --undo" in restored.stdout
    assert lodge("restore", "--undo", answer="y\n", **place).exit_code == 0


def test_what_cannot_be_done_is_a_sentence(home_path: Path, tmp_path: Path) -> None:
    foreign = tmp_path / "foreign"
    foreign.write_text("hello")
    for told in (lodge("restore", str(foreign), LODGE_HOME=str(home_path)), lodge("backup", str(foreign))):
        assert told.exit_code == 1
        assert told.stderr.startswith("lodge: ")
        assert told.stderr.count("\n") == 1
    assert not home_path.exists()
