"""A data API with a home, in which it keeps files."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.api import Api, running_api


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home: Path = tmp_path_factory.mktemp("home")
    return home


@pytest.fixture(scope="module")
def api(module_database_url: str, home: Path) -> Iterator[Api]:
    with running_api(module_database_url, LODGE_HOME=str(home)) as running:
        yield running
