"""Acts like a browser tab towards the UI: it speaks Streamlit's protocol over its websocket, without drawing."""

from collections.abc import AsyncIterator, Iterable
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
    """One tab on one page. `widgets` holds the ids of the widgets that the last run drew, by their keys in the page."""

    def __init__(self, socket: ClientConnection, page: str) -> None:
        self._socket = socket
        self._page = page
        self._page_hash = ""
        self._query = ""
        self.widgets: dict[str, str] = {}

    async def rerun(self, *changed: WidgetState) -> None:
        """Runs the page with the changed widgets, and returns when the server reports that the run is finished."""
        await self._run(changed, is_history_navigation=False)

    async def go(self, query: str) -> None:
        """Runs the page with another query in its URL, as after a click on a link to it."""
        self._query = query
        await self._run((), is_history_navigation=True)

    async def _run(self, changed: Iterable[WidgetState], *, is_history_navigation: bool) -> None:
        message = BackMsg()
        state = message.rerun_script
        state.is_history_navigation = is_history_navigation
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
        """Stores what a browser would keep of a message. Returns whether the message reports the end of a run."""
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
        """Stores a widget's id by its key, which is the last part of the id. Raises RuntimeError for an exception."""
        element = message.delta.new_element
        kind = element.WhichOneof("type") or ""
        if kind == "exception":
            raise RuntimeError(f"The page failed: {element.exception.message}")
        parts = str(getattr(getattr(element, kind, None), "id", "")).split("-", 2)
        if len(parts) == 3:
            self.widgets[parts[2]] = "-".join(parts)


@asynccontextmanager
async def open_tab(ui: str, token: str, page: str) -> AsyncIterator[StreamlitSession]:
    """Gives a tab that has loaded the page, with its connection for live changes open as in a browser."""
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
