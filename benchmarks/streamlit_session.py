"""A browser tab as the UI's process sees it: Streamlit's own protocol over its websocket, without drawing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from streamlit_app.server.cookies import cookie_name

LARGEST_MESSAGE = 200 * 1024 * 1024


class StreamlitSession:
    """One tab on one page. `widgets` are the ids of what the last run drew, by the key that the page gave."""

    def __init__(self, socket: ClientConnection, page: str) -> None:
        self._socket = socket
        self._page = page
        self._page_hash = ""
        self._query = ""
        self.widgets: dict[str, str] = {}

    async def rerun(self, *changed: WidgetState) -> None:
        """The page is run with what the person changed; comes back when the server says it is finished."""
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.page_script_hash, state.page_name = self._query, self._page_hash, self._page
        state.widget_states.widgets.extend(changed)
        await self._socket.send(message.SerializeToString())
        self.widgets.clear()
        while not self._is_finished(await self._receive()):
            pass

    async def _receive(self) -> ForwardMsg:
        message = ForwardMsg()
        message.ParseFromString(await self._socket.recv(decode=False))
        return message

    def _is_finished(self, message: ForwardMsg) -> bool:
        """Takes in what a browser would keep."""
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._page_hash, self._page = message.new_session.page_script_hash, ""
        elif kind == "navigation":
            self._page_hash = message.navigation.page_script_hash
        elif kind == "page_info_changed":
            self._query = message.page_info_changed.query_string
        elif kind == "delta":
            self._note_widget(message)
        return kind == "script_finished" and message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY

    def _note_widget(self, message: ForwardMsg) -> None:
        """An element's id ends with the key that the page gave it."""
        element = message.delta.new_element
        kind = element.WhichOneof("type") or ""
        if kind == "exception":
            raise RuntimeError(f"The page failed: {element.exception.message}")
        parts = str(getattr(getattr(element, kind, None), "id", "")).split("-", 2)
        if len(parts) == 3:
            self.widgets[parts[2]] = "-".join(parts)


@asynccontextmanager
async def open_tab(ui: str, token: str, page: str) -> AsyncIterator[StreamlitSession]:
    """A tab that has loaded the page, with its line for live changes open as in a browser."""
    host = urlsplit(ui).netloc
    headers = {"Cookie": f"{cookie_name(host)}={token}"}
    async with (
        connect(
            f"ws://{host}/_stcore/stream",
            origin=Origin(ui),
            additional_headers=headers,
            subprotocols=[Subprotocol("streamlit")],
            max_size=LARGEST_MESSAGE,
            compression=None,
        ) as socket,
        connect(f"ws://{host}/live", origin=Origin(ui), additional_headers=headers, compression=None),
    ):
        tab = StreamlitSession(socket, page)
        await tab.rerun()
        yield tab
