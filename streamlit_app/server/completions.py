"""What completes what somebody types: tags, and the people whom a message can mention. The browser asks for it by
itself, without Streamlit, so that typing waits for no page."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from streamlit_app.server.passed_on import passed_on_if_any

PATIENCE_SECONDS = 3.0
MOST_TAGS = "8"


async def tags(request: Request) -> Response:
    """GET, with `prefix`: answers as GET /tags of the data API, or 204."""
    asked = {"prefix": request.query_params.get("prefix", ""), "limit": MOST_TAGS}
    return await passed_on_if_any(request, "/tags", asked, patience_seconds=PATIENCE_SECONDS)


async def people(request: Request) -> Response:
    """GET, with `ticket`, `q` and `is_internal`: answers as GET /tickets/{ticket}/mentionable of the data API, or
    204."""
    ticket = request.query_params.get("ticket", "")
    if not (ticket.isascii() and ticket.isdecimal()):
        return Response(status_code=204)
    asked = {name: value for name in ("q", "is_internal") if (value := request.query_params.get(name))}
    path = f"/tickets/{ticket}/mentionable"
    return await passed_on_if_any(request, path, asked, patience_seconds=PATIENCE_SECONDS)


routes = [
    Route("/completions/tags", tags, methods=["GET"]),
    Route("/completions/people", people, methods=["GET"]),
]
