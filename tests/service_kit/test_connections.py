"""One connection may send only so much, and only so slowly. Real sockets, and uvicorn as `lodge up` starts it."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress

import psutil
import pytest
from websockets.sync.client import connect

from lodge.services import services, uvicorn_arguments
from service_kit.connections import MAX_HEAD_BYTES, MOST_WAITING
from service_kit.settings import Settings
from tests.lodge.desk_process import ROOT, free_port
from tests.lodge.waiting import wait_until

PATIENCE = 60.0
GET = b"GET /length HTTP/1.1\r\nHost: desk\r\n"
POST = b"POST /length HTTP/1.1\r\nHost: desk\r\n"
UPGRADE = b"GET /echo HTTP/1.1\r\nHost: desk\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"


class Server:
    def __init__(self, port: int, process: psutil.Process) -> None:
        self.port = port
        self.process = process

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), PATIENCE)

    def answer(self, *parts: bytes) -> bytes:
        """All that comes until the server closes; what it no longer takes is not sent."""
        with self.connect() as connection:
            with suppress(ConnectionError):
                for part in parts:
                    connection.sendall(part)
            return rest(connection)


def rest(connection: socket.socket) -> bytes:
    said = b""
    with suppress(ConnectionError):
        while piece := connection.recv(65536):
            said += piece
    return said


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    port = free_port()
    arguments = uvicorn_arguments("tests.service_kit.bounded_app:app", "127.0.0.1", port)
    with subprocess.Popen([sys.executable, *arguments, "--log-level", "error"], cwd=ROOT) as process:
        server = Server(port, psutil.Process(process.pid))

        def is_up() -> bool:
            with suppress(ConnectionError):
                server.connect().close()
                return True
            return False

        wait_until(is_up, "a server", PATIENCE)
        yield server
        process.kill()


def test_every_service_is_started_with_these_bounds() -> None:
    for service in services(Settings()):
        given = service.arguments
        assert given[given.index("--http") + 1] == "service_kit.connections:BoundedConnection", service.name


def test_an_ordinary_request_is_answered(server: Server) -> None:
    cookies = b"Cookie: " + b"a" * (MAX_HEAD_BYTES - 200) + b"\r\n"
    assert server.answer(GET + cookies + b"Connection: close\r\n\r\n").endswith(b"\r\n\r\n0")


@pytest.mark.parametrize("size", [1, 100, 3_000_000])
def test_a_body_may_be_longer_than_a_head_in_whatever_chunks_it_comes(server: Server, size: int) -> None:
    head = POST + b"Connection: close\r\n"
    plain = server.answer(head + b"Content-Length: %d\r\n\r\n" % size, b"x" * size)
    assert plain.endswith(b"\r\n\r\n%d" % size)
    chunk = min(size, 1_000)
    chunks = b"".join(b"%x\r\n%s\r\n" % (chunk, b"x" * chunk) for _ in range(size // chunk))
    chunked = server.answer(head + b"Transfer-Encoding: chunked\r\n\r\n", chunks + b"0\r\n\r\n")
    assert chunked.endswith(b"\r\n\r\n%d" % size)


MEGABYTE = 1024 * 1024
MANY_HEADERS = b"".join(b"X-%06d: %s\r\n" % (number, b"v" * 100) for number in range(8_000))


@pytest.mark.parametrize(
    ("begun", "more"),
    [
        (GET, MANY_HEADERS),
        (GET + b"Cookie: ", b"a" * MEGABYTE),
        (GET, b"n" * MEGABYTE),
        (b"GET /length?", b"q" * MEGABYTE),
        (b"G", b"E" * MEGABYTE),
        (UPGRADE + b"Cookie: ", b"a" * MEGABYTE),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", MANY_HEADERS),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX: ", b"v" * MEGABYTE),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n1;", b"e" * MEGABYTE),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n" * 100_000),
    ],
    ids=["headers", "value", "name", "address", "method", "handshake", "trailers", "trailer", "extension", "chunks"],
)
def test_what_is_no_body_is_bounded(server: Server, begun: bytes, more: bytes) -> None:
    """Thirty megabytes of it cost the server nothing."""
    server.answer(GET + b"Connection: close\r\n\r\n")
    before = server.process.memory_info().rss
    said = server.answer(begun, *[more] * 30)
    assert said == b"" or said.split(b" ")[1] in {b"400", b"431"}
    assert server.process.memory_info().rss - before < 8 * MEGABYTE


def test_a_head_that_is_a_little_too_long_is_refused_in_words(server: Server) -> None:
    said = server.answer(GET + b"Cookie: " + b"a" * MAX_HEAD_BYTES)
    assert said.startswith(b"HTTP/1.1 431 Request Header Fields Too Large\r\n")


def test_the_second_request_of_a_connection_is_bounded_too(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(GET + b"\r\n")
        assert b" 200 " in connection.recv(65536)
        connection.sendall(GET + b"Cookie: " + b"a" * MAX_HEAD_BYTES)
        assert b" 431 " in rest(connection)


def test_nobody_asks_a_thousand_things_at_once(server: Server) -> None:
    assert server.answer((GET + b"\r\n") * 1_000).count(b" 200 ") <= MOST_WAITING


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"\r\n",
        b"GET /len",
        GET,
        UPGRADE,
        POST + b"Content-Length: 100\r\n\r\n",
        POST + b"Content-Length: 100\r\n\r\nhalf",
        POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhal",
    ],
    ids=["nothing", "blank", "line", "headers", "handshake", "no body", "half a body", "half a chunk"],
)
def test_what_is_begun_and_not_ended_is_closed(server: Server, begun: bytes) -> None:
    said = server.answer(begun)
    assert said.partition(b"\r\n")[0] == (b"HTTP/1.1 408 Request Timeout" if begun else b"")


@pytest.mark.parametrize("begun", [GET + b"X: ", POST + b"Content-Length: 1000\r\n\r\n"], ids=["headers", "body"])
def test_a_byte_now_and_then_does_not_keep_it_open(server: Server, begun: bytes) -> None:
    with server.connect() as connection:
        connection.sendall(begun)
        connection.settimeout(0.05)
        said, tries = b"", 0
        with suppress(ConnectionError):
            while not said:
                tries += 1
                assert tries < 1_000
                connection.sendall(b"x")
                with suppress(TimeoutError):
                    said = connection.recv(65536)
        assert said == b"" or b" 408 " in said


def test_a_connection_that_is_kept_open_is_closed_when_its_next_request_stalls(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(GET + b"\r\n")
        assert b" 200 " in connection.recv(65536)
        connection.sendall(GET)
        assert b" 408 " in rest(connection)


def test_who_is_answered_slowly_is_not_cut_off(server: Server) -> None:
    assert b"done" in server.answer(b"GET /slow HTTP/1.1\r\nHost: desk\r\nConnection: close\r\n\r\n")


def test_a_websocket_that_is_open_stays_so(server: Server) -> None:
    with connect(f"ws://127.0.0.1:{server.port}/echo") as line:
        # Longer than its handshake might have taken.
        server.answer(GET)
        server.answer(GET)
        line.send("still here")
        assert line.recv(PATIENCE) == "still here"
