"""A running analytics API for the tests of one module, following the module's database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.analytics import Analytics, running_analytics
from tests.support.api import Api, Visitor


@pytest.fixture(scope="module")
def analytics(api: Api, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Analytics]:
    home: Path = tmp_path_factory.mktemp("home")
    with running_analytics(api.database_url, api.url, home) as running:
        yield running


@pytest.fixture(scope="module")
def analyst(api: Api) -> Visitor:
    return api.enter("analyst", "Noor Haddad")
