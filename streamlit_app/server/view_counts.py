"""How many tickets each view of the queue has, for the sidebar. The browser asks for it by itself, without Streamlit,
so that no page waits for the counts."""

import httpx
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from streamlit_app.client.service_client import headers_for
from streamlit_app.server.cookies import cookie_name
from streamlit_app.server.live_updates import http_client

PATIENCE_SECONDS = 10.0


async def view_counts(request: Request) -> Response:
    """GET: answers as GET /views/counts of the data API does for the person with this cookie. 204 when there are no
    counts to show, for whatever reason: the page itself says what is wrong."""
    token = request.cookies.get(cookie_name(request.headers.get("host", "")))
    if not token:
        return Response(status_code=204)
    visitor = request.client.host if request.client else None
    try:
        answer = await http_client().get("/views/counts", headers=headers_for(token, visitor), timeout=PATIENCE_SECONDS)
    except httpx.TransportError:
        return Response(status_code=204)
    if not answer.is_success:
        return Response(status_code=204)
    return Response(answer.content, media_type="application/json", headers={"Cache-Control": "no-store"})


routes = [Route("/views/counts", view_counts, methods=["GET"])]
