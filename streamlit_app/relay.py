"""The live relay: hands the data API's event stream to the browser over a WebSocket.

A WebSocket, because a browser opens only six event streams to one host and the seventh tab would never load.
"""

import asyncio
import contextlib

import httpx
from httpx_sse import SSEError, aconnect_sse
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from streamlit_app.cookies import cookie_name
from streamlit_app.environment import data_api_url
from streamlit_app.security import is_same_origin

TRY_AGAIN = 1013
NOT_ALLOWED = 1008
NOT_ENTERED = 4401  # tells the browser that trying again is of no use

# The data API sends a sign of life more often than this.
TIME_OUT = httpx.Timeout(5, read=60)


async def live(websocket: WebSocket) -> None:
    """Each text frame is one LiveEvent as JSON. Ends when either side goes, or when the token is revoked."""
    if not is_same_origin(websocket):
        await websocket.close(NOT_ALLOWED)
        return
    await websocket.accept()
    token = websocket.cookies.get(cookie_name(websocket.headers.get("host", "")))
    pump = asyncio.create_task(_pump(websocket, token))
    goodbye = asyncio.create_task(_until_gone(websocket))
    done, _ = await asyncio.wait({pump, goodbye}, return_when=asyncio.FIRST_COMPLETED)
    for task in (pump, goodbye):
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, WebSocketDisconnect):
            await task
    if pump in done and goodbye not in done and not pump.exception():
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await websocket.close(pump.result())


async def _pump(websocket: WebSocket, token: str | None) -> int:
    """Passes events on; the code to close with when there are no more."""
    if token is None:
        return NOT_ENTERED
    headers = {"Authorization": f"Bearer {token}"}
    try:
        async with (
            httpx.AsyncClient(base_url=data_api_url(), timeout=TIME_OUT) as client,
            aconnect_sse(client, "GET", "/events", headers=headers) as source,
        ):
            if source.response.status_code == httpx.codes.UNAUTHORIZED:
                return NOT_ENTERED
            source.response.raise_for_status()
            async for event in source.aiter_sse():
                await websocket.send_text(event.data)
    except (httpx.HTTPError, SSEError):
        return TRY_AGAIN
    return TRY_AGAIN


async def _until_gone(websocket: WebSocket) -> None:
    """The browser says nothing on this line; what it sends is dropped."""
    while True:
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect":
            return


routes = [WebSocketRoute("/live", live)]
