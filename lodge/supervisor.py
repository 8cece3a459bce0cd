"""`lodge up`: starts the desk, keeps it running, stops it."""

import asyncio
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from urllib.parse import urlsplit

from contracts.desk import SignIn
from data_api.access.counts import make_counts_file
from lodge.check import make_desk_secrets
from lodge.errors import EXIT_REFUSED, HomeTaken, LodgeError
from lodge.home import Home, named_desk
from lodge.outside import check_server
from lodge.ports import is_free, is_loopback
from lodge.postgres import PostgresServer
from lodge.processes import Program, allow_many_files, end, end_remembered, has_ended, last_lines, spawn
from lodge.services import ROOT, Service, keep_free_mb, services, settings_environment
from lodge.terminal import service_line
from lodge.watch import POLL_SECONDS, Patience, Watch
from lodge.watched import WatchedPostgres, WatchedService
from lodge.which_database import noted_database
from lodge.workers import Worker, noted_service, noted_workers, shared_port
from service_kit.database_url import shown_address
from service_kit.disk import Disk
from service_kit.metrics_files import clear_metrics
from service_kit.settings import Settings

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
SAME_KEY_SECONDS = 0.5
PREPARATION_TRIES = 3
PORTS_APART = 100  # from the ports of a desk to those that are proposed for another one


def up(settings: Settings, say: Callable[[str], None], *, demo: bool) -> None:
    """Runs the desk until a signal stops it. Raises LodgeError when it cannot start."""
    try:
        keep_up(services(settings), ("-m", "lodge.upgrading", *(["--demo"] if demo else [])), settings, say)
    except HomeTaken as taken:
        if taken.holder != "up":
            raise
        raise LodgeError(_runs_already(settings, demo=demo)) from taken


def _runs_already(settings: Settings, *, demo: bool) -> str:
    """Returns which desk runs and where, and how to start another one beside it."""
    ui = services(settings)[0]
    running = noted_service(Home(settings.home), ui)
    address = settings.public_url or (running.address if running else ui.address)
    what, command = ("a demo", "make run") if demo else ("another desk", ".venv/bin/lodge up")
    ports = (f"{one.port_setting}={one.port + PORTS_APART}" for one in services(settings) if one.port is not None)
    return (
        f"{named_desk(settings)} is running already. Open {address} in a browser; `lodge stop` stops it.\n"
        f"For {what} beside it, choose another folder and other ports:\n"
        f"  LODGE_HOME=var/{'demo' if demo else 'other'} {' '.join(ports)} {command}"
    )


def keep_up(
    wanted: list[Service],
    preparation: tuple[str, ...],
    settings: Settings,
    say: Callable[[str], None],
    patience: Patience | None = None,
) -> None:
    """Runs the given services until a signal stops them. Raises LodgeError when they cannot start.

    `preparation` holds the arguments for Python of the program that makes the database ready for them.
    """
    check_sign_in(settings)
    check_who_may_reach(settings)
    allow_many_files()
    home = Home(settings.home)
    with home.lock("up"):
        end_remembered(home.run)
        make_desk_secrets(home)
        check_ports(settings.host, wanted)
        if settings.analytics_database_url and not settings.database_url:
            raise LodgeError("LODGE_ANALYTICS_DATABASE_URL is of use beside LODGE_DATABASE_URL only. Unset it.")
        if settings.database_url:
            lacks = check_server(settings.database_url)
            say(service_line("Postgres", f"{shown_address(settings.database_url)} (your own server)"))
            for sentence in lacks:
                say(sentence)
        if (disk := Disk(home.path, keep_free_mb(settings)).health) != "ok":
            say(f"The disk is {disk}.")
        with noted_database(settings, home), shared_ports(settings.host, wanted, home) as workers:
            desk = Desk(wanted, preparation, settings, home, say, patience or Patience(), workers)
            asyncio.run(desk.run())


