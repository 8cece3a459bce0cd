"""Asks a service over HTTP how it is."""

import asyncio
import json

import httpx

PROBE_SECONDS = 2.0


async def is_healthy(url: str) -> bool:
    status, _ = await _get(url)
    return status == 200


async def answers(url: str, seconds: float) -> bool:
    """Whether anything comes back in that time: one that says that it is not healthy does not hang."""
    status, _ = await _get(url, seconds)
    return status != 0


async def told(url: str) -> tuple[str, str]:
    """The version that a service tells of itself, and what is wrong with it; each empty when there is none."""
    status, body = await _get(url)
    try:
        health = json.loads(body)
        version, checks = str(health.get("version", "")), dict(health.get("checks", {}))
    except (ValueError, AttributeError):
        version, checks = "", {}
    wrong = "; ".join(str(check) for check in checks.values() if check != "ok")
    return version, wrong or ("" if status == 200 else "does not answer")


async def _get(url: str, seconds: float = PROBE_SECONDS) -> tuple[int, bytes]:
    """Status and body; status 0 when there is no answer in time."""
    try:
        # Without certificates, which take long to read: services speak plain HTTP.
        asking = httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(verify=False), trust_env=False, timeout=seconds)
        async with asyncio.timeout(seconds), asking as client:
            answer = await client.get(url)
    except (httpx.HTTPError, TimeoutError):
        return 0, b""
    return answer.status_code, answer.content
