"""HTTP clients that use little processor time, which the services on the same machine would lack."""

import asyncio
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from time import perf_counter
from urllib.parse import urlsplit

Operation = Sequence[bytes]  # whole HTTP requests, sent one after the other and timed as one
CONTENT_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
LONGEST_HEAD = 64 * 1024
PACED_CONNECTIONS = 16


@dataclass(frozen=True)
class Server:
    """An API, and the token for its requests."""

    url: str
    token: str = ""

    def request(self, method: str, path: str, body: bytes = b"", *headers: str) -> bytes:
        """Returns the bytes of one request."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: {urlsplit(self.url).netloc}", f"Content-Length: {len(body)}"]
        if body:
            lines.append("Content-Type: application/json")
        if self.token:
            lines.append(f"Authorization: Bearer {self.token}")
        return "\r\n".join([*lines, *headers, "", ""]).encode() + body


class Refused(Exception):
    """The service answered with another status than 2xx, so there is nothing to measure."""


@dataclass(frozen=True)
class Load:
    """A closed loop: each client has one connection and begins its next operation when the last one is answered. It
    stops after `each` operations or `seconds` seconds."""

    clients: int
    each: int
    seconds: float


def run(load: Load, url: str, operations: Iterator[Operation]) -> list[float]:
    """Returns the seconds that each operation took. The clients share the operations. Raises Refused."""
    return asyncio.run(_run(load, url, operations))


async def _run(load: Load, url: str, operations: Iterator[Operation]) -> list[float]:
    taken: list[float] = []
    await asyncio.gather(*(_client(load, url, operations, taken) for _ in range(load.clients)))
    return taken


@dataclass(frozen=True)
class Pace:
    """An open loop: `per_second` operations are due in each second, whether or not earlier ones are answered."""

    per_second: int
    seconds: float


def run_paced(pace: Pace, url: str, operations: Iterator[Operation]) -> list[float]:
    """Returns the seconds of each operation from the moment at which it was due, so that waiting for earlier operations
    counts too. Raises Refused."""
    return asyncio.run(_run_paced(pace, url, operations))


async def _run_paced(pace: Pace, url: str, operations: Iterator[Operation]) -> list[float]:
    address = urlsplit(url)
    taken: list[float] = []
    began = perf_counter()

    async def send(first: int) -> None:
        reader, writer = await asyncio.open_connection(address.hostname, address.port, limit=LONGEST_HEAD)
        for number in range(first, int(pace.per_second * pace.seconds), PACED_CONNECTIONS):
            due = began + number / pace.per_second
            await asyncio.sleep(max(0.0, due - perf_counter()))
            for request in next(operations):
                writer.write(request)
                await read_answer(reader, request)
            taken.append(perf_counter() - due)
        writer.close()

    await asyncio.gather(*map(send, range(PACED_CONNECTIONS)))
    return taken


async def _client(load: Load, url: str, operations: Iterator[Operation], taken: list[float]) -> None:
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port, limit=LONGEST_HEAD)
    try:
        until = perf_counter() + load.seconds
        for operation in islice(operations, load.each):
            begin = perf_counter()
            for request in operation:
                writer.write(request)
                await read_answer(reader, request)
            end = perf_counter()
            taken.append(end - begin)
            if end > until:
                break
    finally:
        writer.close()


async def read_answer(reader: asyncio.StreamReader, request: bytes) -> None:
    """Reads an answer and drops it. Raises Refused when its status is not 2xx, or the connection was closed."""
    asked = request.partition(b"\r\n")[0].decode()
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        length = CONTENT_LENGTH.search(head)
        body = await reader.readexactly(int(length[1])) if length else b""
    except asyncio.IncompleteReadError:
        raise Refused(f"{asked}: the connection was closed") from None
    if not head.startswith(b"HTTP/1.1 2"):
        raise Refused(f"{asked}: {head.partition(b' ')[2][:3].decode()} {body[:500].decode(errors='replace')}")
