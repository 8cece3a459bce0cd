"""Starts, finds and stops the embedded PostgreSQL server of a LODGE_HOME."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil

from lodge.account import give_folder, server_account
from lodge.binaries import reachable_binaries
from lodge.cluster import ANALYTICS, OWNER, Cluster, server_environment
from lodge.errors import HomeTaken, LodgeError
from lodge.folders import read_start, read_word, remove
from lodge.home import Home
from lodge.ports import choose_port
from lodge.processes import KILL_SECONDS, Program, Running, end, has_ended, kill_all, last_lines, spawn
from service_kit.settings import LogFormat

START_SECONDS = 120.0  # after a crash the server first replays its write-ahead log
PID_FILE_BYTES = 8_192
_POLL_SECONDS = 0.02


class PostgresServer:
    """The server of one home. Only the holder of the home's lock may create an instance.

    `durable=False`, for tests, is faster but may lose data in a crash.
    """

    def __init__(self, home: Home, *, durable: bool = True, log_format: LogFormat = "plain") -> None:
        self._durable = durable
        self._log_format: LogFormat = log_format
        self.home = home
        self.account = server_account(home.postgres)
        if self.account:
            give_folder(home.postgres, self.account)
        self.binaries = reachable_binaries(home.path, self.account)
        files = (_password_file(home), _analytics_file(home))
        self.cluster = Cluster(home.postgres, self.binaries, self.account, *files)
        self.port = 0

    def prepare(self) -> None:
        """Has to run before each start: ends processes of an earlier server, makes the data folder, chooses a port."""
        self.sweep()
        self.cluster.make(durable=self._durable)
        if self.port == 0:
            self.port = choose_port(_port_file(self.home))
        self.cluster.configure(self.port, durable=self._durable)

    def sweep(self) -> None:
        """Kills every server process of this data folder, and then deletes postmaster.pid.

        Backends outlive a killed postmaster and hold its shared memory. The pid file does not lead to them: it may be
        half written, or its pid may belong to another process by now. Raises LodgeError when a process does not end.
        """
        deadline = time.monotonic() + KILL_SECONDS
        # Repeated until no process is left: a postmaster may start another backend while it is being killed.
        while left := server_processes(self.cluster.folder):
            if time.monotonic() > deadline:
                raise LodgeError(f"These database processes do not end: {[process.pid for process in left]}")
            kill_all(left)
        remove(self.cluster.folder / "postmaster.pid")

    def program(self) -> Program:
        return Program(
            name="postgres",
            command=(str(self.binaries / "postgres"), "-D", str(self.cluster.folder)),
            environment=server_environment(),
            folder=self.cluster.folder,
            log=self.home.logs / "postgres.log",
            log_format=self._log_format,
            account=self.account,
            stop=((signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)),
            when_parent_dies=signal.SIGINT,
        )

    def url(self) -> str:
        return _url(self.port, OWNER, self.cluster.password)

    def analytics_url(self) -> str:
        """Returns the URL for the analytics role, which may read only the data that the replica holds."""
        return _url(self.port, ANALYTICS, self.cluster.analytics_password)

    def is_ready(self, pid: int) -> bool:
        """Returns whether postmaster.pid was written by this process and says that it accepts connections."""
        try:
            lines = read_start(self.cluster.folder / "postmaster.pid", PID_FILE_BYTES).decode().split("\n")
        except (OSError, UnicodeDecodeError):
            return False
        return len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready"


@contextmanager
def running_postgres(
    home_path: Path, holder: str, *, durable: bool = True, log_format: LogFormat = "plain"
) -> Iterator[str]:
    """Gives the URL of the home's database, which a running `lodge up` serves or a server started for this block.

    `holder` is the command that asks. Raises HomeTaken when another command than `up` has started the server.
    """
    home = Home(home_path)
    with ExitStack() as stack:
        try:
            stack.enter_context(home.lock(holder))
        except HomeTaken as taken:
            if taken.holder != "up":
                raise
            yield running_url(home)
        else:
            yield stack.enter_context(_started(PostgresServer(home, durable=durable, log_format=log_format)))


@contextmanager
def _started(server: PostgresServer) -> Iterator[str]:
    server.prepare()
    program = server.program()
    process = spawn(program)
    try:
        _wait_until_ready(server, process, program.log)
        yield server.url()
    finally:
        end(process, program, threading.Event())
        server.sweep()


def _wait_until_ready(server: PostgresServer, process: Running, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not server.is_ready(process.pid):
        if has_ended(process) or time.monotonic() > deadline:
            process.drain_log()
            raise LodgeError(f"The database server did not start. The end of {log}:\n{last_lines(log)}")
        time.sleep(_POLL_SECONDS)


def running_url(home: Home) -> str:
    """Returns the database URL of a running `lodge up` of this home. Raises LodgeError when its files are not there."""
    try:
        return _url(int(read_word(_port_file(home))), OWNER, read_word(_password_file(home)))
    except (FileNotFoundError, ValueError):
        raise LodgeError(f"Lodge is still starting in {home.path}. Try again in a few seconds.") from None
    except OSError as error:
        raise LodgeError(
            f"{error.filename} cannot be read: {error.strerror}. Only the account that Lodge runs as may."
        ) from error


def server_processes(data_folder: Path) -> list[psutil.Process]:
    """Returns every PostgreSQL process whose working folder this is. The pid file is not consulted."""
    return [process for process in psutil.process_iter() if _works_in(process, data_folder)]


def _works_in(process: psutil.Process, data_folder: Path) -> bool:
    try:
        # When an update has replaced the program, the system reports it as "postgres (deleted)".
        is_server = Path(process.exe()).name.split(" ")[0] == "postgres"
        return is_server and process.cwd().removesuffix(" (deleted)") == str(data_folder)
    except (psutil.Error, OSError):
        return False


def _url(port: int, role: str, password: str) -> str:
    return f"postgresql://{role}:{password}@127.0.0.1:{port}/{OWNER}"


def _port_file(home: Home) -> Path:
    return home.run / "postgres.port"


def _password_file(home: Home) -> Path:
    return home.secrets / "postgres-password"


def _analytics_file(home: Home) -> Path:
    return home.secrets / "postgres-analytics-password"
