"""The archive: any damage is found, and nothing in it leads anywhere."""

import os
import random
import stat
import tarfile
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from lodge.backup.archive import BLOCK, SEALED, _end, opened_archive
from lodge.backup.errors import BackupRefused
from tests.lodge.backup.forging import foreign_tar, forge

TOLD = {"lodge": "0.1.0", "schema_revision": "0003", "postgres": 180006, "made_at": datetime(2026, 11, 21, tzinfo=UTC)}
FILES = {"database.dump": random.Random(1).randbytes(3_000), "home/secrets/key": b"secret"}


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    return forge(tmp_path / "whole", FILES, **TOLD, rows={"ticket": 3})


def refused(path: Path) -> str:
    with pytest.raises(BackupRefused) as caught:
        read_all(path)
    return str(caught.value)


def read_all(path: Path) -> None:
    with opened_archive(path) as archive:
        for member in archive.manifest.members:
            list(archive.pieces(member))


def test_what_was_written_is_read(whole: Path) -> None:
    assert stat.S_IMODE(whole.stat().st_mode) == 0o600
    with opened_archive(whole) as archive:
        assert archive.manifest.rows == {"ticket": 3}
        assert {one.name: b"".join(archive.pieces(one)) for one in archive.manifest.members} == FILES
    with tarfile.open(whole) as tar:
        assert tar.getnames() == ["manifest.json", *FILES, "seal.sha256"]


def test_a_flipped_bit_anywhere_is_found(whole: Path, tmp_path: Path) -> None:
    good, damaged = whole.read_bytes(), tmp_path / "damaged"
    places = {*range(0, len(good), 97), 0, BLOCK, BLOCK + 20, len(good) - SEALED, len(good) - 1}
    for place in sorted(places):
        content = bytearray(good)
        content[place] ^= 1 << place % 8
        damaged.write_bytes(content)
        assert refused(damaged), place


def test_a_cut_or_longer_one_is_found(whole: Path, tmp_path: Path) -> None:
    good, damaged = whole.read_bytes(), tmp_path / "damaged"
    for size in [0, 1, BLOCK, BLOCK + 10, *range(0, len(good), 501), len(good) - SEALED, len(good) - 1]:
        damaged.write_bytes(good[:size])
        refused(damaged)
    damaged.write_bytes(good + b"\0")
    assert "damaged or cut short" in refused(damaged)


def a_text(path: Path) -> Path:
    path.write_text("id,title\n1,Lift\n" * 100)
    return path


def a_pipe(path: Path) -> Path:
    os.mkfifo(path)
    return path


@pytest.mark.parametrize("make", [a_text, a_pipe, foreign_tar])
def test_a_foreign_file_is_refused(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    assert refused(make(tmp_path / "foreign")).startswith("This is not a backup of Lodge")


def test_one_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert refused(tmp_path / "missing").endswith("cannot be read: No such file or directory.")


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    newer = forge(tmp_path / "newer", FILES, **(TOLD | {"lodge": "9.0"}), format=2, rows={}, colour="blue")
    assert "made by Lodge 9.0, in a format that this one does not know" in refused(newer)


@pytest.mark.parametrize("told", [{"rows": {}, "schema_revision": 5}, {"rows": [1]}, {"rows": {}, "format": "1"}])
def test_a_manifest_that_is_not_one_is_refused(tmp_path: Path, told: dict[str, object]) -> None:
    assert refused(forge(tmp_path / "odd", FILES, **(TOLD | told)))


@pytest.mark.parametrize("name", ["/etc/passwd", "../outside", "Upper"])
def test_a_name_that_no_backup_has_is_refused(tmp_path: Path, name: str) -> None:
    assert refused(forge(tmp_path / "odd", FILES | {name: b"x"}, **TOLD, rows={}))


def test_a_link_in_place_of_a_file_is_refused(whole: Path, tmp_path: Path) -> None:
    with tarfile.open(whole) as tar:
        place = tar.getmember("home/secrets/key").offset
    content = bytearray(whole.read_bytes())
    link = tarfile.TarInfo("home/secrets/key")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc"
    content[place : place + BLOCK] = link.tobuf(tarfile.GNU_FORMAT)
    forged = tmp_path / "forged"
    forged.write_bytes(sealed(bytes(content[:-SEALED])))
    assert "are not those that its manifest lists" in refused(forged)


def sealed(body: bytes) -> bytes:
    return body + _end(sha256(body).hexdigest())
