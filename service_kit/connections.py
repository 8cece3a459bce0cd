"""Limits how much one connection may send, and how slowly. uvicorn itself limits neither."""

import asyncio
import http
import logging
import resource
from collections import Counter
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from service_kit.visitors import counted_address

# The most bytes that a request may have besides its body. Browsers send a few kilobytes, most of it cookies, which all
# ports of one machine share. nginx accepts as much.
MAX_HEAD_BYTES = 32 * 1024
# The most requests that may wait on one connection. Only programs that flood the server send more before they have an
# answer.
MOST_WAITING = 8
HEAD_SECONDS = 15.0
# A request with a body must be complete within this time, and a second more for each SLOWEST_BYTES of the body that
# have arrived.
BODY_SECONDS = 30.0
SLOWEST_BYTES = 1_000
# A connection is closed if its client has read nothing of a waiting answer for this long.
UNREAD_SECONDS = 60.0
# The most connections of one address. A lecture hall of 300 people may share an address, and each browser has at most
# two WebSockets and six connections. Each connection takes one of the files that the process may open; when none is
# left, nobody can connect.
MOST_CONNECTIONS = min(3_000, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)
# The most bytes of answers that are kept in memory for one address whose clients do not read them. Only an answer of
# which more than LARGE waits is counted.
MOST_UNREAD = 64 * 1024 * 1024
LARGE = 512 * 1024

# How many frames a WebSocket may send: MOST_FRAMES at once, and FRAMES_PER_SECOND in the long run. Frames that no
# application sees, such as pings, count too. A page sends a few per second.
MOST_FRAMES = 1_000
FRAMES_PER_SECOND = 100
FEW_BYTES = 4_096  # data is parsed in pieces of this size, each of some hundred frames at most


_open: Counter[str] = Counter()  # connections of each address


_unread: Counter[str] = Counter()  # bytes of answers that wait to be read, of each address


def _no_more_of(address: str) -> str:
    """Counts one connection less of this address. Returns "", the value for a connection that is not counted."""
    if address:
        _open[address] -= 1
        if not _open[address]:
            del _open[address]
    return ""


@cache
def _networks(named: str) -> list[IPv4Network | IPv6Network]:
    return [ip_network(one) for one in named.split(",") if one]


