"""Asks a service for its health over HTTP."""

import asyncio
import json
from dataclasses import dataclass

import httpx

PROBE_SECONDS = 2.0
TOLD_SECONDS = 15.0  # a service of a busy machine is late, not broken
HANGS_SECONDS = 10.0


async def is_healthy(url: str) -> bool:
    status, _ = await _get(url)
    return status == 200


async def answers(url: str, seconds: float) -> bool:
    """Returns whether the service sends any answer in that time. One that answers "not healthy" does not hang."""
    status, _ = await _get(url, seconds)
    return status != 0


@dataclass(frozen=True)
class Told:
    """What a service says of itself: its version, if it tells one, and by its name each check that is not "ok"."""

    is_healthy: bool
    version: str
    failed_checks: dict[str, str]


async def hangs(url: str) -> bool:
    """Returns whether something accepts connections at this address and sends no answer, twice in a row. False if
    nothing listens there."""
    return await _gets_no_answer(url) and await _gets_no_answer(url)


async def _gets_no_answer(url: str) -> bool:
    try:
        await _ask(url, HANGS_SECONDS)
    except (httpx.TimeoutException, TimeoutError):
        return True
    except httpx.HTTPError:
        return False
    return False


async def told(url: str) -> Told:
    status, body = await _get(url, TOLD_SECONDS)
    try:
        health = json.loads(body)
        version, checks = str(health.get("version", "")), dict(health.get("checks", {}))
        checks["sql_lab"] = health.get("sql_lab", "ok")
    except (ValueError, TypeError, AttributeError):
        version, checks = "", {}
    failed = {name: str(said) for name, said in checks.items() if said != "ok"}
    return Told(status == 200, version, failed)


async def _get(url: str, seconds: float = PROBE_SECONDS) -> tuple[int, bytes]:
    """Returns status and body; the status is 0 when no answer comes in time."""
    try:
        answer = await _ask(url, seconds)
    except (httpx.HTTPError, TimeoutError):
        return 0, b""
    return answer.status_code, answer.content


async def _ask(url: str, seconds: float) -> httpx.Response:
    # verify=False: loading the certificates takes long, and the services use plain HTTP.
    asking = httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(verify=False), trust_env=False, timeout=seconds)
    async with asyncio.timeout(seconds), asking as client:
        return await client.get(url)
