"""How errors describe themselves to the API's documentation, and what an unexpected one is answered with."""

import asyncio
import errno
from contextlib import nullcontext

import httpx
import pytest
from anyio import BrokenResourceError
from fastapi import APIRouter
from starlette.types import Message, Receive, Scope, Send

from service_kit.application import create_application
from service_kit.errors import InvalidInput, LodgeError, UnexpectedErrors, documented
from service_kit.metrics import Metrics
from tests.support.serving import keep_logs_short, settings_of


class Gone(LodgeError):
    """It went."""

    status = 404


class Away(LodgeError):
    """It is away."""

    status = 404


def test_errors_of_one_status_are_told_together() -> None:
    told = documented(Gone, Away, InvalidInput)
    assert list(told) == [404, 422]
    assert told[404]["description"] == "`Gone`: It went.\n\n`Away`: It is away."


def test_an_error_names_its_field() -> None:
    error = InvalidInput.in_field("body.title", "is too long")
    assert error.detail == "body.title: is too long"
    assert [field.model_dump() for field in error.fields or ()] == [{"name": "body.title", "message": "is too long"}]


@pytest.mark.parametrize(
    ("error", "status", "name"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/secret/place"), 507, "DiskFull"),
        (OSError(errno.EIO, "Input/output error", "/secret/place"), 500, "Unexpected"),
    ],
)
def test_a_full_disk_is_told_as_one(error: OSError, status: int, name: str) -> None:
    keep_logs_short()
    router = APIRouter()

    @router.post("/")
    def write() -> None:
        raise error

    async def answer() -> httpx.Response:
        app = create_application(settings_of(), title="Toy", description="", routers=[router], metrics=Metrics())
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
            return await client.post("/")

    told = asyncio.run(answer())
    assert (told.status_code, told.json()["error"]) == (status, name)
    assert "/secret/place" not in told.text


@pytest.mark.parametrize(("error", "is_told"), [(BrokenResourceError(), False), (ValueError("planted"), True)])
def test_who_leaves_a_stream_is_no_error(error: Exception, is_told: bool) -> None:
    async def streaming(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise ExceptionGroup("of the stream", [error])

    async def ask() -> None:
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            sent.append(message)

        await UnexpectedErrors(streaming)({"type": "http", "path": "/events"}, receive, send)

    with pytest.raises(ExceptionGroup) if is_told else nullcontext():
        asyncio.run(ask())
