"""The UI as an ASGI application: `uvicorn streamlit_app.asgi:app`, one worker."""

import asyncio
import gc
import importlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware

from streamlit_app.server import live_updates, page_requests, sign_in
from streamlit_app.server.binary_messages import BinaryMessagesOnly
from streamlit_app.server.security import Gate, SecurityHeaders
from streamlit_app.server.socket_limits import BoundedSockets

# The first visitor would otherwise wait for them.
PRELOADED = ("pandas", "altair", "streamlit_app.state.navigation")

# With Python's 700, 25 people in the queue made full collections of a quarter of a second.
OBJECTS_OF_A_RERUN = 30_000

# Streamlit turns uvicorn's access log on again, and links hold what people search for.
logging.getLogger("uvicorn.access").disabled = True

page_requests.install()


@asynccontextmanager
async def preload(_: st.App) -> AsyncIterator[dict[str, Any] | None]:
    for name in PRELOADED:
        await asyncio.to_thread(importlib.import_module, name)
    _spare_the_collector()
    yield None


def _spare_the_collector() -> None:
    """A full collection stops every session. What is loaded now stays for good and need not be looked through; what a
    rerun leaves behind is found while it is young, if a rerun fits between two collections."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_OF_A_RERUN, 10, 10)


app = st.App(
    Path(__file__).with_name("main.py"),
    lifespan=preload,
    routes=[*sign_in.routes, *live_updates.routes],
    middleware=[
        Middleware(SecurityHeaders),
        Middleware(Gate),
        Middleware(BinaryMessagesOnly),
        Middleware(BoundedSockets),
    ],
)
