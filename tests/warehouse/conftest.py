"""A database of the test's own, with something in every table, and a replica that follows it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.warehouse.following import Following, following
from tests.warehouse.rows import fill


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Following]:
    """Nobody else's."""
    with following(database_url, tmp_path / "warehouse") as running:
        running.catch_up()
        fill(running)
        running.catch_up()
        yield running


@pytest.fixture(scope="module")
def shared_desk(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Following]:
    """For tests that leave nothing behind that the next one minds."""
    with following(module_database_url, tmp_path_factory.mktemp("warehouse")) as running:
        running.catch_up()
        fill(running)
        running.catch_up()
        yield running
