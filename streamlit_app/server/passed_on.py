"""Passes answers of a service on to the browser: files piece by piece, so that this process never holds a whole one."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from functools import partial

import httpx
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from service_kit.pace import LeastPace
from streamlit_app.client.service_client import headers_for
from streamlit_app.server.json_requests import Refused, token_of, visitor_of
from streamlit_app.server.live_updates import http_client

# In a minute. Small, so that a file can be saved on any connection; the services may ask for more.
LEAST_BYTES = 256 * 1024


class PassedOn(StreamingResponse):
    """The body as it comes, and none for HEAD. Its connection is closed with the response, and with it what `held` has,
    also when the browser leaves before the first byte, or reads too slowly."""

    def __init__(self, answer: httpx.Response, headers: Mapping[str, str], held: AsyncExitStack | None = None) -> None:
        super().__init__(answer.aiter_raw(), answer.status_code, headers)
        self._answer, self._held = answer, held or AsyncExitStack()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._held:
            try:
                if scope["method"] == "HEAD":
                    await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
                    await send({"type": "http.response.body", "body": b""})
                else:
                    await super().__call__(scope, receive, partial(LeastPace(LEAST_BYTES).send, send))
            finally:
                await self._answer.aclose()


async def passed_on_if_any(
    request: Request, path: str, params: Mapping[str, str] | None = None, *, patience_seconds: float
) -> Response:
    """Answers as a GET of the data API does for the person with this cookie. 204 when there is nothing to show, for
    whatever reason: the page itself says what is wrong."""
    try:
        headers = headers_for(token_of(request), visitor_of(request))
        answer = await http_client().get(path, params=params, headers=headers, timeout=patience_seconds)
    except (Refused, httpx.TransportError, httpx.InvalidURL):  # the last for texts of tens of thousands of letters
        return Response(status_code=204)
    if not answer.is_success:
        return Response(status_code=204)
    return Response(answer.content, media_type="application/json", headers={"Cache-Control": "no-store"})
