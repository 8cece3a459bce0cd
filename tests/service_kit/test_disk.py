"""When a disk counts as full, and which errors say so."""

import errno
import os
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from service_kit import disk
from service_kit.disk import Disk, means_full_disk


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), True),
        (OSError(errno.EDQUOT, os.strerror(errno.EDQUOT)), True),
        (psycopg.errors.DiskFull("could not extend file"), True),
        (OperationalError("INSERT", {}, psycopg.errors.DiskFull("could not extend file")), True),
        (OSError(errno.EIO, os.strerror(errno.EIO)), False),
        (psycopg.OperationalError("server closed the connection unexpectedly"), False),
        (OperationalError("SELECT", {}, psycopg.errors.LockNotAvailable("timeout")), False),
        (ValueError("No space left on device"), False),
    ],
)
def test_errors_that_mean_a_full_disk(error: Exception, expected: bool) -> None:
    assert means_full_disk(error) is expected


def test_a_disk_is_full_before_its_last_room_is_gone(tmp_path: Path) -> None:
    assert Disk(tmp_path, 1).health == "ok"
    full = Disk(tmp_path, 1_000_000_000)
    assert not full.has_room
    assert full.health.startswith("full: ")
    assert "LODGE_KEEP_FREE_MB" in full.health


def test_without_a_limit_changes_are_tried_and_a_full_disk_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "shutil", SimpleNamespace(disk_usage=lambda _: SimpleNamespace(free=4096)))
    assert Disk(tmp_path, 0).has_room
    assert Disk(tmp_path, 0).health == "full: 0 MB are free. Make room"


def test_a_folder_that_is_missing_is_another_fault(tmp_path: Path) -> None:
    assert Disk(tmp_path / "missing", 0).health == "ok"
    assert Disk(tmp_path / "missing", 1).health == "ok"
