"""Live updates: relays the data API's event stream to the browser's tabs.

Each sign-in (one token) has one subscription to the stream. All its tabs share the subscription, together with the
count of unread messages and the responses to identical requests. Each tab gets its updates over a WebSocket and not as
server-sent events: a browser opens only six event streams to one host, so that the seventh tab would never load.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from functools import cache
from typing import NamedTuple

import anyio
import httpx
from anyio.abc import TaskGroup
from httpx_sse import SSEError, aconnect_sse
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from contracts.base import MAX_ID, Id
from contracts.desk import LiveEvent, LiveKind
from contracts.people import Me, Permission, PersonBrief, Unread
from streamlit_app.client.environment import data_api_url
from streamlit_app.client.service_client import headers_for
from streamlit_app.client.shared_answers import SharedAnswers
from streamlit_app.server.cookies import cookie_name, fingerprint
from streamlit_app.server.presence import Looker, Looking, Presence

NOT_ALLOWED = 1008
TRY_AGAIN = 1013
NOT_ENTERED = 4401  # not signed in: tells the browser not to reconnect

# The data API sends keep-alive messages more often than every 60 seconds.
TIME_OUT = httpx.Timeout(5, read=60)
# Idle connections are dropped before the other side closes them: a request on a connection that is being closed would
# fail, and end the subscription.
KEPT_OPEN_SECONDS = 2.0
# The count is fetched after the page, which people look at first, and only at intervals during a flood of changes.
COUNT_AFTER_SECONDS = 0.6
COUNT_PAUSE_SECONDS = 1.5
MOST_WAITING = 200
MOST_KEPT_TICKETS = 500
# How long it is known that somebody may read a ticket, if nothing is told of a change.
KNOWN_SECONDS = 30.0


class Ended(Exception):
    """A subscription, or one tab's part of it, has ended. `code` is the close code for the WebSockets concerned."""

    def __init__(self, code: int) -> None:
        self.code = code


@cache
def http_client() -> httpx.AsyncClient:
    """Returns the shared client. It has no limit on connections, because each person needs one stream; the data API
    limits their number."""
    limits = httpx.Limits(max_connections=None, keepalive_expiry=KEPT_OPEN_SECONDS)
    return httpx.AsyncClient(base_url=data_api_url(), timeout=TIME_OUT, limits=limits, trust_env=False)


class Tab:
    """The queue of messages for one tab of the browser, and the ticket that it shows."""

    def __init__(self) -> None:
        self._messages: asyncio.Queue[str | Ended] = asyncio.Queue()
        self.looker = Looker(self.send)

    def send(self, message: str) -> None:
        """Queues a message. A browser that no longer reads is told to reconnect, which also redraws its page."""
        if self._messages.qsize() < MOST_WAITING:
            self._messages.put_nowait(message)
        else:
            self.end(TRY_AGAIN)

    def end(self, code: int) -> None:
        self._messages.put_nowait(Ended(code))

    async def next(self) -> str:
        """Waits for the next message. Raises Ended after the last."""
        message = await self._messages.get()
        if isinstance(message, Ended):
            raise message
        return message


class News(NamedTuple):
    """What is new for a person. `unread`: the number of tickets with unread messages plus the number of reports that
    they confirmed and whose status has changed since they last looked. `mentions`: the number of unseen ones."""

    unread: int = 0
    mentions: int = 0

    @property
    def total(self) -> int:
        return self.unread + self.mentions


class ReadMark(BaseModel):
    """What a browser says: ticket `read` is on the screen, with public messages of others up to the id `latest`, and up
    to the id `mentioned` with messages that mention its reader; 0 if there are none."""

    model_config = ConfigDict(extra="forbid")

    read: Id
    latest: int = Field(ge=0, le=MAX_ID)
    mentioned: int = Field(default=0, ge=0, le=MAX_ID)


