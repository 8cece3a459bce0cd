"""The `lodge` command as it is typed."""

import errno
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lodge.command import ROOT, lodge, lodge_program


def test_help_imports_nothing_slow() -> None:
    script = "import sys, lodge.main; sys.exit(' '.join({'pydantic', 'psycopg', 'sqlalchemy'} & set(sys.modules)) or 0)"
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT).returncode == 0
    shown = lodge("--help").stdout
    assert all(command in shown for command in ("up", "seed", "import", "status"))


def test_wrong_settings_are_named() -> None:
    done = lodge_program("up", LODGE_UI_PORT="many", LODGE_TIMEZONE="Campus")
    assert done.returncode == 1
    assert "LODGE_UI_PORT is 'many'; it must be a whole number from 1 to 65535\n" in done.stderr
    assert "LODGE_TIMEZONE: 'Campus' is no time zone" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_full_disk_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "/var/desk/run/lodge.lock")

    monkeypatch.setattr("lodge.main._settings", fail)
    done = lodge("backup", "/nowhere/desk.lodge")
    assert done.exit_code == 1
    assert done.stderr == "lodge: The disk is full (/var/desk/run/lodge.lock). Make room and try again.\n"


def test_a_sentence_holds_nothing_that_a_terminal_obeys() -> None:
    done = lodge("seed", "--tickets", "1", LODGE_HOME="/dev/null/\x1b[2Jhome")
    assert done.exit_code == 1
    assert done.stderr.startswith(r"lodge: LODGE_HOME /dev/null/\x1b[2Jhome cannot be used")


def test_empty_and_demo_exclude_each_other() -> None:
    done = lodge("up", "--empty", "--demo")
    assert done.exit_code == 2
    assert "exclude each other" in done.stderr


def test_status_of_a_desk_that_is_not_there(home_path: Path) -> None:
    done = lodge_program("status", LODGE_HOME=str(home_path))
    assert done.returncode == 1
    assert "does not answer" in done.stdout
    assert not home_path.exists()


def test_make_says_what_is_missing_when_python_is_too_old(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    old = tmp_path / "bin"
    old.mkdir()
    for name in ("python3", "python3.11", "python3.12"):
        (old / name).write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2"\nexit 1\n')
        (old / name).chmod(0o755)
    make = shutil.which("make")
    assert make is not None
    (old / "sh").symlink_to("/bin/sh")
    command = [make, ".venv/bin/python"]
    done = subprocess.run(command, cwd=tmp_path, env={"PATH": str(old)}, capture_output=True, text=True)
    assert done.returncode != 0
    assert "Lodge needs Python 3.11 or newer" in done.stdout
    assert "Python 3.9.2" in done.stdout
    assert not (tmp_path / ".venv").exists()
