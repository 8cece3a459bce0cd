"""Who reads too slowly is not waited for."""

import asyncio

import pytest

from service_kit import pace
from service_kit.pace import LeastPace


@pytest.mark.parametrize(
    ("waits", "size", "is_kept"),
    [
        ([0.02] * 5, 1_000, True),  # as slow, but enough each time
        ([0.02] * 5, 150, False),
        ([0.0] * 50, 1, True),  # no time at all is waited
        ([10.0], 1_000_000, False),
    ],
)
def test_so_much_is_read_in_so_much_time(
    waits: list[float], size: int, is_kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "PATIENCE_SECONDS", 0.05)

    async def read() -> None:
        reader = LeastPace(1_000)
        for wait in waits:
            await reader.keep(asyncio.sleep(wait), size)

    if is_kept:
        asyncio.run(read())
    else:
        with pytest.raises(TimeoutError):
            asyncio.run(read())
