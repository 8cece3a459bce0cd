"""Text on Streamlit's WebSocket ends it with a code, and writes nothing into the log."""

import logging

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocket, WebSocketDisconnect

from streamlit_app import asgi
from streamlit_app.server.binary_messages import STREAM, BinaryMessagesOnly


async def stream(websocket: WebSocket) -> None:
    """Reads as Streamlit does."""
    await websocket.accept()
    try:
        while True:
            await websocket.send_bytes(await websocket.receive_bytes())
    except WebSocketDisconnect:
        await websocket.close()


async def relay(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text(await websocket.receive_text())


APP = Starlette(
    routes=[WebSocketRoute(STREAM, stream), WebSocketRoute("/live", relay)], middleware=[Middleware(BinaryMessagesOnly)]
)


@pytest.mark.parametrize("before", [0, 2])
def test_text_closes_the_stream(before: int) -> None:
    with TestClient(APP).websocket_connect(STREAM) as socket:
        for _ in range(before):
            socket.send_bytes(b"bytes")
            assert socket.receive_bytes() == b"bytes"
        socket.send_text("text")
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_bytes()
        assert closed.value.code == 1003


def test_other_sockets_take_text() -> None:
    with TestClient(APP).websocket_connect("/live") as socket:
        socket.send_text("text")
        assert socket.receive_text() == "text"


def test_streamlit_itself_logs_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """The pages' own application; without the middleware its handler raises, and uvicorn logs fifty lines."""
    with (
        caplog.at_level(logging.INFO),
        TestClient(asgi.app, base_url="http://localhost") as client,
        client.websocket_connect(
            f"ws://localhost{STREAM}", headers={"Origin": "http://localhost"}, subprotocols=["streamlit"]
        ) as socket,
    ):
        socket.send_text("text")
        with pytest.raises(WebSocketDisconnect) as closed:
            read_to_the_end(socket)
    assert closed.value.code == 1003
    assert [record for record in caplog.records if record.exc_info or record.levelno >= logging.ERROR] == []


def read_to_the_end(socket: WebSocketTestSession) -> None:
    while True:
        socket.receive_bytes()
