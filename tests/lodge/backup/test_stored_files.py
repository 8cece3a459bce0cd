"""Files of tickets in a backup: all that the database refers to, checked by their hashes, into another home or
bucket."""

import hashlib
from pathlib import Path

import psycopg
import pytest
from rich.console import Console

from data_api.files.storage import BucketStorage, FolderStorage, credentials_of, kept_aside_list
from lodge.backup import back_up, restore, undo
from lodge.backup.archive import opened_archive
from lodge.backup.errors import BackupRefused
from lodge.backup.stored_files import stored_name
from lodge.backup.verifying import verify
from lodge.errors import LodgeError
from service_kit.settings import Settings
from tests.lodge.backup.conftest import QUIET, SmallDesk
from tests.support.bucket import bucket

ADD = """
INSERT INTO attachment (ticket_id, uploader_id, name, type, size, content_hash, thumbnail_hash)
SELECT min(ticket.id), min(requester_id), 'a.jpg', 'image/jpeg', %s, decode(%s, 'hex'), decode(%s, 'hex') FROM ticket
"""


def agree(_: str) -> None: ...


def hash_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def put(desk: SmallDesk, content: bytes) -> Path:
    """Keeps a content as an upload does, and returns where."""
    desk.home.mkdir(exist_ok=True)
    path = desk.home / "content"
    path.write_bytes(content)
    FolderStorage(desk.home / "files").put(hash_of(content), path)
    path.unlink()
    return desk.home / "files" / hash_of(content)[:2] / hash_of(content)


def add(desk: SmallDesk, content: bytes, thumbnail: bytes) -> list[Path]:
    with psycopg.connect(desk.url) as connection:
        connection.execute(ADD, [len(content), hash_of(content), hash_of(thumbnail)])
    return [put(desk, content), put(desk, thumbnail)]


def relative(desk: SmallDesk, paths: list[Path]) -> list[Path]:
    return [path.relative_to(desk.home) for path in paths]


def test_files_come_back_in_another_home(desk: SmallDesk, empty_desk: SmallDesk, tmp_path: Path) -> None:
    paths = add(desk, b"a photo" * 1000, b"small")
    put(desk, b"an orphan")
    archive = desk.back_up(tmp_path / "desk.lodge")
    with opened_archive(archive) as opened:
        names = {member.name for member in opened.manifest.members if member.name.startswith("files/")}
    assert names == {stored_name(hash_of(b"a photo" * 1000)), stored_name(hash_of(b"small"))}
    restore(empty_desk.settings, archive, agree, QUIET)
    for path, content in zip(relative(desk, paths), (b"a photo" * 1000, b"small"), strict=True):
        assert (empty_desk.home / path).read_bytes() == content
    assert list((empty_desk.home / "files" / "incoming").iterdir()) == []


def test_files_come_back_in_a_bucket_and_from_it(desk: SmallDesk, empty_desk: SmallDesk, tmp_path: Path) -> None:
    add(desk, b"a photo", b"small")
    archive = desk.back_up(tmp_path / "desk.lodge")
    with bucket(tmp_path) as named:
        settings = Settings(
            database_url=empty_desk.url,
            home=empty_desk.home,
            files_url=named["LODGE_FILES_URL"],
            files_credentials=Path(named["LODGE_FILES_CREDENTIALS"]),
            _env_file=None,
        )
        restore(settings, archive, agree, QUIET)
        storage = BucketStorage(named["LODGE_FILES_URL"], credentials_of(Path(named["LODGE_FILES_CREDENTIALS"])))
        assert b"".join(storage.read(hash_of(b"a photo"), 0, 7)) == b"a photo"
        back_up(empty_desk.url, empty_desk.home, tmp_path / "again", storage=storage, console=QUIET)
    with opened_archive(tmp_path / "again") as opened:
        verify(opened)
        assert opened.member(stored_name(hash_of(b"small"))) is not None


def test_a_file_that_is_damaged_is_not_backed_up(desk: SmallDesk, tmp_path: Path) -> None:
    photo, _ = add(desk, b"a photo", b"small")
    photo.write_bytes(b"damaged")
    with pytest.raises(LodgeError, match="is damaged where it is kept"):
        desk.back_up(tmp_path / "desk.lodge")
    assert not (tmp_path / "desk.lodge").exists()


def test_a_file_that_is_missing_is_told(desk: SmallDesk, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    photo, _ = add(desk, b"a photo", b"small")
    photo.unlink()
    back_up(desk.url, desk.home, tmp_path / "desk.lodge", console=Console(width=200))
    assert "1 files of tickets are not in it" in capsys.readouterr().out


def test_a_file_that_is_not_what_its_name_says_is_refused(
    desk: SmallDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(desk, b"a photo", b"a photo")
    monkeypatch.setattr("lodge.backup.stored_files.stored_name", lambda _: stored_name("0" * 64))
    with pytest.raises(BackupRefused, match="is not what its name says"):
        desk.back_up(tmp_path / "desk.lodge")


def test_an_undone_restore_has_its_files(desk: SmallDesk, tmp_path: Path) -> None:
    archive = desk.back_up(tmp_path / "desk.lodge")
    add(desk, b"later", b"later and small")
    restore(desk.settings, archive, agree, QUIET)
    assert set(kept_aside_list(desk.settings).read_text().split()) == {hash_of(b"later"), hash_of(b"later and small")}
    undo(desk.settings, agree, QUIET)
    with psycopg.connect(desk.url) as connection:
        found = connection.execute("SELECT encode(content_hash, 'hex') FROM attachment").fetchall()
    assert found == [(hash_of(b"later"),)]
