"""Passes files of query results from the analytics API on to the browser."""

import re
from functools import cache

import httpx
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from streamlit_app.client.environment import analytics_api_url
from streamlit_app.client.service_client import headers_for
from streamlit_app.server.cookies import cookie_name
from streamlit_app.server.passed_on import PassedOn

AN_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
PASSED_ON = ("Content-Type", "Content-Length", "Content-Disposition")
TIME_OUT = httpx.Timeout(5, read=60)

NOT_INSIDE = "Sign in first; then the file can be saved from the page that offered it."
GONE = "This file is no longer kept. Make it again on the page SQL lab."
AWAY = "The file cannot be reached at the moment. Please try again."


@cache
def _client() -> httpx.AsyncClient:
    # verify=False: loading the certificates takes long, and the services use plain HTTP.
    return httpx.AsyncClient(base_url=analytics_api_url(), timeout=TIME_OUT, trust_env=False, verify=False)  # noqa: S501


async def read_file(request: Request) -> Response:
    """GET: one of the person's own files. Only the cookie says who asks, and other sites' pages do not send it."""
    token = request.cookies.get(cookie_name(request.headers.get("host", "")))
    id_ = request.path_params["id"]
    if token is None:
        return PlainTextResponse(NOT_INSIDE, 401)
    if not AN_ID.fullmatch(id_):
        return PlainTextResponse(GONE, 404)
    asked = _client().build_request("GET", f"/sql/files/{id_}", headers=headers_for(token))
    try:
        answer = await _client().send(asked, stream=True)
    except httpx.TransportError:
        return PlainTextResponse(AWAY, 503)
    if answer.is_success:
        headers = {name: answer.headers[name] for name in PASSED_ON}
        return PassedOn(answer, headers | {"Cache-Control": "no-store"})
    await answer.aclose()
    return PlainTextResponse(GONE if answer.status_code == 404 else AWAY, answer.status_code)


routes = [Route("/sql-files/{id}", read_file, methods=["GET"])]
