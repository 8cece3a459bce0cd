"""Refuses text messages on Streamlit's WebSocket: Streamlit accepts only binary messages, and would log fifty lines for
each text message."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

STREAM = "/_stcore/stream"
UNSUPPORTED_DATA = 1003


class BinaryMessagesOnly:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket" or not scope["path"].endswith(STREAM):
            await self._app(scope, receive, send)
            return
        is_closed = False

        async def receive_bytes() -> Message:
            nonlocal is_closed
            message = await receive()
            if message["type"] != "websocket.receive" or message.get("bytes") is not None:
                return message
            is_closed = True
            await send({"type": "websocket.close", "code": UNSUPPORTED_DATA})
            return {"type": "websocket.disconnect", "code": UNSUPPORTED_DATA}

        async def send_while_open(message: Message) -> None:
            if not is_closed:
                await send(message)

        await self._app(scope, receive_bytes, send_while_open)
