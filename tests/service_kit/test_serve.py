"""How the workers of a service share its connections: here two of them in one process, on one port."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn

from lodge.services import services
from service_kit.connections import BoundedConnection
from service_kit.serve import Connections, Worker, configuration
from service_kit.settings import Settings

LONG = 60.0  # only a failure takes so long
ASK = b"GET / HTTP/1.1\r\nHost: desk\r\n\r\n"
Reader = asyncio.StreamReader


class Port:
    """One that two workers share, and how many connections each of them has."""

    def __init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.kept: list[asyncio.StreamWriter] = []
        self.loads = memoryview(bytearray(16)).cast("Q")

    @asynccontextmanager
    async def worker(self, number: int) -> AsyncIterator[Worker]:
        """It answers every request with its number."""

        async def app(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1")]})
            await send({"type": "http.response.body", "body": b"%d" % number})

        config = uvicorn.Config(app, http=BoundedConnection, lifespan="off", log_config=None, interface="asgi3")
        config.load()
        worker = Worker(config, [self.listener.dup()], Connections(self.loads, number - 1))
        worker.lifespan = config.lifespan_class(config)
        await worker.startup([])
        yield worker
        await worker.shutdown([])

    async def ask(self) -> Reader:
        """On a new connection, which is kept."""
        reader, writer = await asyncio.open_connection(*self.listener.getsockname())
        self.kept.append(writer)
        writer.write(ASK)
        return reader


async def answer(reader: Reader) -> bytes:
    async with asyncio.timeout(LONG):
        await reader.readuntil(b"\r\n\r\n")
        return await reader.readexactly(1)


def run(test: Callable[[Port], Coroutine[Any, Any, None]]) -> None:
    port = Port()
    with port.listener:
        asyncio.run(test(port))


def test_who_has_more_connections_leaves_the_next_one_to_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service_kit.serve.HESITATION_SECONDS", 600.0)

    async def test(port: Port) -> None:
        async with port.worker(1):
            assert await answer(await port.ask()) == b"1"
            waiting = await port.ask()
            async with port.worker(2):
                assert await answer(waiting) == b"2"
                assert list(port.loads) == [1, 1]

    run(test)


def test_what_the_other_does_not_take_is_not_left_for_long() -> None:
    async def test(port: Port) -> None:
        async with port.worker(1):
            for _ in range(3):
                assert await answer(await port.ask()) == b"1"
            assert list(port.loads) == [3, 0]

    run(test)


def test_a_worker_that_stops_leaves_what_waits_to_the_others() -> None:
    async def test(port: Port) -> None:
        async with port.worker(2):
            async with port.worker(1):
                pass
            assert [await answer(await port.ask()) for _ in range(3)] == [b"2"] * 3

    run(test)


def test_a_worker_understands_what_uvicorn_is_told() -> None:
    data_api = next(one for one in services(Settings(_env_file=None)) if one.name == "data API")
    found = configuration(list(data_api.arguments))
    assert (found.app, found.factory) == ("data_api.main:app_from_environment", True)
    assert (found.http, found.ws) == (
        "service_kit.connections:BoundedConnection",
        "service_kit.connections:BoundedSocket",
    )
    assert (found.proxy_headers, found.access_log, found.timeout_graceful_shutdown) == (False, False, 2)
