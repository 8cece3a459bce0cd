"""One JSON line a request, with what finds it again and nothing that people wrote."""

import asyncio
import json
from typing import Any

import pytest
import structlog
from starlette.types import Message, Receive, Scope, Send

from service_kit import request_ids
from service_kit.logs import configure_logs
from service_kit.request_ids import RequestIds


async def answering(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that knows who asks."""
    scope["state"]["person_id"] = 7
    await send({"type": "http.response.start", "status": 201, "headers": [(b"cache-control", b"max-age=5")]})
    await send({"type": "http.response.body", "body": b""})


async def failing(scope: Scope, receive: Receive, send: Send) -> None:
    raise ZeroDivisionError


def ask(app: Any, **changes: Any) -> tuple[dict[str, str], int]:
    """The answer's headers and status."""
    sent: list[Message] = []
    scope = {"type": "http", "method": "POST", "path": "/tickets", "query_string": b"q=secret", "headers": []} | changes

    async def receive() -> Message:
        return {"type": "http.request", "body": b"my secret words"}

    async def send(message: Message) -> None:
        sent.append(message)

    ticks = iter([10.0, 10.25])
    asyncio.run(RequestIds(app, clock=lambda: next(ticks))(scope, receive, send))
    return {name.decode(): value.decode() for name, value in sent[0]["headers"]}, sent[0]["status"]


@pytest.fixture(autouse=True)
def logs(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A logger of its own: it stays as it is first used, and the module's is used by services in other tests."""
    monkeypatch.setattr(request_ids, "log", structlog.get_logger())
    structlog.reset_defaults()
    configure_logs("info")
    yield
    structlog.reset_defaults()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_request_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    headers, _ = ask(answering, headers=[(b"x-request-id", b"r-1")])
    (line,) = lines(capsys)
    line.pop("timestamp")
    assert line == {
        **{"event": "request", "level": "info", "method": "POST", "path": "/tickets", "status": 201, "ms": 250.0},
        **{"request_id": "r-1", "person_id": 7},
    }
    assert headers["x-request-id"] == "r-1"


def test_a_failure_is_logged_as_such(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ZeroDivisionError):
        ask(failing)
    (line,) = lines(capsys)
    assert (line["status"], line["person_id"]) == (500, None)


def test_health_checks_are_not_logged(capsys: pytest.CaptureFixture[str]) -> None:
    ask(answering, path="/health")
    assert lines(capsys) == []


def test_an_answer_may_be_kept_where_its_route_says_so() -> None:
    headers, _ = ask(answering)
    assert headers["cache-control"] == "max-age=5"
