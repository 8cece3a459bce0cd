"""What the sweep deletes, what it keeps, and that nobody ever refers to what it has deleted."""

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from contracts.desk import StudentsSee
from data_api.access.actor import find_actor
from data_api.attachments.repository import AttachmentRepository
from data_api.attachments.service import AttachmentService
from data_api.background.cleanup import delete_old_rows
from data_api.files.storage import FolderStorage, files_folder, kept_aside_list
from data_api.files.sweep_repository import SweepRepository
from data_api.files.sweeping import sweep
from data_api.files.uploads import Kept
from data_api.kit.database import make_engine
from data_api.kit.errors import ChangedMeanwhile
from data_api.tickets.repository import TicketRepository
from service_kit.settings import Settings
from tests.support.api import Api, Visitor, done
from tests.support.hostile_files import picture

DAY = 24 * 3600


@pytest.fixture(scope="module")
def engine(api: Api) -> Iterator[Engine]:
    engine = make_engine(api.database_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def settings(home: Path) -> Settings:
    return Settings(home=home, _env_file=None)


@pytest.fixture
def do_sweep(engine: Engine, settings: Settings) -> Callable[[], int]:
    return lambda: sweep(SweepRepository(engine), FolderStorage(files_folder(settings)), settings)


def hash_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def stored(home: Path) -> set[str]:
    return {path.name for path in (home / "files").glob("??/*")}


def age(home: Path, seconds: float = DAY + 60) -> None:
    """Makes all files so old."""
    then = time.time() - seconds
    for path in (home / "files").rglob("*"):
        os.utime(path, (then, then))


def test_only_old_contents_without_a_row_are_deleted(
    api: Api, home: Path, student: Visitor, do_sweep: Callable[[], int]
) -> None:
    kept = student.upload(picture(), "a.png", student.report()["id"])
    draft = student.upload(b"a draft\n")
    gone = student.upload(picture(size=(70, 70)), "b.png")
    done(student.delete(f"/attachments/{gone['id']}"), 204)
    before = stored(home)
    assert do_sweep() == 0, "they are young"
    age(home)
    assert do_sweep() == 2, "a content and its thumbnail"
    assert len(before - stored(home)) == 2
    for file in (kept, draft):
        assert student.get(f"/attachments/{file['id']}").status_code == 200
    assert student.get(f"/attachments/{kept['id']}/thumbnail").status_code == 200


def test_a_content_of_two_files_stays_while_one_is_left(
    home: Path, student: Visitor, do_sweep: Callable[[], int]
) -> None:
    first, second = (student.upload(b"twice\n") for _ in range(2))
    done(student.delete(f"/attachments/{first['id']}"), 204)
    age(home)
    do_sweep()
    assert student.get(f"/attachments/{second['id']}").content == b"twice\n"


def test_drafts_are_deleted_after_a_day_and_files_of_tickets_are_not(
    api: Api, engine: Engine, student: Visitor
) -> None:
    draft, young = student.upload(b"old draft\n"), student.upload(b"young draft\n")
    used = student.upload(b"used\n", ticket_id=student.report()["id"])
    ids = [draft["id"], used["id"]]
    api.sql("UPDATE attachment SET created_at = now() - interval '25 hours' WHERE id = ANY (%s)", ids)
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        delete_old_rows(connection)
    statuses = [student.get(f"/attachments/{file['id']}").status_code for file in (draft, young, used)]
    assert statuses == [404, 200, 200]


def test_what_an_upload_left_behind_is_deleted(home: Path, do_sweep: Callable[[], int]) -> None:
    incoming = home / "files" / "incoming"
    incoming.mkdir(exist_ok=True)
    (incoming / "old").write_bytes(b"half a file")
    age(home)
    (incoming / "young").write_bytes(b"half a file")
    do_sweep()
    assert [path.name for path in incoming.iterdir()] == ["young"]
    (incoming / "young").unlink()


def test_contents_of_a_desk_that_was_put_aside_stay(
    home: Path, settings: Settings, do_sweep: Callable[[], int]
) -> None:
    storage = FolderStorage(files_folder(settings))
    names = []
    for content in (b"aside", b"orphan"):
        path = home / "content"
        path.write_bytes(content)
        names.append(hash_of(content))
        storage.put(names[-1], path)
    kept_aside_list(settings).write_text(f"{names[0]}\n")
    age(home)
    do_sweep()
    assert [storage.has(name) for name in names] == [True, False]
    kept_aside_list(settings).unlink()
    do_sweep()
    assert not storage.has(names[0])


def test_an_upload_makes_an_old_content_young(home: Path, student: Visitor, do_sweep: Callable[[], int]) -> None:
    content = b"used again\n"
    done(student.delete(f"/attachments/{student.upload(content)['id']}"), 204)
    age(home)
    file = student.upload(content)
    do_sweep()
    assert student.get(f"/attachments/{file['id']}").content == content


# -- a sweep at the very moment when somebody refers to the content ------------------------------------------------


@pytest.fixture
def orphan(home: Path, settings: Settings, request: pytest.FixtureRequest) -> Kept:
    """An old content without a row, as the upload of the same content has found it."""
    path, content = home / "orphan", request.node.name.encode()
    path.write_bytes(content)
    name = hash_of(content)
    FolderStorage(files_folder(settings)).put(name, path)
    age(home)
    return Kept("a.txt", "text/plain", 9, name, None, path)


def service(session: Session, visitor: Visitor, settings: Settings) -> AttachmentService:
    actor = find_actor(session, visitor.token, "test", StudentsSee.ALL)
    assert actor is not None
    storage = FolderStorage(files_folder(settings))
    return AttachmentService(actor, AttachmentRepository(session), TicketRepository(session), storage)


def test_the_sweep_leaves_what_an_open_transaction_refers_to(
    engine: Engine, settings: Settings, student: Visitor, orphan: Kept, do_sweep: Callable[[], int]
) -> None:
    with Session(engine) as session:
        service(session, student, settings).add_draft(orphan)
        assert do_sweep() == 0
        session.commit()
    assert do_sweep() == 0
    assert FolderStorage(files_folder(settings)).has(orphan.content_hash)


def test_whoever_comes_after_the_sweep_is_told_to_try_again(
    api: Api, engine: Engine, settings: Settings, student: Visitor, orphan: Kept, do_sweep: Callable[[], int]
) -> None:
    assert do_sweep() >= 1
    with Session(engine) as session, pytest.raises(ChangedMeanwhile):
        service(session, student, settings).add_draft(orphan)
    content = bytes.fromhex(orphan.content_hash)
    assert (
        api.sql("SELECT id FROM attachment WHERE content_hash = %s AND created_at > now() - interval '1 s'", content)
        == []
    )


def test_one_sweep_at_a_time(engine: Engine, orphan: Kept, do_sweep: Callable[[], int], api: Api) -> None:
    api.sql("SELECT pg_advisory_lock_shared(hashtextextended('lodge sweep of files', 0))")
    assert do_sweep() == 0
    api.sql("SELECT pg_advisory_unlock_shared(hashtextextended('lodge sweep of files', 0))")