class Desk:
    """Starts and stops the services of one home in the right order."""

    def __init__(
        self,
        wanted: list[Service],
        preparation: tuple[str, ...],
        settings: Settings,
        home: Home,
        say: Callable[[str], None],
        patience: Patience,
        workers: Mapping[str, list[Worker]] | None = None,
    ) -> None:
        """`workers` holds, by service name, the workers of the services that have several processes."""
        self._preparation = preparation
        self._services = wanted
        self._settings = settings
        self._home = home
        self._say = say
        self._server = None if settings.database_url else PostgresServer(home, log_format=settings.log_format)
        self._postgres = Watch(WatchedPostgres(self._server), home, say, patience) if self._server else None
        self._watches: dict[str, list[Watch]] = {}
        for service in wanted:
            processes: list[Worker | None] = [*(workers or {}).get(service.name, [])] or [None]
            watched = [WatchedService(service, settings, home, self._url_of(service), one) for one in processes]
            self._watches[service.name] = [Watch(one, home, say, patience) for one in watched]
        self._hurry = threading.Event()
        self._stopped_at: float | None = None

    def _database_url(self) -> str:
        return self._server.url() if self._server else str(self._settings.database_url)

    def _analytics_url(self) -> str | None:
        """Returns None on an external server when LODGE_ANALYTICS_DATABASE_URL names no role for analytics."""
        return self._server.analytics_url() if self._server else self._settings.analytics_database_url

    def _url_of(self, service: Service) -> Callable[[], str]:
        if service.reads_figures_only:
            return lambda: self._analytics_url() or self._database_url()
        return self._database_url

    async def run(self) -> None:
        work = asyncio.create_task(self._work())
        for sig in STOP_SIGNALS:
            asyncio.get_running_loop().add_signal_handler(sig, self._on_signal, work)
        try:
            await work
        except asyncio.CancelledError:
            self._say("stopping")
        except ExceptionGroup as group:
            known = group.subgroup(LodgeError)
            raise (known.exceptions[0] if known else group) from None
        finally:
            await self._stop()

    def _on_signal(self, work: asyncio.Task[None]) -> None:
        """The first signal stops the desk. A second one shortens the waiting; within half a second of the first it is
        ignored, because `make` passes the same Ctrl-C on."""
        now = time.monotonic()
        if self._stopped_at is None:
            self._stopped_at = now
            work.cancel()
        elif now - self._stopped_at > SAME_KEY_SECONDS:
            self._hurry.set()

    async def _work(self) -> None:
        async with asyncio.TaskGroup() as group:
            # The UI takes longest to import, so it starts at the same time as the database.
            self._start(group, uses_database=False)
            if self._postgres:
                group.create_task(self._postgres.keep_running())
                await self._postgres.healthy.wait()
            await self._prepare_database()
            self._start(group, uses_database=True)
            for watch in self._all_watches():
                await watch.healthy.wait()
            self._say("ready")
            self._say(
                f"Open {self._settings.public_url or self._services[0].address} in a browser. Ctrl-C stops everything."
            )

    def _start(self, group: asyncio.TaskGroup, *, uses_database: bool) -> None:
        for service in self._services:
            if service.uses_database == uses_database:
                first, *others = self._watches[service.name]
                group.create_task(first.keep_running())
                for other in others:
                    group.create_task(_keep_running_after(first, other))

    def _all_watches(self) -> list[Watch]:
        return [watch for watches in self._watches.values() for watch in watches]

    async def _prepare_database(self) -> None:
        """Runs the preparation in a separate process: a long migration must not keep Lodge from watching and stopping.

        Raises LodgeError when it has failed PREPARATION_TRIES times, or says that trying again does not help.
        """
        program = self._preparation_program()
        for _ in range(PREPARATION_TRIES):
            if self._postgres:
                await self._postgres.healthy.wait()
            code = await self._run_preparation(program)
            if code == 0:
                return
            if code == EXIT_REFUSED:
                raise LodgeError(last_lines(program.log, 1))
        raise LodgeError(f"The database could not be made ready. The end of {program.log}:\n{last_lines(program.log)}")

    def _preparation_program(self) -> Program:
        url = self._database_url()
        return Program(
            name="migrations",
            command=(sys.executable, *self._preparation),
            environment=settings_environment(self._settings, url, self._analytics_url()),
            folder=ROOT,
            log=self._home.logs / "migrations.log",
            log_format=self._settings.log_format,
        )

    async def _run_preparation(self, program: Program) -> int:
        sentences, output = os.pipe()
        try:
            process = spawn(replace(program, output=output))
        finally:
            os.close(output)
        passing_on = asyncio.create_task(asyncio.to_thread(self._pass_on, sentences))
        try:
            while not has_ended(process):
                await asyncio.sleep(POLL_SECONDS)
        finally:
            end(process, program, self._hurry)
        await passing_on
        return process.returncode

    def _pass_on(self, sentences: int) -> None:
        """Says each line that the preparation writes, until it ends."""
        with open(sentences, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                self._say(line.rstrip("\n"))

    async def _stop(self) -> None:
        """Stops the services, then the database, so that the services can finish their requests."""
        await asyncio.gather(*(asyncio.to_thread(watch.stop, self._hurry) for watch in self._all_watches()))
        if self._postgres and self._server:
            await asyncio.to_thread(self._postgres.stop, self._hurry)
            self._server.sweep()


async def _keep_running_after(first: Watch, other: Watch) -> None:
    """Keeps a worker running once the service's first worker is healthy.

    The first worker prepares what all workers need. Without waiting for it, a desk that starts for the first time would
    accept reports before it can predict their categories.
    """
    await first.healthy.wait()
    await other.keep_running()


def check_sign_in(settings: Settings) -> None:
    """Raises LodgeError if people sign in through an identity provider that the settings do not name."""
    needed = {"LODGE_OIDC_ISSUER": settings.oidc_issuer, "LODGE_OIDC_CLIENT_ID": settings.oidc_client_id}
    missing = [name for name, value in needed.items() if not value]
    if SignIn.OIDC in settings.ways_in and missing:
        raise LodgeError(
            f"LODGE_SIGN_IN is {settings.sign_in}, so {' and '.join(missing)} must say which identity provider it is: "
            "docs/signing-in.md tells how."
        )


def check_who_may_reach(settings: Settings) -> None:
    if SignIn.CHOICE not in settings.ways_in or settings.choice_anywhere:
        return
    public_name = urlsplit(settings.public_url).hostname if settings.public_url else None
    for setting, value, name in (
        ("LODGE_HOST", settings.host, settings.host),
        ("LODGE_PUBLIC_URL", settings.public_url, public_name),
    ):
        if name is not None and not is_loopback(name):
            raise LodgeError(
                f"{setting} is {value}, and LODGE_SIGN_IN is choice: everybody who reaches this machine could sign in "
                "as an administrator, without a password. Use 127.0.0.1 or, on a network where you trust everybody, "
                "set LODGE_CHOICE_ANYWHERE=yes."
            )


@contextmanager
def shared_ports(host: str, wanted: list[Service], home: Home) -> Iterator[dict[str, list[Worker]]]:
    """Opens the ports of the services with several workers and keeps them open until the block ends.

    Gives the workers by service name; the list is empty for a service with a single process.
    """
    with ExitStack() as held:
        found = {}
        for service in wanted:
            workers = held.enter_context(shared_port(service, host)) if service.workers > 1 else []
            if workers:
                make_counts_file(home.path)
                clear_metrics(home.path)
            held.enter_context(noted_workers(home, service, workers))
            found[service.name] = workers
        yield found


def check_ports(host: str, wanted: list[Service]) -> None:
    seen: dict[int, str] = {}
    for service in wanted:
        if service.port is None:
            continue
        if service.port in seen:
            raise LodgeError(f"{seen[service.port]} and {service.port_setting} are both {service.port}.")
        seen[service.port] = service.port_setting
        if not is_free(host, service.port):
            raise LodgeError(
                f"Port {service.port}, wanted for the {service.name}, is taken by another program. "
                f"Stop that program, or set {service.port_setting} to another port."
            )
