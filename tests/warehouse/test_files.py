"""A damaged file, a file of another version, no room on the disk: the numbers come back right by themselves."""

import random
import resource
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from tests.lodge.waiting import wait_until
from tests.warehouse.following import SOON, Following, following
from tests.warehouse.rows import TICKETS, fill
from warehouse.errors import DISK_FULL, CannotFollow, NoReplica
from warehouse.follow import _told
from warehouse.replica import Replica

LITTLE = 20_000  # bytes: less than the lines of some hundred tickets


@pytest.fixture(scope="module")
def whole(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A replica whose service has stopped, all of it in the file and nothing in its log."""
    with following(module_database_url, tmp_path_factory.mktemp("whole")) as desk:
        fill(desk)
        desk.sql(TICKETS, 3_000)
        assert desk.difference() is None
        file = desk.file
    with duckdb.connect(file) as database:
        database.execute("CHECKPOINT")
    return file


@pytest.fixture
def file(whole: Path, tmp_path: Path) -> Path:
    """A copy, to be damaged. The database may have gone on."""
    return Path(shutil.copy(whole, tmp_path))


def cut(file: Path, share: float) -> None:
    with file.open("r+b") as opened:
        opened.truncate(int(file.stat().st_size * share))


def scribble(file: Path, start: float, end: float) -> None:
    """Over a part of it, a byte in each stretch."""
    chosen, size = random.Random(7), file.stat().st_size
    with file.open("r+b") as opened:
        for place in range(int(size * start), int(size * end), 997):
            opened.seek(place)
            opened.write(chosen.randbytes(16))


DAMAGES: dict[str, Callable[[Path], object]] = {
    "empty": lambda file: file.write_bytes(b""),
    "of one byte": lambda file: file.write_bytes(b"x"),
    "something else": lambda file: file.write_bytes(b"SQLite format 3\0" * 5_000),
    "zeros": lambda file: file.write_bytes(bytes(300_000)),
    "cut in its head": lambda file: cut(file, 0.01),
    "cut in the middle": lambda file: cut(file, 0.5),
    "cut near the end": lambda file: cut(file, 0.97),
    "scribbled over at the beginning": lambda file: scribble(file, 0.0, 0.05),
    "scribbled over behind its head": lambda file: scribble(file, 0.05, 1.0),
    "scribbled over in its middle": lambda file: scribble(file, 0.3, 0.6),
    "a log of something else": lambda file: file.with_name(file.name + ".wal").write_bytes(b"something else" * 99),
    "without its state": lambda file: execute(file, "DELETE FROM internal.state"),
    "with two states": lambda file: execute(file, "INSERT INTO internal.state SELECT * FROM internal.state"),
    "of an older program": lambda file: execute(file, "ALTER TABLE internal.state DROP COLUMN revision"),
    "of a newer program": lambda file: execute(file, "ALTER TABLE internal.state ADD COLUMN more VARCHAR"),
    "of another schema": lambda file: execute(file, "DROP TABLE internal.state"),
}


def execute(file: Path, statement: str) -> None:
    with duckdb.connect(file) as database:
        database.execute(statement)


def is_readable(desk: Following) -> bool:
    """Whoever stumbles on a damaged place is told so; then the follower looks into it."""
    try:
        desk.last_numbers("SELECT sum(hash(ticket)::HUGEINT) FROM ticket")
        return desk.difference() is None
    except (NoReplica, CannotFollow):
        return False


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_file_is_built_anew(module_database_url: str, file: Path, damage: Callable[[Path], object]) -> None:
    damage(file)
    with following(module_database_url, file.parent) as desk:
        desk.sql("UPDATE ticket SET room = 'after' WHERE id % 9 = 0")
        wait_until(lambda: is_readable(desk), "it is built anew", SOON)
        assert desk.difference() is None
        desk.sql("UPDATE ticket SET room = NULL WHERE id % 9 = 0")
        assert desk.difference() is None
        assert [each.name for each in file.parent.glob("replica-*.duckdb")] == [desk.file.name]


def test_what_a_killed_one_left_goes(module_database_url: str, file: Path) -> None:
    for name in ("building-9.duckdb", "building-9.duckdb.wal", "replica-0.duckdb", "replica-x.duckdb"):
        (file.parent / name).write_bytes(b"left")
    with following(module_database_url, file.parent) as desk:
        assert desk.difference() is None
        assert desk.file == file
    assert sorted(each.name for each in file.parent.glob("*.duckdb*")) == [file.name]


@contextmanager
def no_room() -> Iterator[None]:
    """No file of this process may grow beyond a little."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handled = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (LITTLE, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handled)


def test_without_room_on_the_disk_the_last_numbers_stay(module_database_url: str, file: Path) -> None:
    with following(module_database_url, file.parent) as desk:
        ((number,),) = before = desk.ask("SELECT count(*) FROM ticket")
        with no_room():
            desk.sql(TICKETS, 1_000)
            desk.wait_until_doing("File too large")
            age = desk.age()
            assert desk.last_numbers("SELECT count(*) FROM ticket") == before
            desk.sql("UPDATE ticket SET priority = 0")
            assert not desk.follower.catch_up(0.5)
            assert desk.age() > age
            assert desk.last_numbers("SELECT count(*) FROM ticket") == before
        desk.wait_until_doing("ok")
        assert desk.ask("SELECT count(*), sum(priority) FROM ticket") == [(number + 1_000, 0)]
        assert desk.difference() is None


def test_a_full_disk_is_told_as_one_and_costs_no_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    error = duckdb.TransactionException("Failed to commit: Could not write file: No space left on device")
    assert _told(error) == DISK_FULL

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(duckdb, "connect", fail)
    with pytest.raises(duckdb.TransactionException):
        Replica(file.parent).open()
    assert file.exists()


def test_a_folder_that_vanished_under_it(desk: Following) -> None:
    for each in desk.folder.iterdir():
        if each.is_file():
            each.unlink()
    desk.folder.rename(desk.folder.with_name("elsewhere"))
    desk.sql(TICKETS, 2_000)
    desk.follower.catch_up(1)
    desk.wait_until_doing("ok")
    assert desk.difference() is None
