"""How many WebSockets one visitor may hold open, how often they may send, and how much.

Each message makes Streamlit run a page, in the one process that serves everybody. A person never sends as much as these
limits allow; a program that does has to wait, and only then loses its socket. ADR 21 says where the numbers come from.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from weakref import WeakValueDictionary

import httpx
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from service_kit.visitors import MOST_LIVE_OF_AN_ADDRESS, MOST_LIVE_OF_ONE, counted_address
from streamlit_app.client.environment import are_limits_on
from streamlit_app.client.service_client import headers_for
from streamlit_app.server import live_updates
from streamlit_app.server.cookies import cookie_name

# Sockets that carry pages and those that carry live events are counted each for themselves.
SOCKETS_WITHOUT_ENTRY = 300

# Pages that are drawn at the same moment. All share one processor: a flood from 300 windows gets so many shares of it.
RUNS_OF_AN_ADDRESS = 4
RUNS_WITHOUT_ENTRY = 2
# A page that waits for a service does not keep its slot.
LONGEST_HELD_SECONDS = 2.0
# Streamlit's message that a run has ended is smaller.
SMALL_BYTES = 200

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
    """So many at once, and so many a second for ever."""

    burst: int
    per_second: float


NEW_SOCKETS = Pace(600, 20)
OF_A_SOCKET = Pace(100, 10)
OF_A_SOCKET_WITHOUT_ENTRY = Pace(20, 5)
# Messages that make a page begin anew while it is being drawn: each may hold up the process for the start of a thread.
OF_INTERRUPTIONS = Pace(10, 3)


class Bucket:
    """A token bucket that may go into debt: whoever takes from it waits until the debt is paid."""

    def __init__(self, pace: Pace, now: float) -> None:
        self._pace = pace
        self._tokens = float(pace.burst)
        self._at = now

    def take(self, now: float) -> float:
        """The seconds to wait for the token that was taken."""
        self._tokens = self._refilled(now) - 1
        self._at = now
        return max(0.0, -self._tokens / self._pace.per_second)

    def is_full(self, now: float) -> bool:
        return self._refilled(now) == self._pace.burst

    def _refilled(self, now: float) -> float:
        return min(self._pace.burst, self._tokens + (now - self._at) * self._pace.per_second)


class TooManySockets(Exception):
    """This visitor holds as many sockets as one may."""


class SocketLimits:
    """What is counted of all visitors of this process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._open: Counter[tuple[str, str]] = Counter()
        self._buckets: dict[tuple[Pace, str], Bucket] = {}
        self._slots: WeakValueDictionary[tuple[str, int], asyncio.Semaphore] = WeakValueDictionary()

    @contextmanager
    def one_more(self, kind: str, who: str, most: int) -> Iterator[None]:
        """Counts one of this kind for as long as it lasts. Raises TooManySockets."""
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
        """Takes one for whoever shares this pace; the seconds to wait for it."""
        now = self.clock()
        if len(self._buckets) > MOST_PACES:
            self._buckets = {key: bucket for key, bucket in self._buckets.items() if not bucket.is_full(now)}
        return self._buckets.setdefault((pace, who), Bucket(pace, now)).take(now)

    def slots_of(self, who: str, number: int) -> asyncio.Semaphore:
        """For as many runs at the same time; shared by all who hold it, and forgotten with the last of them."""
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
        """A page whose socket would be refused says so; Streamlit's own would wait in silence."""
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
                # A live socket is worth nothing without a good token: the data API's stream ends it.
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
            await socket.run(self.app, scope)


class PacedSocket:
    """A socket whose messages reach the application at a pace. One that sends more than can wait is closed.

    With `slots`, a message also waits until one is free, and keeps it until the page that it made Streamlit run
    is drawn. What comes meanwhile on the same socket makes this run begin anew, as often as a hand would.
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
            # A slot that is still held is freed by its timer: the page is drawn although nobody looks any more.
            reading.cancel()

    async def _next(self) -> Message:
        message = await self._waiting.get()
        if message["type"] == "websocket.receive":
            await self._sleep(self._bucket.take(self._clock()))
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
        """Takes every message at once: a server that is left waiting with thousands of tiny ones keeps megabytes. To
        the end also of a socket that was closed here, for the same reason."""
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
        """Streamlit takes the next message after a failed answer for a breach of the protocol. The end comes in its
        turn, after what the browser sent before."""
        if ends_run(message):
            self._free_slot()
        if self._is_open:
            with suppress(OSError):
                await self._send(message)


def ends_run(message: Message) -> bool:
    """Whether Streamlit tells the browser that a page is drawn, and no other run follows at once."""
    data = message.get("bytes")
    if not data or len(data) > SMALL_BYTES:
        return False
    told = ForwardMsg.FromString(data)
    has_ended: bool = told.WhichOneof("type") == "script_finished"
    return has_ended and told.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN


async def is_good(token: str, address: str) -> bool:
    """Whether somebody is inside with it. Where the desk cannot be asked nobody is taken for a stranger."""
    if live_updates.subscription_of(token):
        return True
    try:
        answer = await live_updates.http_client().get("/me", headers=headers_for(token, address), timeout=ASK_SECONDS)
    except httpx.HTTPError:
        return True
    return answer.status_code != httpx.codes.UNAUTHORIZED


_RETRY = {"Retry-After": str(RETRY_SECONDS)}


async def _refuse(kind: str, scope: Scope, receive: Receive, send: Send) -> None:
    """A live socket gets the code on which the page tries again later; a page's is refused before it opens."""
    await receive()
    if kind == "live":
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close", "code": live_updates.TRY_AGAIN})
    elif "websocket.http.response" in scope.get("extensions", {}):
        await PlainTextResponse(TOO_MANY, 429, _RETRY)(scope, receive, send)
    else:
        await send({"type": "websocket.close", "code": live_updates.TRY_AGAIN})


def _address(connection: HTTPConnection) -> str:
    return counted_address(connection.client.host if connection.client else "")
