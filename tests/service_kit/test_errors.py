"""How errors describe themselves to the API's documentation, and what an unexpected one is answered with."""

import asyncio
import errno

import httpx
import pytest
from fastapi import APIRouter

from service_kit.application import create_application
from service_kit.errors import InvalidInput, LodgeError, documented
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
