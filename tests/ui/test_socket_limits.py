"""One visitor uses up their own allowance of WebSockets and messages, and nobody else's."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse, WebSocketTestSession
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit.proto.BackMsg_pb2 import BackendOperationRequest, BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from streamlit_app.client import environment
from streamlit_app.server import live_updates, socket_limits
from streamlit_app.server.socket_limits import BoundedSockets, Bucket, Pace, PacedSocket, SocketLimits, TooManySockets
from tests.support.api import Visitor

# What Streamlit sends when a page is drawn, and when it is drawn anew before its end.
DRAWN, BEGUN_ANEW = (
    ForwardMsg(script_finished=status).SerializeToString()
    for status in (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_EARLY_FOR_RERUN)
)
DESK = "http://127.0.0.1:8501"
PAGE = "/_stcore/stream"


@pytest.fixture
def _limits_are_on(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LODGE_RATE_LIMITS", "on")
    for kept in (environment.are_limits_on, live_updates.http_client):
        kept.cache_clear()
    yield
    for kept in (environment.are_limits_on, live_updates.http_client):
        kept.cache_clear()


async def echo(websocket: WebSocket) -> None:
    await websocket.accept()
    async for message in websocket.iter_bytes():
        await websocket.send_bytes(message)


@contextmanager
def pages() -> Iterator[Callable[[str], TestClient]]:
    """`pages()("127.0.0.2")`: a browser at this address, in front of a server whose sockets only echo."""
    routes = [
        WebSocketRoute(PAGE, echo),
        WebSocketRoute("/live", echo),
        Route("/{page:path}", lambda _: PlainTextResponse("a page")),
    ]
    app = Starlette(routes=routes, middleware=[Middleware(BoundedSockets)])
    with ExitStack() as stack:
        first = stack.enter_context(TestClient(app, DESK))

        def at(address: str) -> TestClient:
            client = TestClient(app, DESK, client=(address, 50_000))
            client.portal = first.portal  # one event loop for all, as in the real server
            return client

        yield at


@contextmanager
def socket(client: TestClient, path: str = PAGE, token: str | None = None) -> Iterator[WebSocketTestSession]:
    cookies = {"Cookie": f"lodge_session_8501={token}"} if token else {}
    with client.websocket_connect(f"ws://127.0.0.1:8501{path}", headers=cookies) as session:
        yield session


def code_at_the_end(session: WebSocketTestSession) -> int:
    try:
        while True:
            session.receive_bytes()
    except WebSocketDisconnect as ended:
        return ended.code


# -- how many ----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("_limits_are_on")
def test_one_address_fills_its_own_sockets_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket_limits, "SOCKETS_WITHOUT_ENTRY", 3)
    with pages() as at, ExitStack() as opened:
        greedy, other = at("127.0.0.2"), at("127.0.0.3")
        for _ in range(3):
            opened.enter_context(socket(greedy))
        with pytest.raises(WebSocketDenialResponse) as refused, socket(greedy):
            pass
        assert refused.value.status_code == 429
        assert int(refused.value.headers["Retry-After"]) > 0

        with socket(other) as session:
            session.send_bytes(DRAWN)
            assert session.receive_bytes() == DRAWN
        opened.close()
        with socket(greedy):
            pass


@pytest.mark.usefixtures("_limits_are_on")
def test_a_cookie_that_nobody_gave_out_is_no_entry(monkeypatch: pytest.MonkeyPatch, student: Visitor) -> None:
    monkeypatch.setattr(socket_limits, "SOCKETS_WITHOUT_ENTRY", 1)
    with pages() as at, socket(at("127.0.0.2")):
        with pytest.raises(WebSocketDenialResponse), socket(at("127.0.0.2"), token="made-up"):
            pass
        with socket(at("127.0.0.2"), token=student.token):
            pass


@pytest.mark.usefixtures("_limits_are_on")
@pytest.mark.parametrize(("limit", "token"), [("MOST_LIVE_OF_ONE", "a"), ("SOCKETS_WITHOUT_ENTRY", None)])
def test_a_live_socket_too_many_is_told_to_try_later(
    monkeypatch: pytest.MonkeyPatch, limit: str, token: str | None
) -> None:
    monkeypatch.setattr(socket_limits, limit, 1)
    with pages() as at, socket(at("127.0.0.2"), "/live", token):
        with socket(at("127.0.0.2"), "/live", token) as session:
            assert code_at_the_end(session) == live_updates.TRY_AGAIN
        with socket(at("127.0.0.3"), "/live", None if token is None else "b"):
            pass


@pytest.mark.usefixtures("_limits_are_on")
def test_a_page_that_would_stay_empty_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket_limits, "MOST_LIVE_OF_AN_ADDRESS", 1)
    with pages() as at, socket(at("127.0.0.2")):
        answer = at("127.0.0.2").get("/queue", headers={"Sec-Fetch-Dest": "document"})
        assert (answer.status_code, answer.text) == (429, socket_limits.TOO_MANY)
        assert answer.headers["Retry-After"] == answer.headers["Refresh"]
        assert at("127.0.0.3").get("/queue", headers={"Sec-Fetch-Dest": "document"}).status_code == 200


def test_without_limits_nothing_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LODGE_RATE_LIMITS", "off")
    environment.are_limits_on.cache_clear()
    monkeypatch.setattr(socket_limits, "SOCKETS_WITHOUT_ENTRY", 0)
    with pages() as at, socket(at("127.0.0.2")) as session:
        session.send_bytes(bytes(2 * socket_limits.MOST_BYTES_WITHOUT_ENTRY))
        assert len(session.receive_bytes()) == 2 * socket_limits.MOST_BYTES_WITHOUT_ENTRY
    environment.are_limits_on.cache_clear()


def test_what_ended_is_forgotten() -> None:
    limits = SocketLimits()
    with limits.one_more("page", "127.0.0.2", 1):
        with pytest.raises(TooManySockets), limits.one_more("page", "127.0.0.2", 1):
            pass
        assert limits.is_full("page", "127.0.0.2", 1)
    assert not limits._open


# -- how much ----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("_limits_are_on")
def test_who_has_not_entered_sends_small_messages(student: Visitor) -> None:
    large = bytes(socket_limits.MOST_BYTES_WITHOUT_ENTRY + 1)
    with pages() as at:
        with socket(at("127.0.0.2")) as session:
            session.send_bytes(large)
            assert code_at_the_end(session) == socket_limits.TOO_BIG
        with socket(at("127.0.0.2"), token=student.token) as session:
            session.send_bytes(large)
            assert session.receive_bytes() == large


# -- how often ---------------------------------------------------------------------------------------------------------


class Clock:
    """Goes on only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


