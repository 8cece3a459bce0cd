"""One connection may send only so much, and only so slowly. Real sockets, and uvicorn as `lodge up` starts it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

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

    def connect(self, address: str = "127.0.0.1") -> socket.socket:
        """From an address of this machine; from any but the first, as somebody elsewhere."""
        return socket.create_connection(("127.0.0.1", self.port), PATIENCE, (address, 0))

    def holds(self, connection: socket.socket) -> bool:
        port = connection.getsockname()[1]
        return any(one.raddr and one.raddr.port == port for one in self.process.net_connections())

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
    with running_server() as running:
        yield running


@pytest.fixture(scope="module")
def impatient() -> Iterator[Server]:
    """Half a second is the longest that it waits for anything."""
    with running_server(PATIENCE_SECONDS="0.5") as running:
        yield running


@contextmanager
def running_server(proxies: str = "", **environment: str) -> Iterator[Server]:
    port = free_port()
    arguments = uvicorn_arguments("tests.service_kit.bounded_app:app", "127.0.0.1", port, proxies)
    command = [sys.executable, "-m", "uvicorn", *arguments, "--log-level", "error"]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | environment) as process:
        running = Server(port, psutil.Process(process.pid))

        def is_up() -> bool:
            with suppress(ConnectionError):
                running.connect().close()
                return True
            return False

        wait_until(is_up, "a server", PATIENCE)
        yield running
        process.kill()


def test_every_service_is_started_with_these_bounds() -> None:
    for service in services(Settings()):
        given = service.arguments
        assert given[given.index("--http") + 1] == "service_kit.connections:BoundedConnection", service.name
        assert given[given.index("--ws") + 1] == "service_kit.connections:BoundedSocket", service.name


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


def test_a_long_body_allows_no_long_trailers(server: Server) -> None:
    body = b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n%x\r\n%s\r\n0\r\n" % (MEGABYTE, bytes(MEGABYTE))
    assert server.answer(POST + body + b"\r\n").endswith(b"\r\n\r\n%d" % MEGABYTE)
    said = server.answer(POST + body, MANY_HEADERS, b"\r\n")
    assert said == b"" or b" 431 " in said


def test_a_head_that_is_a_little_too_long_is_refused_in_words(server: Server) -> None:
    said = server.answer(GET + b"Cookie: " + b"a" * MAX_HEAD_BYTES)
    assert said.startswith(b"HTTP/1.1 431 Request Header Fields Too Large\r\n")


def test_the_second_request_of_a_connection_is_bounded_too(server: Server) -> None:
    with server.connect() as connection:
        connection.sendall(GET + b"\r\n")
        assert b" 200 " in connection.recv(65536)
        connection.sendall(GET + b"Cookie: " + b"a" * MAX_HEAD_BYTES)
        assert b" 431 " in rest(connection)


def is_served(connection: socket.socket) -> bool:
    with suppress(ConnectionError):
        connection.sendall(GET + b"\r\n")
        return b" 200 " in connection.recv(65536)
    return False


@pytest.mark.parametrize(("proxies", "is_bounded"), [("", True), ("127.0.0.2,10.0.0.0/8", False)])
def test_an_address_holds_so_many_connections_and_no_more(proxies: str, is_bounded: bool) -> None:
    """Without a bound it takes all the files that the server may open, and nobody else gets in."""
    with running_server(proxies, MOST_CONNECTIONS="3") as server, ExitStack() as stack:

        def more(count: int, address: str) -> list[socket.socket]:
            return [stack.enter_context(server.connect(address)) for _ in range(count)]

        first = more(2, "127.0.0.2")
        socket_ = stack.enter_context(connect(f"ws://127.0.0.1:{server.port}/echo", source_address=("127.0.0.2", 0)))
        assert all(map(is_served, first))
        assert is_served(*more(1, "127.0.0.2")) != is_bounded
        for other in ("127.0.0.1", "127.0.0.3"):
            assert is_served(*more(1, other))
        socket_.close()
        wait_until(lambda: is_served(*more(1, "127.0.0.2")), "room for another connection", PATIENCE)
        assert all(map(is_served, more(10, "127.0.0.1")))


def test_an_address_leaves_so_much_untaken_and_no_more() -> None:
    """Each of its connections may ask for megabytes, which are kept until they are taken."""
    ask = b"GET /large HTTP/1.1\r\nHost: desk\r\nConnection: close\r\n\r\n"
    with running_server(MOST_UNREAD="50000000") as server, ExitStack() as stack:
        lazy = [stack.enter_context(server.connect("127.0.0.2")) for _ in range(10)]
        for connection in lazy:
            connection.sendall(ask)
        # Some megabytes of each wait in the system instead.
        wait_until(lambda: sum(map(server.holds, lazy)) <= 5, "a bound on what is kept", PATIENCE)
        other = stack.enter_context(server.connect("127.0.0.3"))
        other.sendall(ask)
        assert len(rest(other)) > 20_000_000
        for connection in lazy:
            connection.close()
        again = stack.enter_context(server.connect("127.0.0.2"))
        again.sendall(ask)
        assert len(rest(again)) > 20_000_000


def test_nobody_asks_a_thousand_things_at_once(server: Server) -> None:
    assert server.answer((GET + b"\r\n") * 1_000).count(b" 200 ") <= MOST_WAITING


BEGUN = [
    b"GET /len",
    GET,
    UPGRADE,
    POST + b"Content-Length: 100\r\n\r\n",
    POST + b"Content-Length: 100\r\n\r\nhalf",
    POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhal",
]


def test_what_is_begun_and_not_ended_is_closed(impatient: Server) -> None:
    with ExitStack() as stack:
        silent = stack.enter_context(impatient.connect())
        connections = []
        for begun in BEGUN:
            connections.append(stack.enter_context(impatient.connect()))
            connections[-1].sendall(begun)
        for connection, begun in zip(connections, BEGUN, strict=True):
            assert rest(connection).startswith(b"HTTP/1.1 408 Request Timeout\r\n"), begun
        assert rest(silent) == b""


@pytest.mark.parametrize("begun", [GET + b"X: ", POST + b"Content-Length: 1000\r\n\r\n"], ids=["headers", "body"])
def test_a_byte_now_and_then_does_not_keep_it_open(impatient: Server, begun: bytes) -> None:
    with impatient.connect() as connection:
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


def test_a_connection_that_is_kept_open_is_closed_when_its_next_request_stalls(impatient: Server) -> None:
    """Again where a busy machine sent the first one too late."""

    def is_closed_in_words() -> bool:
        with impatient.connect() as connection, suppress(ConnectionError):
            connection.sendall(GET + b"\r\n")
            if b" 200 " in connection.recv(65536):
                connection.sendall(GET)
                return b" 408 " in rest(connection)
        return False

    wait_until(is_closed_in_words, "a connection that is closed", PATIENCE)


def test_who_is_answered_slowly_is_not_cut_off(impatient: Server) -> None:
    """Again where a busy machine sent what it asks too late."""
    slow = b"GET /slow HTTP/1.1\r\nHost: desk\r\nConnection: close\r\n\r\n"
    wait_until(lambda: b"done" in impatient.answer(slow), "a whole answer", PATIENCE)


def test_an_answer_that_nobody_takes_is_given_up(impatient: Server) -> None:
    with impatient.connect() as connection:
        connection.sendall(b"GET /large HTTP/1.1\r\nHost: desk\r\n\r\n")
        wait_until(lambda: not impatient.holds(connection), "a connection that is given up", PATIENCE)


def test_a_large_answer_is_given_whole_to_whoever_takes_it_slowly(impatient: Server) -> None:
    """Again where a busy machine took nothing for too long."""
    size = 20_000_000

    def is_taken() -> bool:
        taken = 0
        with impatient.connect() as connection, suppress(ConnectionError):
            connection.sendall(b"GET /large HTTP/1.1\r\nHost: desk\r\nConnection: close\r\n\r\n")
            while piece := connection.recv(65536):
                taken += len(piece)
                time.sleep(0.003)
        return taken > size

    wait_until(is_taken, "a whole answer", PATIENCE)


@pytest.mark.parametrize(
    ("handshake", "status"),
    [
        (UPGRADE + b"Cookie: " + b"a" * 10_000 + b"\r\n\r\n", b"431"),
        (UPGRADE + b"X: x\r\n" * 200 + b"\r\n", b"431"),
        (UPGRADE.replace(b"/echo", b"/" + b"e" * 10_000) + b"\r\n", b"414"),
        (UPGRADE + b"\r\n", b"400"),
    ],
    ids=["long", "many", "address", "without a key"],
)
def test_a_handshake_that_cannot_be_read_is_answered_and_closed(
    server: Server, handshake: bytes, status: bytes
) -> None:
    """uvicorn waits for ever there, and nothing would be left to wait for it."""
    assert server.answer(handshake).split(b" ")[1] == status


PING, UNSEEN = b"\x89\x80\0\0\0\0", b"\x00\x80\0\0\0\0"


@pytest.mark.parametrize("frames", [PING, UNSEEN, b"\x81\x81\0\0\0\0x"], ids=["pings", "continuations", "texts"])
def test_a_flood_of_frames_ends_its_socket(server: Server, frames: bytes) -> None:
    """None of these reaches an application, and each holds up everybody else."""
    with connect(f"ws://127.0.0.1:{server.port}/echo") as line:
        line.send("the first")
        assert line.recv(PATIENCE) == "the first"
        begun = b"\x01\x80\0\0\0\0" if frames is UNSEEN else b""
        with line.socket.dup() as connection:
            with suppress(ConnectionError):
                connection.sendall(begun + frames * 100_000)
            wait_until(lambda: not server.holds(connection), "a connection that is given up", PATIENCE)


def test_as_many_frames_as_a_page_sends_are_answered(server: Server) -> None:
    with connect(f"ws://127.0.0.1:{server.port}/echo") as line:
        for number in range(500):
            line.send(str(number))
        assert [line.recv(PATIENCE) for _ in range(500)] == [str(number) for number in range(500)]


def test_a_websocket_that_is_open_stays_so(impatient: Server) -> None:
    with connect(f"ws://127.0.0.1:{impatient.port}/echo") as line:
        # Longer than its handshake might have taken.
        impatient.answer(GET)
        impatient.answer(GET)
        line.send("still here")
        assert line.recv(PATIENCE) == "still here"