class Subscription:
    """One person's subscription. `news` is what is new for them, None before the first count. The pages' threads read
    it; only the event loop changes it. `began_at` is on the monotonic clock."""

    def __init__(self, token: str, visitor: str | None) -> None:
        self.began_at = time.monotonic()
        self.answers = SharedAnswers()
        self.news: News | None = None
        self.tabs: set[Tab] = set()
        self._token = token
        self._headers = headers_for(token, visitor)
        self._has_changed = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._latest_read: dict[int, int] = {}
        self._mentioned: dict[int, int] = {}
        self._me: Me | None = None
        # Whether this person may read a ticket, each with the time until which that is known.
        self._readable: dict[int, tuple[float, bool]] = {}
        self._asking: dict[int, asyncio.Task[bool]] = {}
        self._task = asyncio.create_task(self._run())

    async def mark_seen(self, mark: ReadMark) -> None:
        """Tells the data API what of a ticket was shown. A ticket that was opened may have unseen mentions if this
        person has any, or if a message that mentions them was not shown before."""
        if mark.latest:
            await self._mark_read(mark.read, mark.latest)
        seen = self._mentioned.get(mark.read, 0)
        if mark.mentioned > seen or (self.news and self.news.mentions):
            if len(self._mentioned) >= MOST_KEPT_TICKETS:
                self._mentioned.clear()
            answer = await http_client().put(f"/tickets/{mark.read}/mentions/seen", headers=self._headers)
            if answer.is_success:
                self._mentioned[mark.read] = max(seen, mark.mentioned)
            self._has_changed.set()

    async def _mark_read(self, ticket_id: int, latest: int) -> None:
        """Tells the data API that this ticket's messages up to `latest` were shown, once for all tabs."""
        if self._latest_read.get(ticket_id, 0) >= latest:
            return
        if len(self._latest_read) >= MOST_KEPT_TICKETS:
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

    async def look(self, tab: Tab, said: Looking) -> None:
        """Tells other staff at the ticket that this person looks at it or writes, and this tab who else does. Only
        staff who may read the ticket are told of, and told. What is said too often is ignored."""
        if said.looking is None or said.looking != tab.looker.ticket:
            _presence.leave(tab.looker)
        if said.looking is None or tab.looker.is_too_soon():
            return
        if person := await self._staff_who_reads(said.looking):
            _presence.look(tab.looker, person, said)
        else:
            _presence.leave(tab.looker)

    async def _staff_who_reads(self, ticket_id: int) -> PersonBrief | None:
        """Returns this person if they work on tickets and may read this one."""
        if self._me is None:
            answer = await http_client().get("/me", headers=self._headers)
            self._me = Me.model_validate_json(answer.content) if answer.is_success else None
        if self._me is None or Permission.TICKETS_WORK not in self._me.permissions:
            return None
        return self._me.person if await self._may_read(ticket_id) else None

    async def _may_read(self, ticket_id: int) -> bool:
        """Asks the data API, once for all tabs that ask at the same time."""
        until, may_read = self._readable.get(ticket_id, (0.0, False))
        if until > self._loop.time():
            return may_read
        if ticket_id not in self._asking:
            self._asking[ticket_id] = asyncio.create_task(self._ask_whether_readable(ticket_id))
        # Shielded, because a tab that ends must not end the question of the others.
        return await asyncio.shield(self._asking[ticket_id])

    async def _ask_whether_readable(self, ticket_id: int) -> bool:
        """An answer is not used if the ticket has changed while it was on its way."""
        until = self._loop.time() + KNOWN_SECONDS
        try:
            answer = await http_client().get(f"/tickets/{ticket_id}", headers=self._headers)
        finally:
            is_current = self._asking.get(ticket_id) is asyncio.current_task()
            if is_current:
                del self._asking[ticket_id]
        if not is_current:
            return False
        if len(self._readable) >= MOST_KEPT_TICKETS:
            self._readable.clear()
        if answer.is_success or answer.status_code == httpx.codes.NOT_FOUND:
            self._readable[ticket_id] = (until, answer.is_success)
        return answer.is_success

    def _check_again(self, event: LiveEvent) -> None:
        """Tells the tabs at this ticket nothing more until they have asked again: perhaps this person may not read it
        any longer."""
        if event.ticket_id is None:
            self._readable.clear()
            self._asking.clear()
        else:
            self._readable.pop(event.ticket_id, None)
            self._asking.pop(event.ticket_id, None)
        for tab in self.tabs:
            if event.ticket_id in (None, tab.looker.ticket):
                tab.looker.is_told = False

    def recount(self) -> None:
        """Starts a new count of unread messages. The pages' threads may call it."""
        self._loop.call_soon_threadsafe(self._has_changed.set)

    def close(self, code: int = TRY_AGAIN) -> None:
        """Ends the subscription and all its tabs. A tab that connects later gets a new subscription."""
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
        """Passes each event on to all tabs, as one LiveEvent in JSON."""
        async with aconnect_sse(http_client(), "GET", "/events", headers=self._headers) as source:
            if source.response.status_code == httpx.codes.UNAUTHORIZED:
                raise Ended(NOT_ENTERED)
            source.response.raise_for_status()
            # Counting must not start before the stream is open: a change between the first count and the stream would
            # be missed.
            tasks.start_soon(self._count_unread)
            async for event in source.aiter_sse():
                self.answers.forget()
                told = LiveEvent.model_validate_json(event.data)
                # Time that somebody worked changes neither who reads a ticket nor what is unread.
                if told.kind in (LiveKind.TIME, LiveKind.TIMER):
                    self._send_to_all_tabs(event.data)
                    continue
                self._check_again(told)
                self._send_to_all_tabs(event.data)
                self._has_changed.set()
        raise Ended(await self._code_at_the_end())

    async def _code_at_the_end(self) -> int:
        """The data API ends the stream of somebody who is no longer signed in. Their pages must go at once, and not
        after they have tried to connect again."""
        answer = await http_client().get("/me", headers=self._headers)
        return NOT_ENTERED if answer.status_code == httpx.codes.UNAUTHORIZED else TRY_AGAIN

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
                    self.news = news_of(Unread.model_validate_json(answer.content))
                    self._send_to_all_tabs(news_message(self.news))
            await anyio.sleep(COUNT_PAUSE_SECONDS)
            await self._has_changed.wait()
            await anyio.sleep(COUNT_AFTER_SECONDS)

    def _send_to_all_tabs(self, message: str) -> None:
        for tab in self.tabs:
            tab.send(message)