def test_a_bucket_gives_its_burst_at_once_and_then_its_pace() -> None:
    bucket = Bucket(Pace(burst=3, per_second=2), now=0.0)
    assert [bucket.take(0.0) for _ in range(5)] == [0, 0, 0, 0.5, 1.0]
    assert not bucket.is_full(2.0)
    assert bucket.is_full(2.5)
    assert [bucket.take(100.0) for _ in range(4)] == [0, 0, 0, 0.5]


def test_an_address_has_one_pace_and_idle_ones_are_forgotten() -> None:
    clock = Clock()
    limits, pace = SocketLimits(clock), Pace(burst=1, per_second=1)
    assert [limits.wait_of(pace, who) for who in ("a", "a", "b")] == [0, 1, 0]
    for number in range(socket_limits.MOST_PACES):
        limits.wait_of(pace, str(number))
    clock.now = 1.5
    limits.wait_of(pace, "c")
    assert len(limits._buckets) == 2  # of "a", still in debt, and of "c"


def sent(
    messages: int, then: Message, pace: Pace, slots: asyncio.Semaphore | None = None
) -> tuple[list[float], list[Message], Message]:
    """When each message reached the application, what was sent to the browser, and what ended the socket."""
    clock, arrived, answers = Clock(), list[float](), list[Message]()
    incoming: asyncio.Queue[Message] = asyncio.Queue()
    for number in range(messages):
        incoming.put_nowait({"type": "websocket.receive", "bytes": str(number).encode()})
    incoming.put_nowait(then)

    async def send(message: Message) -> None:
        answers.append(message)

    async def application(_: Scope, receive: Receive, __: Send) -> None:
        while (message := await receive())["type"] == "websocket.receive":
            assert message["bytes"] == str(len(arrived)).encode()
            arrived.append(clock.now)
        ends.append(message)

    ends: list[Message] = []
    paced = PacedSocket(incoming.get, send, Bucket(pace, 0.0), clock, clock.sleep)
    paced.slots = slots
    asyncio.run(paced.run(application, {}))
    return arrived, answers, ends[0]


