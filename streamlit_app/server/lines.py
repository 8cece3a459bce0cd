"""One line to the data API for each person who entered: all their tabs share its stream, its count and its answers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

import anyio
import httpx
from anyio.abc import TaskGroup
from httpx_sse import SSEError, aconnect_sse

from contracts.people import Unread
from streamlit_app.client.answers import Answers
from streamlit_app.client.environment import data_api_url
from streamlit_app.client.wire import headers_for

TRY_AGAIN = 1013
NOT_ENTERED = 4401  # tells the browser that trying again is of no use

# The data API sends a sign of life more often than this.
TIME_OUT = httpx.Timeout(5, read=60)
# Connections are forgotten before the other side closes them: a request on one that is being closed would end the line.
KEPT_OPEN_SECONDS = 2.0
# The count comes later than the page, which people look at first, and in a flood of changes now and then.
COUNT_AFTER_SECONDS = 0.6
COUNT_PAUSE_SECONDS = 1.5
MOST_WAITING = 200
MOST_SEEN = 500


class Over(Exception):
    """A line or a tab's end of it is over; `code` is what the browser is told."""

    def __init__(self, code: int) -> None:
        self.code = code


@cache
def http_client() -> httpx.AsyncClient:
    """One stream for each person: no bound here, the server's own bounds hold."""
    limits = httpx.Limits(max_connections=None, keepalive_expiry=KEPT_OPEN_SECONDS)
    return httpx.AsyncClient(base_url=data_api_url(), timeout=TIME_OUT, limits=limits, trust_env=False)


class Tab:
    """A tab's end of the line: frames for the browser, in order."""

    def __init__(self) -> None:
        self._frames: asyncio.Queue[str | Over] = asyncio.Queue()

    def tell(self, frame: str) -> None:
        """A browser that no longer reads is told to begin anew, which also redraws its page."""
        if self._frames.qsize() < MOST_WAITING:
            self._frames.put_nowait(frame)
        else:
            self.end(TRY_AGAIN)

    def end(self, code: int) -> None:
        self._frames.put_nowait(Over(code))

    async def next(self) -> str:
        """Raises Over at the end."""
        frame = await self._frames.get()
        if isinstance(frame, Over):
            raise frame
        return frame


class Line:
    """`unread` is how many tickets hold messages not read yet or, confirmed, have another status; None before the first
    count. Read by the pages' threads, changed by the event loop's alone."""

    def __init__(self, token: str, visitor: str | None) -> None:
        self.answers = Answers()
        self.unread: int | None = None
        self.tabs: set[Tab] = set()
        self._token = token
        self._headers = headers_for(token, visitor)
        self._changed = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._seen: dict[int, int] = {}
        self._task = asyncio.create_task(self._run())

    async def seen(self, ticket_id: int, latest: int) -> None:
        """This ticket's messages up to the latest are before somebody's eyes. Once is enough, in however many tabs."""
        if self._seen.get(ticket_id, 0) >= latest:
            return
        if len(self._seen) >= MOST_SEEN:
            self._seen.clear()
        self._seen[ticket_id] = latest
        is_told = False
        try:
            answer = await http_client().put(
                f"/tickets/{ticket_id}/read", params={"message": latest}, headers=self._headers
            )
            is_told = answer.is_success
        finally:
            if not is_told:
                self._seen.pop(ticket_id, None)
        self._changed.set()

    def count_again(self) -> None:
        """For the pages' threads."""
        self._loop.call_soon_threadsafe(self._changed.set)

    def close(self, code: int = TRY_AGAIN) -> None:
        """Whoever comes later gets a new line."""
        if _lines.get(self._token) is self:
            del _lines[self._token]
        self._task.cancel()
        for tab in self.tabs:
            tab.end(code)

    async def _run(self) -> None:
        code = TRY_AGAIN
        try:
            async with anyio.create_task_group() as ways:
                await self._follow(ways)
        except ExceptionGroup as ended:
            match ended.exceptions[0]:
                case Over(code=told):
                    code = told
                case httpx.HTTPError() | SSEError():
                    pass
                case _:
                    raise
        finally:
            self.close(code)

    async def _follow(self, ways: TaskGroup) -> None:
        """Hands on what the data API tells, each as one LiveEvent in JSON."""
        async with aconnect_sse(http_client(), "GET", "/events", headers=self._headers) as source:
            if source.response.status_code == httpx.codes.UNAUTHORIZED:
                raise Over(NOT_ENTERED)
            source.response.raise_for_status()
            # Not before: a change between a first count and the stream would be lost.
            ways.start_soon(self._count)
            async for event in source.aiter_sse():
                self.answers.forget()
                self._tell(event.data)
                self._changed.set()
        raise Over(TRY_AGAIN)

    async def _count(self) -> None:
        while True:
            self._changed.clear()
            answer = await http_client().get("/me/unread", headers=self._headers)
            if answer.is_success:
                self.unread = counted(Unread.model_validate_json(answer.content))
                self._tell(count_frame(self.unread))
            await anyio.sleep(COUNT_PAUSE_SECONDS)
            await self._changed.wait()
            await anyio.sleep(COUNT_AFTER_SECONDS)

    def _tell(self, frame: str) -> None:
        for tab in self.tabs:
            tab.tell(frame)


_lines: dict[str, Line] = {}


def line_of(token: str | None) -> Line | None:
    """The line that hears of every change now, if there is one: it has counted."""
    line = _lines.get(token) if token else None
    return line if line and line.unread is not None else None


def count_again(token: str | None) -> None:
    """Something was seen that no event tells of."""
    if line := line_of(token):
        line.count_again()


@asynccontextmanager
async def joined(token: str, visitor: str | None = None) -> AsyncIterator[tuple[Line, Tab]]:
    """A tab's end of the person's line, which opens with the first tab and closes after the last. `visitor` is the
    address that the tab's person comes from."""
    line = _lines.get(token)
    if line is None:
        line = _lines[token] = Line(token, visitor)
    tab = Tab()
    if line.unread is not None:
        tab.tell(count_frame(line.unread))
    line.tabs.add(tab)
    try:
        yield line, tab
    finally:
        line.tabs.discard(tab)
        if not line.tabs:
            line.close()


def count_frame(unread: int) -> str:
    return f'{{"unread":{unread}}}'


def counted(unread: Unread) -> int:
    return unread.tickets + unread.confirmed
