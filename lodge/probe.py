"""Asks a service over HTTP how it is."""

import asyncio
import json
from urllib.parse import urlsplit

PROBE_SECONDS = 2.0


async def is_healthy(url: str) -> bool:
    status, _ = await _get(url)
    return status == 200


async def answers(url: str, seconds: float) -> bool:
    """Whether anything comes back in that time: one that says that it is not healthy does not hang."""
    status, _ = await _get(url, seconds)
    return status != 0


async def version(url: str) -> str | None:
    """The version that a healthy service tells of itself, "" when it tells none; None when it is not healthy."""
    status, body = await _get(url)
    if status != 200:
        return None
    try:
        return str(json.loads(body).get("version", ""))
    except (ValueError, AttributeError):
        return ""


async def _get(url: str, seconds: float = PROBE_SECONDS) -> tuple[int, bytes]:
    """Status and body; status 0 when there is no answer in time."""
    try:
        return await asyncio.wait_for(_exchange(url), seconds)
    except (OSError, TimeoutError, ValueError, IndexError):
        return 0, b""


async def _exchange(url: str) -> tuple[int, bytes]:
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    try:
        writer.write(f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n".encode())
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    finally:
        writer.close()
    return int(head.split()[1]), body
