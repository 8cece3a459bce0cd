"""The unit of docs/examples fits what `lodge up` does."""

import configparser
import shutil
import subprocess
from pathlib import Path

from lodge.home import Home
from lodge.main import app
from lodge.postgres import PostgresServer
from lodge.processes import Program
from service_kit.settings import Settings
from tests.lodge.command import ROOT

UNIT = ROOT / "docs" / "examples" / "lodge.service"


def unit() -> configparser.SectionProxy:
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(UNIT)
    return parser["Service"]


def seconds(program: Program) -> float:
    return sum(wait for _, wait in program.stop)


def test_its_command_and_settings_exist() -> None:
    service = unit()
    assert service["ExecStart"].split()[1:] == ["up"]
    assert "up" in {command.callback.__name__ for command in app.registered_commands if command.callback}
    name, _, home = service["Environment"].partition("=")
    assert name.removeprefix("LODGE_").lower() in Settings.model_fields
    assert home == f"/var/lib/{service['StateDirectory']}"


def test_only_the_launcher_is_signalled_and_has_the_time_that_it_takes(made_home: Path) -> None:
    home = Home(made_home)
    with home.lock("test"):
        database = PostgresServer(home).program()
    services = Program("any", (), {}, made_home, made_home / "any.log")
    service = unit()
    assert service["KillMode"] == "mixed"
    assert float(service["TimeoutStopSec"]) > seconds(services) + seconds(database)


def test_systemd_finds_nothing_wrong_with_it(tmp_path: Path) -> None:
    """Where systemd is installed; the program and its user are not there."""
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        return
    text = UNIT.read_text().replace("/opt/lodge/.venv/bin/lodge", "/bin/true").replace("=/opt/lodge", "=/tmp")
    (tmp_path / "lodge.service").write_text(text)
    done = subprocess.run(
        [analyze, "verify", "--man=no", str(tmp_path / "lodge.service")], capture_output=True, text=True
    )
    assert [line for line in done.stderr.splitlines() if "lodge.service" in line] == []
