"""The data API is killed in the middle of an upload: no row refers to what is not there, and after the sweep nothing is
left of the file."""

import hashlib
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import psycopg
import pytest
import uvicorn

from data_api.files.storage import FolderStorage, files_folder
from data_api.files.sweep_repository import SweepRepository
from data_api.files.sweeping import sweep
from data_api.kit.database import make_engine
from data_api.main import create_app
from service_kit.settings import Settings
from tests.lodge.waiting import wait_until
from tests.support.api import Api, Visitor
from tests.support.serving import START_SECONDS, server_config, settings_of, start_process

DAY = 24 * 3600


class Killable(NamedTuple):
    api: Api
    student: Visitor
    home: Path
    kill: Callable[[], None]


def serve(database_url: str, home: str, port: int) -> None:
    settings = settings_of(LODGE_DATABASE_URL=database_url, LODGE_HOME=home, LODGE_RATE_LIMITS="off")
    config = server_config(create_app(settings))
    config.port = port
    uvicorn.Server(config).run()


@pytest.fixture
def desk(module_database_url: str, tmp_path: Path) -> Iterator[Killable]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = start_process(serve, module_database_url, str(tmp_path), port)

    def kill() -> None:
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()

    with Api(f"http://127.0.0.1:{port}", module_database_url) as api:
        wait_until(lambda: _is_healthy(api), "the data API", START_SECONDS)
        yield Killable(api, api.enter("student", "Mia Rossi"), tmp_path, kill)
    if process.is_alive():
        kill()


def _is_healthy(api: Api) -> bool:
    try:
        return api.get("/health").status_code == 200
    except httpx.TransportError:
        return False


def files_of(home: Path) -> list[Path]:
    return [path for path in (home / "files").rglob("*") if path.is_file()]


def sweep_in_a_day(desk: Killable) -> None:
    then = time.time() - DAY - 60
    for path in files_of(desk.home):
        os.utime(path, (then, then))
    engine = make_engine(desk.api.database_url)
    settings = Settings(home=desk.home, _env_file=None)
    sweep(SweepRepository(engine), FolderStorage(files_folder(settings)), settings)
    engine.dispose()


def test_killed_while_a_file_arrives(desk: Killable) -> None:
    before = desk.api.sql("SELECT count(*) FROM attachment")
    head = (
        f"POST /attachments HTTP/1.1\r\nHost: {desk.student.base_url.netloc.decode()}\r\n"
        f"Authorization: Bearer {desk.student.token}\r\nContent-Length: 5000000\r\n"
        "Content-Type: multipart/form-data; boundary=X\r\n\r\n"
        '--X\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
    )
    with socket.create_connection((desk.student.base_url.host, desk.student.base_url.port or 0)) as connection:
        connection.sendall(head.encode() + b"x" * 2_000_000)
        wait_until(
            lambda: any(path.stat().st_size for path in files_of(desk.home)), "a part has arrived", START_SECONDS
        )
        desk.kill()
    assert desk.api.sql("SELECT count(*) FROM attachment") == before
    assert len(files_of(desk.home)) == 1
    sweep_in_a_day(desk)
    assert files_of(desk.home) == []


def test_killed_when_the_file_is_kept_and_the_row_is_not(desk: Killable) -> None:
    ticket_id = desk.student.report()["id"]
    before = desk.api.sql("SELECT count(*) FROM attachment")
    content = b"kept and never referred to\n"
    path = desk.home / "files" / hashlib.sha256(content).hexdigest()[:2] / hashlib.sha256(content).hexdigest()
    failed: list[Exception] = []

    def upload() -> None:
        try:
            desk.student.upload(content, "a.txt", ticket_id)
        except Exception as error:  # the connection is lost
            failed.append(error)

    with psycopg.connect(desk.api.database_url) as holding:
        holding.execute("SELECT FROM ticket WHERE id = %s FOR UPDATE", [ticket_id])
        uploading = threading.Thread(target=upload)
        uploading.start()
        wait_until(path.exists, "the content is kept", START_SECONDS)
        desk.kill()
        uploading.join()
    assert failed
    assert desk.api.sql("SELECT count(*) FROM attachment") == before
    assert path.read_bytes() == content
    sweep_in_a_day(desk)
    assert files_of(desk.home) == []
