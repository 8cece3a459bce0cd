"""How the UI's process is set up before the first visitor comes."""

import asyncio
import gc
import sys
from collections.abc import Iterator

import pytest

from streamlit_app import asgi


@pytest.fixture
def _collector() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


@pytest.mark.usefixtures("_collector")
def test_what_visitors_would_wait_for_is_loaded_and_never_collected() -> None:
    async def start() -> None:
        async with asgi.preload(asgi.app):
            assert set(asgi.PRELOADED) <= set(sys.modules)
            assert gc.get_freeze_count() > 0
            assert gc.get_threshold()[0] == asgi.OBJECTS_OF_A_RERUN

    asyncio.run(start())
