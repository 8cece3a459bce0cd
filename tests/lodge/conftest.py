"""Homes of their own, and a desk of two toy services to start, kill and stop."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lodge.desk_process import DeskProcess
from tests.support.homes import copy_home


@pytest.fixture
def home_path() -> Iterator[Path]:
    """A LODGE_HOME that is not made yet, in a folder that every account may pass through."""
    with tempfile.TemporaryDirectory(prefix="lodge-test-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "home"


@pytest.fixture
def made_home(home_path: Path, home_template: Path) -> Path:
    """A LODGE_HOME whose database server is made, as after the first start, and does not run."""
    return copy_home(home_template, home_path)


@pytest.fixture(scope="module")
def lasting_desk(home_template: Path) -> Iterator[DeskProcess]:
    """A desk that is ready, for tests that leave it so."""
    with tempfile.TemporaryDirectory(prefix="lodge-test-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        with DeskProcess(copy_home(home_template, Path(folder) / "home")) as process:
            process.wait_for("ready")
            yield process


@pytest.fixture
def desk(made_home: Path) -> Iterator[DeskProcess]:
    """A desk of its own that is ready."""
    with DeskProcess(made_home) as process:
        process.wait_for("ready")
        yield process
