"""What a large body may cost."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI, Request
from starlette.middleware import Middleware
from starlette.types import Message, Receive, Scope, Send

from contracts.tickets import TicketCreate
from service_kit.application import MAX_BODY_BYTES
from service_kit.bodies import BoundedBodies
from service_kit.errors import MAX_FIELD_ERRORS, install_error_handlers

JSON = {"Content-Type": "application/json"}
TOO_LARGE = "The request is larger than the 256 KiB that this desk accepts."


@pytest.fixture(scope="module")
def app() -> FastAPI:
    """Without the request log, which would keep its settings for other tests."""
    larger = {"/lists": 2 * MAX_BODY_BYTES}
    toy = FastAPI(middleware=[Middleware(BoundedBodies, max_bytes=MAX_BODY_BYTES, larger=larger)])
    install_error_handlers(toy)

    @toy.post("/tickets")
    def create(new: TicketCreate) -> int:
        return len(new.description)

    @toy.post("/lists")
    async def measure(request: Request) -> int:
        return len(await request.body())

    return toy


def post(app: FastAPI, content: bytes | AsyncIterator[bytes], path: str = "/tickets") -> httpx.Response:
    async def answer() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.post(path, content=content, headers=JSON)

    return asyncio.run(answer())


async def in_pieces(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 100_000):
        yield content[start : start + 100_000]


def test_the_longest_report_fits_however_json_spells_it(app: FastAPI) -> None:
    report = {"description": "\U0001f600" * 20_000, "title": "\U0001f600" * 200, "room": "\U0001f600" * 60}
    assert post(app, json.dumps(report).encode()).json() == 20_000


def test_a_larger_body_is_told_the_limit_whether_its_size_is_told_or_not(app: FastAPI) -> None:
    content = b" " * (MAX_BODY_BYTES + 1)
    for sent in (content, in_pieces(content)):
        answer = post(app, sent)
        assert (answer.status_code, answer.json()["error"], answer.json()["detail"]) == (413, "BodyTooLarge", TOO_LARGE)


def test_a_path_may_take_more_than_others(app: FastAPI) -> None:
    content = b" " * 2 * MAX_BODY_BYTES
    assert post(app, content, "/lists").json() == len(content)
    answer = post(app, in_pieces(content + b" "), "/lists")
    assert (answer.status_code, answer.json()["detail"]) == (413, TOO_LARGE.replace("256", "512"))


def test_a_bounded_number_of_refused_fields_is_listed(app: FastAPI) -> None:
    answer = post(app, json.dumps({"description": "Dark", **{f"x{number}": 1 for number in range(1_000)}}).encode())
    assert answer.status_code == 422
    assert len(answer.json()["fields"]) == MAX_FIELD_ERRORS
    assert answer.json()["detail"].endswith("body.x2: Extra inputs are not permitted; and 997 more")


def test_nothing_is_begun_for_a_body_that_is_still_coming() -> None:
    """What is begun holds a connection to the database, of which there are few."""
    begun: list[Message] = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        begun.append(await receive())

    def send_it(*parts: Message) -> None:
        coming = list(parts)

        async def receive() -> Message:
            assert begun == []
            return coming.pop(0)

        async def send(_: Message) -> None:
            pytest.fail("nothing is to be said")

        asyncio.run(BoundedBodies(application, 10)({"type": "http", "headers": []}, receive, send))

    half: Message = {"type": "http.request", "body": b"half", "more_body": True}
    send_it(half, half, {"type": "http.disconnect"})
    assert begun == []
    send_it(half, {"type": "http.request", "body": b"", "more_body": True}, {"type": "http.request", "body": b"whole"})
    assert begun == [{"type": "http.request", "body": b"halfwhole", "more_body": False}]
