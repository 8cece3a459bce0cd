"""A desk moves to a server of one's own and back, by the commands of docs/operations.md as they stand there."""

import re
import shlex
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from lodge.postgres import running_postgres
from tests.lodge.command import ROOT, lodge
from tests.lodge.desk_process import DeskProcess
from tests.lodge.outside_server import another_postgres
from tests.support.databases import on_server

PAGE = (ROOT / "docs" / "operations.md").read_text("utf-8")
TICKETS = "SELECT id, title, description, status, version FROM ticket ORDER BY id"


def blocks() -> list[list[str]]:
    """The statements for the server, and the commands of both ways."""
    (section,) = re.findall(r"^## From the bundled server .+?(?=^## )", PAGE, re.MULTILINE | re.DOTALL)
    return [block.splitlines() for block in re.findall(r"^```(?:sql)?\n(.+?)^```", section, re.MULTILINE | re.DOTALL)]


class Administrator:
    """Types commands. `lodge up` runs on in another terminal."""

    def __init__(self, home: Path, server_url: str, opened: ExitStack) -> None:
        self.home = home
        self.address = server_url.partition("@")[2].partition("/")[0]
        self.settings: dict[str, str] = {}
        self.opened = opened

    def type(self, line: str) -> None:
        command, *arguments = shlex.split(line.replace("db.example.edu:5432", self.address))
        if command == "export":
            name, _, value = arguments[0].partition("=")
            self.settings[name] = value
        elif command == "unset":
            del self.settings[arguments[0]]
        elif arguments == ["up"]:
            url = self.settings.get("LODGE_DATABASE_URL")
            self.opened.enter_context(DeskProcess(self.home, database_url=url)).wait_for("ready")
        else:
            assert command == ".venv/bin/lodge"
            done = lodge(*arguments, LODGE_HOME=str(self.home), **self.settings)
            assert done.exit_code == 0, (line, done.output)


@pytest.fixture
def server_url() -> Iterator[str]:
    with another_postgres() as url:
        yield url


def tickets(url: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(TICKETS).fetchall()


def test_there_and_back(made_home: Path, server_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    statements, there, back = blocks()
    monkeypatch.chdir(tmp_path)
    with psycopg.connect(server_url, autocommit=True) as server:
        for statement in statements:
            server.execute(statement.encode())
    own_url = on_server(server_url, "campus")
    with ExitStack() as opened:
        administrator = Administrator(made_home, server_url, opened)
        administrator.type(".venv/bin/lodge seed --tickets 20")
        administrator.type(".venv/bin/lodge up")
        for line in there:
            administrator.type(line)
        moved = tickets(own_url)
        assert len(moved) == 20
        with psycopg.connect(own_url) as connection:
            connection.execute("UPDATE ticket SET title = 'Changed there'")
        for line in back:
            administrator.type(line)
        administrator.type(".venv/bin/lodge stop")
        with running_postgres(made_home, "test") as url:
            assert {title for _, title, *_ in tickets(url)} == {"Changed there"}
            assert [row[:1] + row[2:] for row in tickets(url)] == [row[:1] + row[2:] for row in moved]
