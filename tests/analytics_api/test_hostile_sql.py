"""Hostile statements, each tried on the running service: none reaches anything but the replica, and none stays."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.analytics_api.statements import statements_processes
from tests.lodge.waiting import wait_until
from tests.support.analytics import Analytics, running_analytics
from tests.support.api import Api, Visitor

SECRET = "d6b0c7a1-what-must-not-be-read"
QUICK, _, LONG = Path(__file__).with_name("hostile.sql").read_text("utf-8").partition("\n-- what takes long, or much\n")
AT_ONCE = 8
WRITTEN = Path("/dev/shm/lodge-was-here")


def statements(text: str) -> list[str]:
    return [line for line in text.splitlines() if not line.startswith("-- ")]


REACHING = statements(QUICK)
# Most of them run into the limit, so they run side by side.
LASTING = [statements(LONG)[start : start + AT_ONCE] for start in range(0, len(statements(LONG)), AT_ONCE)]


@dataclass
class Surroundings:
    """What a statement must not reach: a file, a folder, a port and this process's environment."""

    lab: Analytics
    secret: Path
    out: Path
    listener: socket.socket

    def filled_in(self, statement: str) -> str:
        replica = next((self.lab.home / "warehouse").glob("replica-*.duckdb"))
        port = self.listener.getsockname()[1]
        return statement.format(secret=self.secret, out=self.out, port=port, file=replica)

    def is_called(self) -> bool:
        try:
            self.listener.accept()
        except BlockingIOError:
            return False
        return True


@pytest.fixture(scope="module")
def around(api: Api, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Surroundings]:
    folder = tmp_path_factory.mktemp("around")
    secret, out = folder / "secret.csv", folder / "out"
    secret.write_text(SECRET)
    out.mkdir()
    api.enter("student", "Maja Novak").report("The projector shows no picture.")
    with (
        pytest.MonkeyPatch.context() as patch,
        socket.create_server(("127.0.0.1", 0)) as listener,
    ):
        patch.setenv("LODGE_PASSWORD", SECRET)
        listener.setblocking(False)
        home = tmp_path_factory.mktemp("home")
        with running_analytics(
            *(api.database_url, api.url, home),
            statements_at_once=AT_ONCE,
            LODGE_SQL_SECONDS="1",
            LODGE_SQL_MEMORY_MB="256",
        ) as lab:
            yield Surroundings(lab, secret, out, listener)


@pytest.fixture(scope="module")
def analyst(api: Api) -> Visitor:
    return api.enter("analyst", "Noor Haddad")


def check(around: Surroundings, analyst: Visitor, statement: str) -> None:
    """Runs the statement, and checks that it reached nothing."""
    headers = {"Authorization": f"Bearer {analyst.token}"}
    answer = around.lab.post("/sql", json={"sql": around.filled_in(statement)}, headers=headers)
    assert answer.status_code in (200, 403, 422), answer.text
    assert SECRET not in answer.text
    if "{file}" not in statement:  # an error repeats the statement
        assert str(around.lab.home) not in answer.text
    assert not list(around.out.iterdir())
    assert not WRITTEN.exists()
    assert not around.is_called()


@pytest.mark.parametrize("statement", REACHING, ids=range(len(REACHING)))
def test_a_hostile_statement_reaches_nothing(around: Surroundings, analyst: Visitor, statement: str) -> None:
    check(around, analyst, statement)
    assert not statements_processes(), "its process is gone before its answer is there"


@pytest.mark.parametrize("together", LASTING, ids=range(len(LASTING)))
def test_statements_that_take_long_end(around: Surroundings, analyst: Visitor, together: list[str]) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for checked in [pool.submit(check, around, analyst, statement) for statement in together]:
            checked.result()
    assert not statements_processes()


def test_the_service_and_the_replica_are_as_before(around: Surroundings, analyst: Visitor) -> None:
    assert len(REACHING) + sum(map(len, LASTING)) >= 300
    headers = {"Authorization": f"Bearer {analyst.token}"}
    count = {"sql": "SELECT count(*) FROM ticket"}

    def is_answered() -> bool:  # a busy machine may take more than its second
        return bool(around.lab.post("/sql", json=count, headers=headers).json().get("rows") == [[1]])

    wait_until(is_answered, "a statement is answered", 60)
    assert around.lab.check()["difference"] is None
