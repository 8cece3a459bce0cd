"""`lodge stop` stops the desk of its home, and nothing else."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lodge.errors import LodgeError
from lodge.home import Home
from lodge.processes import is_alive
from lodge.stopping import stop
from tests.lodge.command import ROOT, lodge, lodge_program
from tests.lodge.desk_process import DeskProcess


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    """A process that has nothing to do with Lodge."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process
        process.terminate()


def test_a_running_desk_is_down_when_the_command_returns(desk: DeskProcess) -> None:
    family = desk.family()
    done = lodge_program("stop", LODGE_HOME=str(desk.home))
    assert (done.returncode, done.stdout) == (0, f'The desk "Lodge" in {desk.home}\nThe desk is stopped.\n')
    assert [process for process in family if is_alive(process)] == []
    assert desk.server_processes() == []
    assert desk.wait() == 0
    assert desk.lines[-1] == "stopping"
    assert lodge("stop", LODGE_HOME=str(desk.home)).exit_code == 3


def test_nothing_to_stop(home_path: Path) -> None:
    done = lodge("stop", LODGE_HOME=str(home_path))
    assert (done.exit_code, done.stdout) == (3, f'The desk "Lodge" in {home_path}\nNo desk is running there.\n')
    assert not home_path.exists()


def test_a_process_that_has_the_number_of_a_former_desk_is_left_alone(
    home_path: Path, stranger: subprocess.Popen[bytes]
) -> None:
    home = Home(home_path)
    home.make()
    (home.run / "lodge.lock").write_text(f"up {stranger.pid}")
    assert not stop(home_path)
    assert stranger.poll() is None


@contextmanager
def at_work(home: Path, command: str) -> Iterator[subprocess.Popen[bytes]]:
    """Gives a process that holds the home's lock for this command and ignores SIGTERM."""
    script = (
        "import pathlib, signal, sys; from lodge.home import Home; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "with Home(pathlib.Path(sys.argv[1])).lock(sys.argv[2]): print('ready', flush=True); input()"
    )
    program = [sys.executable, "-c", script, str(home), command]
    with subprocess.Popen(program, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        yield process
        process.communicate(b"\n")


def test_another_command_is_left_alone(home_path: Path) -> None:
    with at_work(home_path, "import"), pytest.raises(LodgeError, match=r"`lodge import` .* is at work"):
        stop(home_path, 0)


def test_a_desk_that_does_not_end_in_time_is_a_sentence(home_path: Path) -> None:
    with at_work(home_path, "up"), pytest.raises(LodgeError, match=r"has not ended within 0 s"):
        stop(home_path, 0)
