"""What completes what somebody types: tags, the people whom a message can mention, canned replies, and answers to
similar tickets. The browser asks for it by itself, without Streamlit, so that typing waits for no page."""

from collections.abc import Sequence

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
    return await _of_ticket(request, "mentionable", ("q", "is_internal"))


async def replies(request: Request) -> Response:
    """GET, with `ticket` and `q`: answers as GET /tickets/{ticket}/canned-replies of the data API, or 204."""
    return await _of_ticket(request, "canned-replies", ("q",))


async def answers(request: Request) -> Response:
    """GET, with `ticket`: answers as GET /tickets/{ticket}/similar-answers of the data API, or 204."""
    return await _of_ticket(request, "similar-answers", ())


async def _of_ticket(request: Request, what: str, names: Sequence[str]) -> Response:
    ticket = request.query_params.get("ticket", "")
    if not (ticket.isascii() and ticket.isdecimal()):
        return Response(status_code=204)
    asked = {name: value for name in names if (value := request.query_params.get(name))}
    return await passed_on_if_any(request, f"/tickets/{ticket}/{what}", asked, patience_seconds=PATIENCE_SECONDS)


routes = [
    Route("/completions/tags", tags, methods=["GET"]),
    Route("/completions/people", people, methods=["GET"]),
    Route("/completions/replies", replies, methods=["GET"]),
    Route("/completions/answers", answers, methods=["GET"]),
]
