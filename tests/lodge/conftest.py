"""Homes of their own, and a desk of two toy services to start, kill and stop."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lodge.desk_process import DeskProcess


@pytest.fixture
def home_path() -> Iterator[Path]:
    """A LODGE_HOME that is not made yet, in a folder that every account may pass through."""
    with tempfile.TemporaryDirectory(prefix="lodge-test-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "home"


@pytest.fixture(scope="module")
def lasting_desk() -> Iterator[DeskProcess]:
    """A desk that is ready, for tests that leave it so."""
    with (
        tempfile.TemporaryDirectory(prefix="lodge-test-", ignore_cleanup_errors=True) as folder,
        DeskProcess(Path(folder)) as process,
    ):
        process.wait_for("ready")
        yield process


@pytest.fixture
def desk(home_path: Path) -> Iterator[DeskProcess]:
    """A desk of its own that is ready."""
    with DeskProcess(home_path) as process:
        process.wait_for("ready")
        yield process
