"""The live relay: hands the data API's event stream to the browser over a WebSocket.

A WebSocket, because a browser opens only six event streams to one host and the seventh tab would never load.
"""

import contextlib

import anyio
import httpx
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from contracts.base import Id
from streamlit_app.server.cookies import cookie_name
from streamlit_app.server.lines import NOT_ENTERED, TRY_AGAIN, Line, Over, Tab, joined

NOT_ALLOWED = 1008


class Seen(BaseModel):
    """What the browser may say: this ticket's messages, up to the one named, are before somebody's eyes."""

    model_config = ConfigDict(extra="forbid")

    read: Id
    latest: Id


async def live(websocket: WebSocket) -> None:
    """Each text frame is one LiveEvent as JSON, or `{"unread": n}`, the tickets with messages not read yet.

    Ends when either side goes, or when the token is revoked.
    """
    await websocket.accept()
    token = websocket.cookies.get(cookie_name(websocket.headers.get("host", "")))
    code = await _carry(websocket, token) if token else NOT_ENTERED
    if code is not None:
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await websocket.close(code)


async def _carry(websocket: WebSocket, token: str) -> int | None:
    """The code to close with; None when the browser is gone already."""
    visitor = websocket.client.host if websocket.client else None
    try:
        async with joined(token, visitor) as (line, tab), anyio.create_task_group() as ways:
            ways.start_soon(_tell, websocket, tab)
            ways.start_soon(_listen, websocket, line)
    except ExceptionGroup as ended:
        match ended.exceptions[0]:
            case Over(code=code):
                return code
            case WebSocketDisconnect():
                return None
            case httpx.HTTPError():
                return TRY_AGAIN
        raise
    return None


async def _tell(websocket: WebSocket, tab: Tab) -> None:
    while True:
        await websocket.send_text(await tab.next())


async def _listen(websocket: WebSocket, line: Line) -> None:
    """Marks as read what the browser shows."""
    while True:
        try:
            seen = Seen.model_validate_json(await websocket.receive_text())
        except (ValidationError, KeyError):
            raise Over(NOT_ALLOWED) from None
        await line.seen(seen.read, seen.latest)


routes = [WebSocketRoute("/live", live)]
