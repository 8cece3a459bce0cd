"""Live updates: the data API's event stream on its way to the browser's tabs.

Each person who is inside has one subscription to the stream. All their tabs share it, and with it the count of unread
messages and the answers to the same question. Each tab is told over a WebSocket: a browser opens only six event streams
to one host, so that the seventh tab would never load.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from functools import cache

import anyio
import httpx
from anyio.abc import TaskGroup
from httpx_sse import SSEError, aconnect_sse
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from contracts.base import Id
from contracts.people import Unread
from streamlit_app.client.environment import data_api_url
from streamlit_app.client.service_client import headers_for
from streamlit_app.client.shared_answers import SharedAnswers
from streamlit_app.server.cookies import cookie_name

NOT_ALLOWED = 1008
TRY_AGAIN = 1013
NOT_ENTERED = 4401  # tells the browser that trying again is of no use

# The data API sends a sign of life more often than this.
TIME_OUT = httpx.Timeout(5, read=60)
# Connections are forgotten before the other side closes them: a request on one that is being closed would end the
# subscription.
KEPT_OPEN_SECONDS = 2.0
# The count comes later than the page, which people look at first, and in a flood of changes only now and then.
COUNT_AFTER_SECONDS = 0.6
COUNT_PAUSE_SECONDS = 1.5
MOST_WAITING = 200
MOST_READ_MARKS = 500


class Ended(Exception):
    """A subscription, or one tab's part of it, has ended. `code` is what its WebSockets are closed with."""

    def __init__(self, code: int) -> None:
        self.code = code


@cache
def http_client() -> httpx.AsyncClient:
    """One stream for each person: no bound here, the server's own bounds hold."""
    limits = httpx.Limits(max_connections=None, keepalive_expiry=KEPT_OPEN_SECONDS)
    return httpx.AsyncClient(base_url=data_api_url(), timeout=TIME_OUT, limits=limits, trust_env=False)


class Tab:
    """The messages for one tab of the browser, in order."""

    def __init__(self) -> None:
        self._messages: asyncio.Queue[str | Ended] = asyncio.Queue()

    def send(self, message: str) -> None:
        """A browser that no longer reads is told to connect anew, which also redraws its page."""
        if self._messages.qsize() < MOST_WAITING:
            self._messages.put_nowait(message)
        else:
            self.end(TRY_AGAIN)

    def end(self, code: int) -> None:
        self._messages.put_nowait(Ended(code))

    async def next(self) -> str:
        """Raises Ended at the end."""
        message = await self._messages.get()
        if isinstance(message, Ended):
            raise message
        return message


class Subscription:
    """One person's. `unread` is how many tickets have unread messages, or were confirmed by this person and have
    another status since then; None before the first count. The pages' threads read it; only the event loop changes it.
    """

    def __init__(self, token: str, visitor: str | None) -> None:
        self.answers = SharedAnswers()
        self.unread: int | None = None
        self.tabs: set[Tab] = set()
        self._token = token
        self._headers = headers_for(token, visitor)
        self._has_changed = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._latest_read: dict[int, int] = {}
        self._task = asyncio.create_task(self._run())

    async def mark_read(self, ticket_id: int, latest: int) -> None:
        """This ticket's messages up to the latest are on somebody's screen. Sent once for all tabs."""
        if self._latest_read.get(ticket_id, 0) >= latest:
            return
        if len(self._latest_read) >= MOST_READ_MARKS:
            self._latest_read.clear()
        self._latest_read[ticket_id] = latest
        is_done = False
        try:
            answer = await http_client().put(
                f"/tickets/{ticket_id}/read", params={"message": latest}, headers=self._headers
            )
            is_done = answer.is_success
        finally:
            if not is_done:
                self._latest_read.pop(ticket_id, None)
        self._has_changed.set()

    def recount(self) -> None:
        """The pages' threads may call it."""
        self._loop.call_soon_threadsafe(self._has_changed.set)

    def close(self, code: int = TRY_AGAIN) -> None:
        """Whoever comes later gets a new subscription."""
        if _subscriptions.get(self._token) is self:
            del _subscriptions[self._token]
        self._task.cancel()
        for tab in self.tabs:
            tab.end(code)

    async def _run(self) -> None:
        code = TRY_AGAIN
        try:
            async with anyio.create_task_group() as tasks:
                await self._pass_on_events(tasks)
        except ExceptionGroup as group:
            match group.exceptions[0]:
                case Ended(code=given):
                    code = given
                case httpx.HTTPError() | SSEError():
                    pass
                case _:
                    raise
        finally:
            self.close(code)

    async def _pass_on_events(self, tasks: TaskGroup) -> None:
        """Each message to the tabs is one LiveEvent in JSON."""
        async with aconnect_sse(http_client(), "GET", "/events", headers=self._headers) as source:
            if source.response.status_code == httpx.codes.UNAUTHORIZED:
                raise Ended(NOT_ENTERED)
            source.response.raise_for_status()
            # Not before: a change between a first count and the stream would be lost.
            tasks.start_soon(self._count_unread)
            async for event in source.aiter_sse():
                self.answers.forget()
                self._send_to_all_tabs(event.data)
                self._has_changed.set()
        raise Ended(TRY_AGAIN)

    async def _count_unread(self) -> None:
        while True:
            self._has_changed.clear()
            try:
                answer = await http_client().get("/me/unread", headers=self._headers)
            except httpx.TransportError:
                # The process that was asked has ended. Whether the desk is away is told by the stream, which another
                # process may carry: it goes on, and so does the count.
                self._has_changed.set()
            else:
                if answer.is_success:
                    self.unread = total_unread(Unread.model_validate_json(answer.content))
                    self._send_to_all_tabs(unread_message(self.unread))
            await anyio.sleep(COUNT_PAUSE_SECONDS)
            await self._has_changed.wait()
            await anyio.sleep(COUNT_AFTER_SECONDS)

    def _send_to_all_tabs(self, message: str) -> None:
        for tab in self.tabs:
            tab.send(message)


