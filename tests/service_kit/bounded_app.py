"""What the tests of connections stand before. With PATIENCE_SECONDS, MOST_CONNECTIONS or MOST_UNREAD in its
environment it has no more than that."""

import asyncio
import os
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from service_kit import connections

if patience := os.environ.get("PATIENCE_SECONDS"):
    connections.HEAD_SECONDS = connections.BODY_SECONDS = connections.UNREAD_SECONDS = float(patience)
for most in {"MOST_CONNECTIONS", "MOST_UNREAD"} & os.environ.keys():
    setattr(connections, most, int(os.environ[most]))


async def length(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(len(await request.body())))


async def large(_: Request) -> PlainTextResponse:
    return PlainTextResponse("x" * 20_000_000)


async def slow(_: Request) -> StreamingResponse:
    """Takes longer than whoever asks may take."""

    async def words() -> AsyncIterator[str]:
        yield "begun "
        await asyncio.sleep(1)
        yield "done"

    return StreamingResponse(words())


async def echo(websocket: WebSocket) -> None:
    await websocket.accept()
    while True:
        await websocket.send_text(await websocket.receive_text())


app = Starlette(
    routes=[
        Route("/length", length, methods=["GET", "POST"]),
        Route("/slow", slow),
        Route("/large", large),
        WebSocketRoute("/echo", echo),
    ]
)
