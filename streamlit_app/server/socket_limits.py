"""Limits how many WebSockets one visitor may hold open, how often they may send, and how much.

Each message makes Streamlit run a page, in the one process that serves everybody. A person never reaches these limits;
a program that does is slowed down at first, and loses its socket only if it goes on. ADR 21 says where the numbers come
from.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from weakref import WeakValueDictionary

import httpx
from google.protobuf.message import DecodeError
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from service_kit.visitors import MOST_LIVE_OF_AN_ADDRESS, MOST_LIVE_OF_ONE, counted_address
from streamlit_app.client.environment import are_limits_on
from streamlit_app.client.service_client import headers_for
from streamlit_app.server import live_updates, monitoring
from streamlit_app.server.cookies import cookie_name

# For each address, of sockets without a valid token. Sockets for pages and for live events are counted separately.
SOCKETS_WITHOUT_ENTRY = 300

# Pages of one address that may be drawn at the same time. All pages share one processor, and a flood from 300 windows
# gets only this many shares of it.
RUNS_OF_AN_ADDRESS = 4
RUNS_WITHOUT_ENTRY = 2
# A slot is freed after this time, so that a page that waits for a service does not keep it.
LONGEST_HELD_SECONDS = 2.0
# Streamlit's message that a run has ended is smaller; larger messages are not parsed.
SMALL_BYTES = 200
# The browser's request for more rows of a table is smaller.
MOST_BYTES_OF_A_ROWS_REQUEST = 1_000

MOST_WAITING = 100
MOST_BYTES_WITHOUT_ENTRY = 64 * 1024

POLICY_VIOLATION = 1008
TOO_BIG = 1009
RETRY_SECONDS = 10
ASK_SECONDS = 5.0
MOST_PACES = 2_000

TOO_MANY = "Too many windows of this desk are open at your address. This page tries again by itself."


@dataclass(frozen=True)
class Pace:
    """A limit on frequency: `burst` at once, and after that `per_second`."""

    burst: int
    per_second: float


NEW_SOCKETS = Pace(600, 20)
OF_A_SOCKET = Pace(100, 10)
OF_A_SOCKET_WITHOUT_ENTRY = Pace(20, 5)
# Messages that restart a page while it is being drawn. Each may block the process for as long as a thread takes to
# start.
OF_INTERRUPTIONS = Pace(10, 3)


class Bucket:
    """A token bucket that may go into debt: whoever takes from it waits until the debt is paid."""

    def __init__(self, pace: Pace, now: float) -> None:
        self._pace = pace
        self._tokens = float(pace.burst)
        self._at = now

    def take(self, now: float) -> float:
        """Takes a token, and returns how many seconds to wait for it."""
        self._tokens = self._refilled(now) - 1
        self._at = now
        return max(0.0, -self._tokens / self._pace.per_second)

    def is_full(self, now: float) -> bool:
        return self._refilled(now) == self._pace.burst

    def _refilled(self, now: float) -> float:
        return min(self._pace.burst, self._tokens + (now - self._at) * self._pace.per_second)


class TooManySockets(Exception):
    """This visitor already holds as many sockets as are allowed."""


class SocketLimits:
    """The counters of all visitors of this process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._open: Counter[tuple[str, str]] = Counter()
        self._buckets: dict[tuple[Pace, str], Bucket] = {}
        self._slots: WeakValueDictionary[tuple[str, int], asyncio.Semaphore] = WeakValueDictionary()

    @contextmanager
    def one_more(self, kind: str, who: str, most: int) -> Iterator[None]:
        """Counts one socket of this kind for the duration of the block. Raises TooManySockets if `who` already has
        `most`."""
        if self.is_full(kind, who, most):
            raise TooManySockets
        self._open[kind, who] += 1
        try:
            yield
        finally:
            self._open[kind, who] -= 1
            if not self._open[kind, who]:
                del self._open[kind, who]

    def is_full(self, kind: str, who: str, most: int) -> bool:
        return self._open[kind, who] >= most

    def wait_of(self, pace: Pace, who: str) -> float:
        """Takes a token from the bucket that `who` has for this pace, and returns how many seconds to wait for it."""
        now = self.clock()
        if len(self._buckets) > MOST_PACES:
            self._buckets = {key: bucket for key, bucket in self._buckets.items() if not bucket.is_full(now)}
        return self._buckets.setdefault((pace, who), Bucket(pace, now)).take(now)

    def slots_of(self, who: str, number: int) -> asyncio.Semaphore:
        """Returns the semaphore that lets `number` runs of `who` go on at the same time. All who use it share it, and
        it is forgotten with the last of them."""
        slots = self._slots.get((who, number)) or asyncio.Semaphore(number)
        self._slots[who, number] = slots
        return slots


