"""What the tests of connections stand before: an application that reads what it is sent, with less patience."""

import asyncio
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from service_kit import connections

connections.HEAD_SECONDS = 0.3
connections.BODY_SECONDS = 0.4


async def length(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(len(await request.body())))


async def slow(_: Request) -> StreamingResponse:
    """Takes longer than whoever asks may take."""

    async def words() -> AsyncIterator[str]:
        yield "begun "
        await asyncio.sleep(0.6)
        yield "done"

    return StreamingResponse(words())


async def echo(websocket: WebSocket) -> None:
    await websocket.accept()
    while True:
        await websocket.send_text(await websocket.receive_text())


app = Starlette(
    routes=[Route("/length", length, methods=["GET", "POST"]), Route("/slow", slow), WebSocketRoute("/echo", echo)]
)
