"""How slowly somebody may read what keeps a place that others wait for."""

import asyncio
import time
from collections.abc import Awaitable

from starlette.types import Message, Send

PATIENCE_SECONDS = 60.0


class LeastPace:
    """Looks after one reader, who has to take `least_bytes` in each PATIENCE_SECONDS in which somebody waits for them.
    The time in which the next bytes are made does not count."""

    def __init__(self, least_bytes: int) -> None:
        self._least = least_bytes
        self._taken, self._waited = 0, 0.0

    async def keep(self, sending: Awaitable[None], size: int) -> None:
        """Waits until these bytes are taken. Raises TimeoutError if the reader is too slow."""
        began = time.monotonic()
        async with asyncio.timeout(PATIENCE_SECONDS - self._waited):
            await sending
        self._taken += size
        self._waited += time.monotonic() - began
        if self._taken >= self._least:
            self._taken, self._waited = 0, 0.0

    async def send(self, send: Send, message: Message) -> None:
        """Sends a message of an answer. Raises TimeoutError if too little was read of those before."""
        await self.keep(send(message), len(message.get("body", b"")))
