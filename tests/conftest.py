"""What every test may ask for."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from lodge.postgres import running_postgres


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of one PostgreSQL server for the whole run; its role may create databases. Nothing is in it yet."""
    # Not pytest's own folder, which is closed to the account that the server runs as when tests run as root.
    with (
        tempfile.TemporaryDirectory(prefix="lodge-test-", ignore_cleanup_errors=True) as folder,
        running_postgres(Path(folder), "test", durable=False) as url,
    ):
        yield url
