"""The disk of a running desk becomes full and has room again. Nobody restarts anything meanwhile."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from lodge.services import KEEP_FREE_MB
from tests.data_api.test_envelope import assert_enveloped
from tests.lodge.desk_process import DeskProcess, free_port
from tests.lodge.waiting import wait_until
from tests.support.api import Api, Visitor, done
from tests.support.homes import copy_home

COMMAND = ("-m", "tests.lodge.desk_of_services", "data API", "analytics API")
SOON = 120.0  # a loaded machine's, not how long it takes
MEGABYTE = 1024 * 1024


class SmallDisk:
    """A file system in memory, whose size can be changed while it is used."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def leave_free(self, megabytes: int) -> None:
        wait_until(lambda: self._resized(megabytes), "the disk has another size")

    def _resized(self, megabytes: int) -> bool:
        """Whether it worked: it does not if somebody wrote at the same moment."""
        size = shutil.disk_usage(self.folder).used + megabytes * MEGABYTE
        return subprocess.run(["mount", "-o", f"remount,size={size}", self.folder]).returncode == 0


@pytest.fixture
def small_disk() -> Iterator[SmallDisk]:
    with tempfile.TemporaryDirectory(prefix="lodge-test-disk-") as name:
        folder = Path(name)
        command = ["mount", "-t", "tmpfs", "-o", "size=1g,mode=755", "lodge-test", name]
        if os.geteuid() != 0 or subprocess.run(command, capture_output=True).returncode != 0:
            pytest.skip("needs root, and the right to mount a file system")
        try:
            yield SmallDisk(folder)
        finally:
            subprocess.run(["umount", "--lazy", name], check=True)


class Desk:
    def __init__(self, process: DeskProcess, api: Api, analytics_port: int) -> None:
        self.process = process
        self.api = api
        self._analytics = f"http://127.0.0.1:{analytics_port}/health"

    def figures(self) -> dict[str, Any]:
        """What the analytics API says of itself."""
        found: dict[str, Any] = httpx.get(self._analytics, timeout=60, trust_env=False).json()
        return found

    def keeps_figures_of(self, tickets: int) -> bool:
        """Whether it has them without following."""
        try:
            health = self.figures()
        except httpx.TransportError:
            return False
        rows: dict[str, int] = health["replica"]["rows"]
        return health["checks"]["replica"] != "ok" and rows.get("ticket") == tickets

    def has_figures_of(self, tickets: int) -> bool:
        health = self.figures()
        return (health["checks"]["replica"], health["replica"]["rows"].get("ticket")) == ("ok", tickets)

    def is_without_server(self, disk: SmallDisk) -> bool:
        """Ends the server on a disk on which it cannot be started, as when it has no room for its log."""
        disk.leave_free(0)
        for server in self.process.server_processes():
            with suppress(psutil.NoSuchProcess):
                server.kill()
        return any(
            line.startswith(("Postgres ended with exit code", "Postgres could not be started"))
            for line in self.process.lines
        )

    def kill(self, service: str) -> None:
        self.process.application(f"{service}.main:app_from_environment").kill()

    def status(self) -> int:
        """The status of the data API's health; 0 when it does not answer."""
        try:
            return self.api.get("/health").status_code
        except httpx.TransportError:
            return 0

    def accepts(self, student: Visitor) -> bool:
        try:
            return student.post("/tickets", json={"description": "There is room."}).status_code == 201
        except httpx.TransportError:  # it is starting
            return False


@pytest.fixture
def desk(small_disk: SmallDisk, home_template: Path) -> Iterator[Desk]:
    home, port = copy_home(home_template, small_disk.folder / "home"), free_port()
    with DeskProcess(home, command=COMMAND, LODGE_ANALYTICS_API_PORT=str(port)) as process:
        process.wait_for("ready")
        with Api(f"http://127.0.0.1:{process.data_api_port}", process.database_url()) as api:
            yield Desk(process, api, port)


@pytest.mark.timeout(600)
def test_a_full_disk_refuses_changes_and_all_is_well_when_there_is_room(desk: Desk, small_disk: SmallDisk) -> None:
    student = desk.api.enter("student", "Mia Rossi")
    ticket = student.report()
    wait_until(lambda: desk.has_figures_of(1), "the report is in the replica", SOON)

    # Little room is left: changes are refused, everything else goes on.
    small_disk.leave_free(KEEP_FREE_MB - 56)
    assert_enveloped(student.post("/tickets", json={"description": "x"}), 507, "DiskFull")
    assert student.read(ticket["id"]) == ticket
    assert desk.api.enter("student", "Late Comer").list_ids() == [ticket["id"]]
    for health in (done(desk.api.get("/health")), desk.figures()):
        assert health["status"] == "degraded"
        assert health["checks"]["disk"].startswith("full: ")
    assert desk.has_figures_of(1)

    # No room is left, and the database server ends.
    wait_until(lambda: desk.is_without_server(small_disk), "the server cannot be started", SOON)
    assert_enveloped(student.get("/tickets"), 503, "DatabaseUnavailable")
    assert_enveloped(student.post("/tickets", json={"description": "x"}), 507, "DiskFull")
    assert done(desk.api.get("/health"), 503)["checks"]["disk"].startswith("full: ")
    wait_until(lambda: desk.keeps_figures_of(1), "the replica tells that it does not follow", SOON)

    # Services that end now come back. What they free on the disk must not bring the server back yet.
    for service in ("analytics_api", "data_api"):
        desk.kill(service)
    wait_until(
        lambda: desk.is_without_server(small_disk) and desk.keeps_figures_of(1) and desk.status() == 503,
        "both services are back, and the figures are the last ones",
        SOON,
    )

    small_disk.leave_free(1_000)
    wait_until(lambda: desk.accepts(student), "changes are taken again", SOON)
    wait_until(lambda: desk.has_figures_of(2), "the replica follows again", SOON)
    assert student.read(ticket["id"]) == ticket
    assert desk.figures()["status"] == done(desk.api.get("/health"))["status"] == "ok"
