"""How many tickets each view of the queue has, for the sidebar. The browser asks for it by itself, without Streamlit,
so that no page waits for the counts."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from streamlit_app.server.passed_on import passed_on_if_any

PATIENCE_SECONDS = 10.0


async def view_counts(request: Request) -> Response:
    """GET: answers as GET /views/counts of the data API, or 204."""
    return await passed_on_if_any(request, "/views/counts", patience_seconds=PATIENCE_SECONDS)


routes = [Route("/views/counts", view_counts, methods=["GET"])]