_subscriptions: dict[str, Subscription] = {}
_presence = Presence()


def subscription_of(token: str | None) -> Subscription | None:
    """Returns the person's subscription if it has made its first count, and so receives every change; otherwise
    None."""
    found = _subscriptions.get(token) if token else None
    return found if found and found.news is not None else None


def open_tabs() -> list[int]:
    """Returns the number of tabs of each subscription."""
    return [len(subscription.tabs) for subscription in list(_subscriptions.values())]


def recount(token: str | None) -> None:
    """Starts a new count of unread messages. For use after something was read that no event reports."""
    if found := subscription_of(token):
        found.recount()


@contextlib.asynccontextmanager
async def joined(token: str, visitor: str | None = None) -> AsyncIterator[tuple[Subscription, Tab]]:
    """Adds a tab to the person's subscription for the duration of the block. The subscription begins with the first tab
    and ends after the last. `visitor` is the person's network address."""
    subscription = _subscriptions.get(token)
    if subscription is None:
        subscription = _subscriptions[token] = Subscription(token, visitor)
    tab = Tab()
    if subscription.news is not None:
        tab.send(news_message(subscription.news))
    subscription.tabs.add(tab)
    try:
        yield subscription, tab
    finally:
        _presence.leave(tab.looker)
        subscription.tabs.discard(tab)
        if not subscription.tabs:
            subscription.close()


def news_message(news: News) -> str:
    return f'{{"unread":{news.unread},"mentions":{news.mentions}}}'


def session_message(token: str) -> str:
    return f'{{"session":"{fingerprint(token)}"}}'


def news_of(unread: Unread) -> News:
    return News(unread.tickets + unread.confirmed, unread.mentions)


FROM_BROWSER: TypeAdapter[ReadMark | Looking] = TypeAdapter(ReadMark | Looking)


async def live(websocket: WebSocket) -> None:
    """The WebSocket of one tab. The first text message is `{"session": …}` with the fingerprint of the cookie's token:
    a page that was drawn for another token is out of date. Each further one is a LiveEvent as JSON, or `{"unread": n,
    "mentions": n}` with `Subscription.news`, or `{"ticket": id, "present": [{"name", "is_writing"}]}` with the
    colleagues at the ticket that the tab shows. The browser may send a ReadMark or a Looking.

    Ends when either side disconnects, or when the token is revoked.
    """
    await websocket.accept()
    token = websocket.cookies.get(cookie_name(websocket.headers.get("host", "")))
    code = await _serve(websocket, token) if token else NOT_ENTERED
    if code is not None:
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await websocket.close(code)


async def _serve(websocket: WebSocket, token: str) -> int | None:
    """Returns the code to close the WebSocket with; None when the browser has already disconnected."""
    visitor = websocket.client.host if websocket.client else None
    try:
        async with joined(token, visitor) as (subscription, tab), anyio.create_task_group() as tasks:
            await websocket.send_text(session_message(token))
            tasks.start_soon(_send_messages, websocket, tab)
            tasks.start_soon(_receive_messages, websocket, subscription, tab)
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


async def _receive_messages(websocket: WebSocket, subscription: Subscription, tab: Tab) -> None:
    while True:
        try:
            said = FROM_BROWSER.validate_json(await websocket.receive_text())
        except (ValidationError, KeyError):
            raise Ended(NOT_ALLOWED) from None
        if isinstance(said, ReadMark):
            await subscription.mark_seen(said)
        else:
            await subscription.look(tab, said)


routes = [WebSocketRoute("/live", live)]