class BoundedSockets:
    """Middleware: bounds the WebSockets of each visitor. Off with LODGE_RATE_LIMITS=off."""

    def __init__(self, app: ASGIApp, limits: SocketLimits | None = None) -> None:
        self.app = app
        self.limits = limits or SocketLimits()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"} or not are_limits_on():
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._bounded(HTTPConnection(scope), scope, receive, send)
        elif self._would_stay_empty(HTTPConnection(scope)):
            await PlainTextResponse(TOO_MANY, 429, _RETRY | {"Refresh": str(RETRY_SECONDS)})(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _would_stay_empty(self, request: HTTPConnection) -> bool:
        """Whether the page's WebSocket would be refused. The page is then refused with an explanation, because
        Streamlit's page would wait in silence."""
        is_page = request.headers.get("sec-fetch-dest") == "document"
        return is_page and self.limits.is_full("page", _address(request), MOST_LIVE_OF_AN_ADDRESS)

    async def _bounded(self, handshake: HTTPConnection, scope: Scope, receive: Receive, send: Send) -> None:
        address = _address(handshake)
        token = handshake.cookies.get(cookie_name(handshake.headers.get("host", "")))
        kind = "live" if scope["path"].endswith("/live") else "page"
        with ExitStack() as counted:
            try:
                counted.enter_context(self.limits.one_more(kind, address, MOST_LIVE_OF_AN_ADDRESS))
                await asyncio.sleep(self.limits.wait_of(NEW_SOCKETS, address))
                # The token of a live socket need not be checked here: if it is not valid, the data API's stream ends
                # the socket.
                is_inside = token is not None and (kind == "live" or await is_good(token, address))
                if is_inside:
                    counted.enter_context(self.limits.one_more(f"{kind} of sign-in", token or "", MOST_LIVE_OF_ONE))
                else:
                    counted.enter_context(self.limits.one_more(f"{kind}, not inside", address, SOCKETS_WITHOUT_ENTRY))
            except TooManySockets:
                await _refuse(kind, scope, receive, send)
                return
            pace = OF_A_SOCKET if is_inside else OF_A_SOCKET_WITHOUT_ENTRY
            socket = PacedSocket(receive, send, Bucket(pace, self.limits.clock()), self.limits.clock)
            if not is_inside:
                socket.most_bytes = MOST_BYTES_WITHOUT_ENTRY
            if kind == "page":
                runs = RUNS_OF_AN_ADDRESS if is_inside else RUNS_WITHOUT_ENTRY
                socket.slots = self.limits.slots_of(address, runs)
                socket.when_drawn = monitoring.metrics.drawn.observe
            await socket.run(self.app, scope)


class PacedSocket:
    """A socket whose messages reach the application at a limited pace. It is closed when too many messages wait.

    `when_drawn` is told how many seconds after the last message the page was drawn. With `slots`, a
    message also waits for a free slot, and keeps it until the page that it made Streamlit run is drawn.
    Messages that arrive meanwhile on the same socket restart that run, at most at the pace OF_INTERRUPTIONS.
    """

    def __init__(
        self,
        receive: Receive,
        send: Send,
        bucket: Bucket,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.most_bytes: int | None = None
        self.slots: asyncio.Semaphore | None = None
        self.when_drawn: Callable[[float], None] = lambda _: None
        self._began: float | None = None
        self._held: asyncio.TimerHandle | None = None
        self._interruptions = Bucket(OF_INTERRUPTIONS, clock())
        self._receive = receive
        self._send = send
        self._bucket = bucket
        self._clock = clock
        self._sleep = sleep
        self._waiting: asyncio.Queue[Message] = asyncio.Queue()
        self._is_open = True
        self._is_cut_off = False

    async def run(self, app: ASGIApp, scope: Scope) -> None:
        reading = asyncio.create_task(self._read())
        try:
            await app(scope, self._next, self._send_while_open)
        finally:
            # A slot that is still held is freed by its timer, because Streamlit finishes drawing the page even without
            # a viewer.
            reading.cancel()

    async def _next(self) -> Message:
        message = await self._waiting.get()
        if message["type"] == "websocket.receive":
            await self._sleep(self._bucket.take(self._clock()))
            if not asks_for_rows(message):
                self._began = self._clock()
                await self._take_slot()
        return message

    async def _take_slot(self) -> None:
        if self._held:
            await self._sleep(self._interruptions.take(self._clock()))
        if self.slots and not self._held:
            await self.slots.acquire()
            self._held = asyncio.get_running_loop().call_later(LONGEST_HELD_SECONDS, self._free_slot)

    def _free_slot(self) -> None:
        if self.slots and self._held:
            self._held.cancel()
            self._held = None
            self.slots.release()

    async def _read(self) -> None:
        """Takes every message from the server immediately: a server that holds thousands of tiny waiting messages keeps
        megabytes. For the same reason a socket that was closed here is still read to its end."""
        while (message := await self._receive())["type"] != "websocket.disconnect":
            size = len(message.get("bytes") or message.get("text") or "")
            if self._is_cut_off:
                continue
            if self.most_bytes is not None and size > self.most_bytes:
                await self._cut_off(TOO_BIG)
            elif self._waiting.qsize() >= MOST_WAITING:
                await self._cut_off(POLICY_VIOLATION)
            else:
                self._waiting.put_nowait(message)
        self._is_open = False
        if self._is_cut_off:
            while not self._waiting.empty():
                self._waiting.get_nowait()
        self._waiting.put_nowait(message)

    async def _cut_off(self, code: int) -> None:
        await self._send_while_open({"type": "websocket.close", "code": code})
        self._is_open = False
        self._is_cut_off = True

    async def _send_while_open(self, message: Message) -> None:
        """Sends a message unless the socket is closed. A failure to send is suppressed: Streamlit would take the error
        at its next receive for a breach of the protocol. It learns of the disconnect in order, after the messages that
        the browser sent before."""
        if ends_run(message):
            self._free_slot()
            if self._began is not None:
                self.when_drawn(self._clock() - self._began)
                self._began = None
        if self._is_open:
            with suppress(OSError):
                await self._send(message)


def ends_run(message: Message) -> bool:
    """Whether this message tells the browser that a page is drawn, and that no other run follows immediately."""
    data = message.get("bytes")
    if not data or len(data) > SMALL_BYTES:
        return False
    told = ForwardMsg.FromString(data)
    has_ended: bool = told.WhichOneof("type") == "script_finished"
    return has_ended and told.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN


def asks_for_rows(message: Message) -> bool:
    """Whether the browser wants more rows of a table, for which no page is drawn."""
    data = message.get("bytes")
    if not data or len(data) > MOST_BYTES_OF_A_ROWS_REQUEST:
        return False
    try:
        return bool(BackMsg.FromString(data).WhichOneof("type") == "backend_operation_request")
    except DecodeError:
        return False


async def is_good(token: str, address: str) -> bool:
    """Whether the token belongs to somebody who is signed in. Also True while the data API cannot be asked, so that
    nobody is treated as a stranger by mistake."""
    if live_updates.subscription_of(token):
        return True
    try:
        answer = await live_updates.http_client().get("/me", headers=headers_for(token, address), timeout=ASK_SECONDS)
    except httpx.HTTPError:
        return True
    return answer.status_code != httpx.codes.UNAUTHORIZED


_RETRY = {"Retry-After": str(RETRY_SECONDS)}


async def _refuse(kind: str, scope: Scope, receive: Receive, send: Send) -> None:
    """Refuses a socket: a live socket is closed with the code on which the page tries again later, a page's socket is
    refused before it opens."""
    await receive()
    monitoring.metrics.refused_sockets.labels(kind).inc()
    if kind == "live":
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close", "code": live_updates.TRY_AGAIN})
    elif "websocket.http.response" in scope.get("extensions", {}):
        await PlainTextResponse(TOO_MANY, 429, _RETRY)(scope, receive, send)
    else:
        await send({"type": "websocket.close", "code": live_updates.TRY_AGAIN})


def _address(connection: HTTPConnection) -> str:
    return counted_address(connection.client.host if connection.client else "")