GONE: Message = {"type": "websocket.disconnect", "code": 1001}


def test_messages_wait_for_their_pace_and_none_is_lost_when_the_browser_goes() -> None:
    arrived, answers, end = sent(6, GONE, Pace(burst=2, per_second=10))
    assert arrived == pytest.approx([0, 0, 0.1, 0.2, 0.3, 0.4])
    assert (answers, end) == ([], GONE)


def test_a_flood_ends_its_own_socket() -> None:
    """What waits is thrown away, and the rest of what the server holds is read, so that its memory is free."""
    arrived, answers, end = sent(20_000, GONE, Pace(burst=2, per_second=10))
    assert len(arrived) <= socket_limits.MOST_WAITING
    assert answers == [{"type": "websocket.close", "code": socket_limits.POLICY_VIOLATION}]
    assert end == GONE


def test_pages_of_one_address_are_drawn_in_turn() -> None:
    """The second waits until the first is drawn; what the first sends meanwhile does not."""
    asyncio.run(_two_windows())


async def _two_windows() -> None:
    begun, measured = list[str](), list[float]()
    drawn = {"first": asyncio.Event(), "second": asyncio.Event()}
    slots = SocketLimits().slots_of("127.0.0.2", 1)

    def window(name: str, messages: list[bytes]) -> tuple[PacedSocket, ASGIApp]:
        incoming: asyncio.Queue[Message] = asyncio.Queue()
        for message in (*messages, GONE):
            incoming.put_nowait(message if message is GONE else {"type": "websocket.receive", "bytes": message})
        paced = PacedSocket(incoming.get, _forget, Bucket(Pace(10, 1), 0.0), Clock())
        paced.slots = slots
        paced.when_drawn = measured.append

        async def draw(_: Scope, receive: Receive, send: Send) -> None:
            while (message := await receive()) is not GONE:
                begun.append(f"{name} {message['bytes'].decode()}")
                await send({"type": "websocket.send", "bytes": BEGUN_ANEW})
            await drawn[name].wait()
            await send({"type": "websocket.send", "bytes": DRAWN})

        return paced, draw

    windows = [window("first", [b"1", b"2"]), window("second", [b"1"])]
    first, second = (asyncio.create_task(paced.run(draw, {})) for paced, draw in windows)
    while len(begun) < 2 or not slots.locked():
        await asyncio.sleep(0)
    assert begun == ["first 1", "first 2"]
    drawn["first"].set()
    await first
    drawn["second"].set()
    await second
    assert begun == ["first 1", "first 2", "second 1"]
    assert not slots.locked()
    assert len(measured) == 2, "a page that begins anew is drawn once"


async def _forget(_: Message) -> None:
    pass


def test_whoever_scrolls_a_table_holds_up_nobody() -> None:
    """More rows come without a page's being drawn, which would end its turn."""
    request = BackMsg(backend_operation_request=BackendOperationRequest(request_id="x" * 36)).SerializeToString()
    slots = asyncio.Semaphore(1)

    async def scroll() -> None:
        incoming: asyncio.Queue[Message] = asyncio.Queue()
        incoming.put_nowait({"type": "websocket.receive", "bytes": request})
        incoming.put_nowait(GONE)
        paced = PacedSocket(incoming.get, _forget, Bucket(Pace(10, 1), 0.0), Clock())
        paced.slots = slots

        async def application(_: Scope, receive: Receive, __: Send) -> None:
            assert (await receive())["bytes"] == request
            assert not slots.locked()
            await receive()

        await paced.run(application, {})

    asyncio.run(scroll())


def test_a_page_begins_anew_only_as_often_as_a_hand_would_make_it() -> None:
    arrived, _, _ = sent(13, GONE, Pace(100, 100), SocketLimits().slots_of("127.0.0.2", 1))
    assert arrived == pytest.approx([0.0] * 11 + [1 / 3, 2 / 3])


def test_what_a_hand_does_never_waits() -> None:
    """A slider that is dragged for a minute."""
    bucket = Bucket(socket_limits.OF_A_SOCKET, 0.0)
    assert max(bucket.take(number / 10) for number in range(600)) == 0