class BoundedConnection(HttpToolsProtocol):
    """uvicorn's HTTP protocol, with limits: `uvicorn --http service_kit.connections:BoundedConnection`.

    Answers 431 if there is too much besides the body (request line, headers, framing of chunks, trailers), and 408 if a
    request is not complete in time; then it closes the connection. Both apply to a WebSocket's handshake too. A
    connection is also closed if its client does not read its answer, or if its address has too many connections;
    addresses of this machine and of proxies, behind which there are many visitors, are not counted. A request that
    arrives all at once costs only a few additions: the timer runs only while a request is incomplete.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._is_upgraded = False
        self._has_head = False
        self._is_whole = False
        self._beside_body = 0
        self._body_bytes = 0
        self._began_at = self.loop.time()
        self._request_timer: asyncio.TimerHandle | None = None
        self._reader_timer: asyncio.TimerHandle | None = None
        self._counted_as = ""
        self._unread_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._count()
        self._began_at = self.loop.time()
        self._watch()

    def data_received(self, data: bytes) -> None:
        # Parsed in pieces, so that a head that is too long is noticed before it is complete.
        for start in range(0, len(data), MAX_HEAD_BYTES):
            piece = data[start : start + MAX_HEAD_BYTES]
            super().data_received(piece)
            if self._is_upgraded or self.transport.is_closing():
                break
            self._beside_body += len(piece)
            if not self._is_whole and self._beside_body >= MAX_HEAD_BYTES:
                self._refuse(431)
                break
            if len(self.pipeline) > MOST_WAITING:
                self.transport.close()
                break
        self._watch()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._has_head = self._is_whole = False
        self._beside_body = self._body_bytes = 0
        self._began_at = self.loop.time()

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self._has_head = True

    def on_body(self, body: bytes) -> None:
        super().on_body(body)
        self._body_bytes += len(body)
        # Subtracted twice: once because `data_received` adds the body too, and once because the framing of chunks may
        # be as long as their content. The lower bound keeps a long body from allowing long trailers.
        self._beside_body = max(self._beside_body - 2 * len(body), -MAX_HEAD_BYTES)

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._is_whole = True

    def handle_websocket_upgrade(self) -> None:
        self._is_upgraded = True
        super().handle_websocket_upgrade()
        socket = self.transport.get_protocol()
        if isinstance(socket, BoundedSocket):  # `connection_lost` will be called on the socket, not on this object
            socket.counted_as, self._counted_as = self._counted_as, ""

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._stop_watching()
        self._stop_awaiting_reader()
        self._counted_as = _no_more_of(self._counted_as)

    def pause_writing(self) -> None:
        super().pause_writing()
        waiting = self.transport.get_write_buffer_size()
        if self._counted_as and waiting > LARGE:
            self._unread_bytes = waiting
            _unread[self._counted_as] += waiting
            if _unread[self._counted_as] > MOST_UNREAD:
                self.transport.abort()
        self._await_reader()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._stop_awaiting_reader()

    def _count(self) -> None:
        if not self.client or not self.server or self.client[0] == self.server[0] or self._is_proxy(self.client[0]):
            return
        self._counted_as = counted_address(self.client[0])
        _open[self._counted_as] += 1
        if _open[self._counted_as] > MOST_CONNECTIONS:
            self.transport.abort()

    def _is_proxy(self, host: str) -> bool:
        named = self.config.forwarded_allow_ips
        return self.config.proxy_headers and any(
            ip_address(host) in network for network in _networks(named if isinstance(named, str) else ",".join(named))
        )

    def _await_reader(self) -> None:
        waiting = self.transport.get_write_buffer_size()
        self._reader_timer = self.loop.call_later(UNREAD_SECONDS, self._look_at_reader, waiting)

    def _look_at_reader(self, before: int) -> None:
        if self.transport.get_write_buffer_size() < before:
            self._await_reader()
        else:
            self.transport.abort()

    def _stop_awaiting_reader(self) -> None:
        if self._unread_bytes:
            _unread[self._counted_as] -= self._unread_bytes
            self._unread_bytes = 0
            if not _unread[self._counted_as]:
                del _unread[self._counted_as]
        if self._reader_timer is not None:
            self._reader_timer.cancel()
            self._reader_timer = None

    def _is_at_work(self) -> bool:
        """Whether a complete request is being answered, so that nothing is expected from the client."""
        return self._is_whole and self.cycle is not None and not self.cycle.response_complete

    def _watch(self) -> None:
        if self._is_upgraded or self.transport.is_closing() or self._is_at_work():
            self._stop_watching()
        elif self._request_timer is None:
            self._request_timer = self.loop.call_later(HEAD_SECONDS, self._look)

    def _stop_watching(self) -> None:
        if self._request_timer is not None:
            self._request_timer.cancel()
            self._request_timer = None

    def _look(self) -> None:
        self._request_timer = None
        if self.transport.is_closing() or self._is_at_work():
            return
        allowed = BODY_SECONDS + self._body_bytes / SLOWEST_BYTES if self._has_head else HEAD_SECONDS
        left = self._began_at + allowed - self.loop.time()
        if self.flow.read_paused:  # the application has not yet read what has arrived
            left = HEAD_SECONDS
        if left > 0:
            self._request_timer = self.loop.call_later(left, self._look)
        else:
            self._refuse(408)

    def _refuse(self, status: int) -> None:
        """Closes the connection. If a request has begun and no answer is being sent, it first answers with the
        status."""
        is_silent = self.cycle is None or self.cycle.response_complete or not self.cycle.response_started
        if self._beside_body and not self._is_whole and not self.pipeline and is_silent:
            line = f"HTTP/1.1 {status} {http.HTTPStatus(status).phrase}\r\n"
            self.transport.write(f"{line}Content-Length: 0\r\nConnection: close\r\n\r\n".encode())
        self.transport.close()


class BoundedSocket(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket protocol, with limits: `uvicorn --ws service_kit.connections:BoundedSocket`.

    Answers a handshake that the library cannot parse, and closes the connection; uvicorn alone would keep it open for
    ever. Closes a socket that sends more frames than a page ever does, because each frame delays all other sockets.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        # uvicorn logs the address of each socket, of any length, even if it refuses the socket. This logger drops those
        # lines.
        self.logger = logging.getLogger("uvicorn.error.sockets")
        self.logger.setLevel(logging.WARNING)
        self.counted_as = ""
        self._frames = float(MOST_FRAMES)
        self._counted_at = self.loop.time()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.counted_as = _no_more_of(self.counted_as)

    def data_received(self, data: bytes) -> None:
        if not self.handshake_initiated:
            self._shake_hands(data)
            return
        for start in range(0, len(data), FEW_BYTES):
            super().data_received(data[start : start + FEW_BYTES])
            if self.transport.is_closing():
                return

    def _shake_hands(self, request: bytes) -> None:
        super().data_received(request)
        if not self.handshake_initiated:
            self.transport.write(b"".join(self.conn.data_to_send()) or _NO_HANDSHAKE)
            self.transport.close()

    def handle_events(self) -> None:
        now = self.loop.time()
        self._frames = min(MOST_FRAMES, self._frames + (now - self._counted_at) * FRAMES_PER_SECOND)
        self._frames -= len(self.conn.events)
        self._counted_at = now
        if self._frames < 0:
            self.transport.abort()
        else:
            super().handle_events()


_NO_HANDSHAKE = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
