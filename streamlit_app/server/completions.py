"""What completes what somebody types: tags, and the people whom a message can mention. The browser asks for it by
itself, without Streamlit, so that typing waits for no page."""

from collections.abc import Mapping

import httpx
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from streamlit_app.client.service_client import headers_for
from streamlit_app.server.cookies import cookie_name
from streamlit_app.server.live_updates import http_client

PATIENCE_SECONDS = 3.0
MOST_TAGS = "8"


async def tags(request: Request) -> Response:
    """GET, with `prefix`: answers as GET /tags of the data API."""
    return await _answered(request, "/tags", {"prefix": request.query_params.get("prefix", ""), "limit": MOST_TAGS})


async def people(request: Request) -> Response:
    """GET, with `ticket`, `q` and `is_internal`: answers as GET /tickets/{ticket}/mentionable of the data API."""
    ticket = request.query_params.get("ticket", "")
    if not (ticket.isascii() and ticket.isdecimal()):
        return Response(status_code=204)
    asked = {name: request.query_params.get(name, "") for name in ("q", "is_internal")}
    return await _answered(request, f"/tickets/{ticket}/mentionable", {name: one for name, one in asked.items() if one})


async def _answered(request: Request, path: str, asked: Mapping[str, str]) -> Response:
    """204 when there is nothing to offer, for whatever reason: the page itself says what is wrong."""
    token = request.cookies.get(cookie_name(request.headers.get("host", "")))
    if not token:
        return Response(status_code=204)
    headers = headers_for(token, request.client.host if request.client else None)
    try:
        answer = await http_client().get(path, params=dict(asked), headers=headers, timeout=PATIENCE_SECONDS)
    except (httpx.TransportError, httpx.InvalidURL):  # the latter for texts of tens of thousands of letters
        return Response(status_code=204)
    if not answer.is_success:
        return Response(status_code=204)
    return Response(answer.content, media_type="application/json", headers={"Cache-Control": "no-store"})


routes = [
    Route("/completions/tags", tags, methods=["GET"]),
    Route("/completions/people", people, methods=["GET"]),
]
