"""Only what is still ours is signalled."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pytest

from lodge.processes import Program, end, has_ended, is_alive, spawn
from tests.lodge.desk_process import ROOT
from tests.lodge.waiting import wait_until


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Ends at once and leaves a child of its own behind, whose number it tells."""
    command = ("/bin/sh", "-c", "sleep 60 & echo $!")
    return Program("toy", command, {"PATH": os.environ["PATH"]}, tmp_path, tmp_path / "toy.log")


def test_what_an_ended_process_leaves_behind_is_ended_with_it(program: Program) -> None:
    process = spawn(program)
    wait_until(lambda: has_ended(process), "it ends")
    wait_until(lambda: program.log.read_text() != "", "it has told its child")
    left = psutil.Process(int(program.log.read_text()))
    assert is_alive(left)
    end(process, program, threading.Event())
    wait_until(lambda: not is_alive(left), "its child ends")
    assert process.returncode == 0


def test_a_process_that_was_collected_is_not_signalled(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its number may be somebody else's by now."""
    process = spawn(program)
    wait_until(lambda: has_ended(process), "it ends")
    end(process, program, threading.Event())
    signalled: list[int] = []
    monkeypatch.setattr(os, "kill", lambda pid, _: signalled.append(pid))
    monkeypatch.setattr(os, "killpg", lambda pid, _: signalled.append(pid))
    end(process, program, threading.Event())
    assert signalled == []


def test_services_may_open_as_many_files_as_the_system_allows() -> None:
    """Each connection is one; a visitor with a thousand sockets kept everybody out."""
    script = (
        "import resource, subprocess, sys; from lodge.processes import allow_many_files;"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (256, 1_000)); allow_many_files();"
        "subprocess.run([sys.executable, '-c', 'import resource; print(resource.getrlimit(resource.RLIMIT_NOFILE))'])"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "(1000, 1000)"
