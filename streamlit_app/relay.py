"""The live relay: hands the data API's event stream to the browser over a WebSocket.

A WebSocket, because a browser opens only six event streams to one host and the seventh tab would never load.
"""

import asyncio
import contextlib
from functools import cache

import anyio
import httpx
from httpx_sse import SSEError, aconnect_sse
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from contracts.base import Id
from contracts.people import Unread
from streamlit_app.cookies import cookie_name
from streamlit_app.environment import data_api_url
from streamlit_app.security import is_same_origin

TRY_AGAIN = 1013
NOT_ALLOWED = 1008
NOT_ENTERED = 4401  # tells the browser that trying again is of no use

# The data API sends a sign of life more often than this.
TIME_OUT = httpx.Timeout(5, read=60)


COUNT_AFTER_SECONDS = 0.6


class Seen(BaseModel):
    """What the browser may say: this ticket's messages are before somebody's eyes."""

    model_config = ConfigDict(extra="forbid")

    read: Id


@cache
def http_client() -> httpx.AsyncClient:
    """One stream for each open tab: no bound here, the server's own bounds hold."""
    return httpx.AsyncClient(base_url=data_api_url(), timeout=TIME_OUT, limits=httpx.Limits(max_connections=None))


class Over(Exception):
    """One way of the line is over, and so is the line, which `code` closes."""

    def __init__(self, code: int) -> None:
        self.code = code


async def live(websocket: WebSocket) -> None:
    """Each text frame is one LiveEvent as JSON, or `{"unread": n}`, the tickets with messages not read yet.

    Ends when either side goes, or when the token is revoked.
    """
    if not is_same_origin(websocket):
        await websocket.close(NOT_ALLOWED)
        return
    await websocket.accept()
    token = websocket.cookies.get(cookie_name(websocket.headers.get("host", "")))
    code = await _carry(websocket, {"Authorization": f"Bearer {token}"}) if token else NOT_ENTERED
    if code is not None:
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await websocket.close(code)


async def _carry(websocket: WebSocket, headers: dict[str, str]) -> int | None:
    """The code to close the line with; None when the browser is gone already."""
    changed = asyncio.Event()
    try:
        async with anyio.create_task_group() as ways:
            ways.start_soon(_pass_on, websocket, headers, changed)
            ways.start_soon(_count, websocket, headers, changed)
            ways.start_soon(_listen, websocket, headers, changed)
    except ExceptionGroup as ended:
        match ended.exceptions[0]:
            case Over(code=code):
                return code
            case WebSocketDisconnect():
                return None
            case httpx.HTTPError() | SSEError():
                return TRY_AGAIN
        raise
    return None


async def _pass_on(websocket: WebSocket, headers: dict[str, str], changed: asyncio.Event) -> None:
    """Hands on what the data API tells."""
    async with aconnect_sse(http_client(), "GET", "/events", headers=headers) as source:
        if source.response.status_code == httpx.codes.UNAUTHORIZED:
            raise Over(NOT_ENTERED)
        source.response.raise_for_status()
        async for event in source.aiter_sse():
            await websocket.send_text(event.data)
            changed.set()
    raise Over(TRY_AGAIN)


async def _count(websocket: WebSocket, headers: dict[str, str], changed: asyncio.Event) -> None:
    """Tells how much is unread, at first and after changes: later than the page, which people look at first."""
    while True:
        changed.clear()
        answer = await http_client().get("/me/unread", headers=headers)
        if answer.is_success:
            await websocket.send_json({"unread": Unread.model_validate_json(answer.content).tickets})
        await changed.wait()
        await anyio.sleep(COUNT_AFTER_SECONDS)


async def _listen(websocket: WebSocket, headers: dict[str, str], changed: asyncio.Event) -> None:
    """Marks as read what the browser shows."""
    while True:
        try:
            seen = Seen.model_validate_json(await websocket.receive_text())
        except (ValidationError, KeyError):
            raise Over(NOT_ALLOWED) from None
        await http_client().put(f"/tickets/{seen.read}/read", headers=headers)
        changed.set()


routes = [WebSocketRoute("/live", live)]
