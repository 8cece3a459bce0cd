"""Passes the files of tickets on between the browser and the data API, piece by piece. They do not go through
Streamlit, which would keep them in memory (ADR 60), and the person's token stays in the cookie.

The data API decides who may do what, and what may be uploaded. What is uploaded becomes a draft of the person; their
report or message names it.
"""

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import AsyncExitStack, contextmanager
from functools import cache

import httpx
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from streamlit_app.client.environment import data_api_url, most_upload_bytes
from streamlit_app.client.service_client import headers_for
from streamlit_app.server.json_requests import Refused, id_in_path, token_of, visitor_of
from streamlit_app.server.passed_on import PassedOn
from streamlit_app.server.socket_limits import is_good

# The data API answers an upload when the file is checked, and several may wait for that.
TIME_OUT = httpx.Timeout(60, connect=5, read=300, pool=5)
# Each holds two connections and a piece of a file. One person may send or read each of them very slowly.
MOST_AT_ONCE, MOST_OF_ONE = 200, 20

UPLOADED_WITH = ("Content-Type", "Content-Length", "Idempotency-Key")
ASKED_WITH = ("Range", "If-Range", "If-None-Match")
ANSWERED_WITH = ("Content-Length", "Content-Range", "Accept-Ranges", "ETag", "Retry-After")
ALWAYS = {
    # Asked for again each time, because the permission may end.
    "Cache-Control": "private, no-cache",
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    # Otherwise Streamlit compresses documents at the highest level, and browsers do not learn how large they are.
    "Content-Encoding": "identity",
}
SMALL_PICTURE = "image/webp"

MANY = "Many files are on their way at this moment. Please try again in a few seconds."
AWAY = "The desk cannot be reached. Please try again when it is back."
GONE = "There is no such file that you may read. It may have been deleted."
WHY_NOT = {
    401: "Sign in first; then the file can be saved from the page that shows it.",
    404: GONE,
    416: "The file does not have this part.",
}


class Transfers:
    """What is on its way now, by sign-in."""

    def __init__(self) -> None:
        self._open: Counter[str] = Counter()

    @contextmanager
    def place(self, token: str) -> Iterator[None]:
        """Raises Refused if there are too many."""
        if self._open.total() >= MOST_AT_ONCE or self._open[token] >= MOST_OF_ONE:
            raise Refused(503, MANY)
        self._open[token] += 1
        try:
            yield
        finally:
            self._open[token] -= 1
            if not self._open[token]:
                del self._open[token]


transfers = Transfers()


@cache
def _client() -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=2 * MOST_AT_ONCE, max_keepalive_connections=20, keepalive_expiry=2.0)
    # verify=False: loading the certificates takes long, and the services use plain HTTP.
    return httpx.AsyncClient(base_url=data_api_url(), timeout=TIME_OUT, limits=limits, trust_env=False, verify=False)  # noqa: S501


async def upload(request: Request) -> Response:
    """POST: a multipart form with one file, as the data API takes it. Answers what the data API answers."""
    try:
        token = token_of(request)
        # The body may come as slowly as its sender likes, and strangers must not keep the places of everybody.
        if not await is_good(token, request.client.host if request.client else ""):
            raise Refused(401, "Sign in first.")
        with transfers.place(token):
            return await _uploaded(request, token)
    except Refused as refused:
        return JSONResponse({"detail": refused.detail}, refused.status)


async def _uploaded(request: Request, token: str) -> Response:
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > most_upload_bytes():
        raise _too_large()
    headers = _headers(request, token, UPLOADED_WITH)
    try:
        answer = await _client().post("/attachments", content=_pieces(request), headers=headers)
    except ClientDisconnect:
        raise Refused(400, "The connection was closed.") from None
    except httpx.TransportError:
        raise Refused(503, AWAY) from None
    return _as_answered(answer)


async def _pieces(request: Request) -> AsyncIterator[bytes]:
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > most_upload_bytes():
            raise _too_large()
        yield piece


def _too_large() -> Refused:
    most = most_upload_bytes() // 1024**2 - 1
    return Refused(413, f"This file was not taken: it is larger than {most} MB.")


async def delete(request: Request) -> Response:
    """DELETE: a file that the person may delete, such as a draft of theirs."""
    try:
        token = token_of(request)
        answer = await _client().delete(_path(request), headers=_headers(request, token, ()))
    except Refused as refused:
        return JSONResponse({"detail": refused.detail}, refused.status)
    except httpx.TransportError:
        return JSONResponse({"detail": AWAY}, 503)
    return _as_answered(answer)


def _as_answered(answer: httpx.Response) -> Response:
    headers = {"Cache-Control": "no-store"} | _told(answer, ("Retry-After",))
    return Response(answer.content, answer.status_code, headers, "application/json")


async def download(request: Request) -> Response:
    """GET: a file, to be saved, or one range of it."""
    return await _read(request, "")


async def read_thumbnail(request: Request) -> Response:
    """GET: the small picture of a file, which pages show."""
    return await _read(request, "/thumbnail")


async def _read(request: Request, part: str) -> Response:
    """Answers with the file or its small picture; in plain text if it cannot be had, because the browser may show the
    answer as a page. Only the cookie says who asks, and other sites' pages do not send it."""
    try:
        token = token_of(request)
        async with AsyncExitStack() as held:
            held.enter_context(transfers.place(token))
            headers = _headers(request, token, ASKED_WITH)
            asked = _client().build_request("GET", _path(request) + part, headers=headers)
            answer = await _client().send(asked, stream=True)
            if answer.is_success or answer.status_code == httpx.codes.NOT_MODIFIED:
                return PassedOn(answer, _told(answer, ANSWERED_WITH) | _described(answer, part), held.pop_all())
            await answer.aclose()
    except Refused as refused:
        return PlainTextResponse(refused.detail, refused.status)
    except httpx.TransportError:
        return PlainTextResponse(AWAY, 503)
    sentence = WHY_NOT.get(answer.status_code, AWAY)
    return PlainTextResponse(sentence, answer.status_code, _told(answer, ("Content-Range", "Retry-After")))


def _described(answer: httpx.Response, part: str) -> dict[str, str]:
    """Returns what the browser is told of a file: nothing from which it could make a page. Only small pictures, which
    the data API has written itself, have a type that browsers show."""
    disposition = answer.headers.get("Content-Disposition", "")
    return ALWAYS | {
        "Content-Type": SMALL_PICTURE if part else "application/octet-stream",
        "Content-Disposition": disposition if disposition.startswith("attachment;") else "attachment",
    }


def _path(request: Request) -> str:
    return f"/attachments/{id_in_path(request, 'id', GONE)}"


def _headers(request: Request, token: str, passed_on: Iterable[str]) -> httpx.Headers:
    given = {name: request.headers[name] for name in passed_on if name in request.headers}
    sent = headers_for(token, visitor_of(request)) | {"Accept-Encoding": "identity"} | given
    # In the encoding in which Starlette has read them, because browsers may send any bytes.
    return httpx.Headers(sent, encoding="latin-1")


def _told(answer: httpx.Response, names: Iterable[str]) -> dict[str, str]:
    return {name: answer.headers[name] for name in names if name in answer.headers}


routes = [
    Route("/attachments", upload, methods=["POST"]),
    Route("/attachments/{id}", download, methods=["GET"]),
    Route("/attachments/{id}", delete, methods=["DELETE"]),
    Route("/attachments/{id}/thumbnail", read_thumbnail, methods=["GET"]),
]