_subscriptions: dict[str, Subscription] = {}


def subscription_of(token: str | None) -> Subscription | None:
    """The one that is told of every change now, if there is one: it has counted."""
    found = _subscriptions.get(token) if token else None
    return found if found and found.unread is not None else None


def recount(token: str | None) -> None:
    """Something was read of which no event tells."""
    if found := subscription_of(token):
        found.recount()


@contextlib.asynccontextmanager
async def joined(token: str, visitor: str | None = None) -> AsyncIterator[tuple[Subscription, Tab]]:
    """A tab that joins the person's subscription, which begins with the first tab and ends after the last. `visitor` is
    the address that the person comes from."""
    subscription = _subscriptions.get(token)
    if subscription is None:
        subscription = _subscriptions[token] = Subscription(token, visitor)
    tab = Tab()
    if subscription.unread is not None:
        tab.send(unread_message(subscription.unread))
    subscription.tabs.add(tab)
    try:
        yield subscription, tab
    finally:
        subscription.tabs.discard(tab)
        if not subscription.tabs:
            subscription.close()


def unread_message(unread: int) -> str:
    return f'{{"unread":{unread}}}'


def total_unread(unread: Unread) -> int:
    return unread.tickets + unread.confirmed


class ReadMark(BaseModel):
    """What the browser may send: this ticket's messages, up to the one named, are on somebody's screen."""

    model_config = ConfigDict(extra="forbid")

    read: Id
    latest: Id


async def live(websocket: WebSocket) -> None:
    """Each text message is one LiveEvent as JSON, or `{"unread": n}`, the tickets with unread messages.

    Ends when either side goes, or when the token is revoked.
    """
    await websocket.accept()
    token = websocket.cookies.get(cookie_name(websocket.headers.get("host", "")))
    code = await _serve(websocket, token) if token else NOT_ENTERED
    if code is not None:
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await websocket.close(code)


async def _serve(websocket: WebSocket, token: str) -> int | None:
    """The code to close with; None when the browser is gone already."""
    visitor = websocket.client.host if websocket.client else None
    try:
        async with joined(token, visitor) as (subscription, tab), anyio.create_task_group() as tasks:
            tasks.start_soon(_send_messages, websocket, tab)
            tasks.start_soon(_receive_read_marks, websocket, subscription)
    except ExceptionGroup as group:
        match group.exceptions[0]:
            case Ended(code=code):
                return code
            case WebSocketDisconnect():
                return None
            case httpx.HTTPError():
                return TRY_AGAIN
        raise
    return None


async def _send_messages(websocket: WebSocket, tab: Tab) -> None:
    while True:
        await websocket.send_text(await tab.next())


async def _receive_read_marks(websocket: WebSocket, subscription: Subscription) -> None:
    while True:
        try:
            mark = ReadMark.model_validate_json(await websocket.receive_text())
        except (ValidationError, KeyError):
            raise Ended(NOT_ALLOWED) from None
        await subscription.mark_read(mark.read, mark.latest)


routes = [WebSocketRoute("/live", live)]
