"""Passes exported tickets from the data API on to the browser, which saves them."""

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from contracts.errors import ErrorEnvelope
from streamlit_app.client.service_client import headers_for
from streamlit_app.server.json_requests import TOO_LONG, Refused, token_of, visitor_of
from streamlit_app.server.live_updates import http_client
from streamlit_app.server.passed_on import PassedOn

PASSED_ON = ("Content-Type", "Content-Disposition")
# Until the first byte: an export may wait for others to end, and has to find its tickets.
PATIENCE_SECONDS = 75.0
AWAY = "The desk cannot be reached at the moment. Please try again."


async def export_tickets(request: Request) -> Response:
    """GET: answers as GET /tickets/export of the data API does. Only the cookie says who asks, and other sites' pages
    do not send it. HEAD: the headers, without a file that is made for nobody."""
    try:
        if request.method == "HEAD":
            return _headers_alone(request)
        answer = await _asked(request)
    except Refused as refused:
        return JSONResponse({"detail": refused.detail}, refused.status)
    if answer.is_success:
        headers = {name: answer.headers[name] for name in PASSED_ON if name in answer.headers}
        return PassedOn(answer, headers | {"Cache-Control": "no-store"})
    try:
        content = await answer.aread()
        detail = ErrorEnvelope.model_validate_json(content).detail
    except (httpx.TransportError, ValueError):
        detail = AWAY
    finally:
        await answer.aclose()
    return JSONResponse({"detail": detail}, answer.status_code)


def _headers_alone(request: Request) -> Response:
    """Raises Refused without a sign-in."""
    token_of(request)
    answer = Response(headers={"Cache-Control": "no-store", "Content-Disposition": "attachment"})
    del answer.headers["Content-Length"]
    return answer


async def _asked(request: Request) -> httpx.Response:
    """Raises Refused without a sign-in, for an address that is too long, or if the service cannot be reached."""
    headers = headers_for(token_of(request), visitor_of(request))
    address = f"/tickets/export?{request.query_params}"
    try:
        asked = http_client().build_request("GET", address, headers=headers, timeout=PATIENCE_SECONDS)
        return await http_client().send(asked, stream=True)
    except httpx.InvalidURL:
        raise Refused(414, TOO_LONG) from None
    except httpx.TransportError:
        raise Refused(503, AWAY) from None


routes = [Route("/ticket-export", export_tickets, methods=["GET"])]
