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

from service_kit.metrics import MeasuredRequests
from streamlit_app.client.environment import are_passwords_used
from streamlit_app.server import (
    attachments,
    board_changes,
    completions,
    exports,
    live_updates,
    monitoring,
    page_requests,
    sign_in,
    sql_files,
    sql_requests,
    time_requests,
    view_counts,
)
from streamlit_app.server.binary_messages import BinaryMessagesOnly
from streamlit_app.server.security import Gate, SecurityHeaders
from streamlit_app.server.socket_limits import BoundedSockets

# Imported at the start; otherwise the first visitor would wait for these modules.
PRELOADED = ("pandas", "altair", "streamlit_app.state.navigation")

# The threshold of the garbage collector. With Python's default of 700, a full collection took a quarter of a second
# while 25 people used the queue.
OBJECTS_OF_A_RERUN = 30_000

# Streamlit turns uvicorn's access log on again. It must stay off, because URLs hold what people search for.
logging.getLogger("uvicorn.access").disabled = True

page_requests.install()


@asynccontextmanager
async def preload(_: st.App) -> AsyncIterator[dict[str, Any] | None]:
    for name in (*PRELOADED, *(["streamlit_app.people.password_form"] if are_passwords_used() else [])):
        await asyncio.to_thread(importlib.import_module, name)
    _spare_the_collector()
    yield None


def _spare_the_collector() -> None:
    """Makes full garbage collections rare and short, because they stop every session. What is loaded now stays for good
    and is frozen, so that it is not scanned again. The garbage of a rerun is collected while it is young, if the rerun
    fits between two collections."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_OF_A_RERUN, 10, 10)


app = st.App(
    Path(__file__).with_name("main.py"),
    lifespan=preload,
    routes=[
        *sign_in.routes,
        *live_updates.routes,
        *sql_requests.routes,
        *sql_files.routes,
        *exports.routes,
        *view_counts.routes,
        *board_changes.routes,
        *attachments.routes,
        *completions.routes,
        *time_requests.routes,
        *monitoring.routes,
    ],
    middleware=[
        Middleware(MeasuredRequests, metrics=monitoring.metrics, route_of=monitoring.ui_route),
        Middleware(SecurityHeaders),
        Middleware(Gate),
        Middleware(sign_in.BrowserMarks),
        Middleware(BinaryMessagesOnly),
        Middleware(BoundedSockets),
    ],
)
