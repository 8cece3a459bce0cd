"""The `lodge` command: called in this process, or as the program it is, whose imports take longer than its work."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from lodge.main import app
from service_kit.settings import get_settings

ROOT = Path(__file__).resolve().parent.parent.parent


def lodge(*arguments: str, answer: str = "", **settings: str) -> Result:
    """`answer`: what is typed when it asks. An error that it does not expect is raised."""
    with pytest.MonkeyPatch.context() as patch:
        # What it does to the process that it has for itself as a program.
        patch.setattr("lodge.main._end_tidily", lambda: None)
        patch.setattr("service_kit.logs.configure_logs", lambda level: None)
        get_settings.cache_clear()
        try:
            return CliRunner().invoke(app, arguments, input=answer, env=settings, catch_exceptions=False)
        finally:
            get_settings.cache_clear()


def lodge_program(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """As it is typed: one test of each command runs it so."""
    command = [sys.executable, "-m", "lodge.main", *arguments]
    return subprocess.run(command, cwd=ROOT, env=os.environ | settings, capture_output=True, text=True, timeout=240)
