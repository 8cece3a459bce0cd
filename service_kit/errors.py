"""Errors have a sentence for people and a status, and all of them are answered in the same envelope."""

from collections.abc import Sequence
from typing import Any, ClassVar

import structlog
from anyio import BrokenResourceError
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contracts.errors import ErrorEnvelope, FieldError, reason
from service_kit.disk import means_full_disk
from service_kit.request_ids import REQUEST_ID_HEADER, request_id_of

log = structlog.get_logger()

HTTP_NAMES = {400: "BadRequest", 404: "NotFound", 405: "MethodNotAllowed", 413: "BodyTooLarge", 415: "NotJson"}
HTTP_SENTENCES = {
    404: "There is nothing at this address.",
    405: "This address does not take this method.",
}
MAX_FIELD_ERRORS = 50
UNEXPECTED = "Something went wrong on our side; it has been written to the log."


class LodgeError(Exception):
    """The base of every expected error. The class's name is the envelope's `error`."""

    status: ClassVar[int] = 500

    def __init__(
        self,
        detail: str,
        *,
        fields: Sequence[FieldError] | None = None,
        current: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        line: int | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.fields = fields
        self.current = current
        self.headers = headers or {}
        self.line = line


class InvalidInput(LodgeError):
    """The request has invalid content; nothing was written."""

    status = 422

    @classmethod
    def in_field(cls, name: str, message: str) -> "InvalidInput":
        return cls(f"{name}: {message}", fields=[FieldError(name=name, message=message)])

    def within(self, place: str) -> "InvalidInput":
        """Returns the error for a request that has these fields in `place`, and not in the body itself."""
        fields = [
            one.model_copy(update={"name": one.name.replace("body.", f"body.{place}.", 1)}) for one in self.fields or []
        ]
        return InvalidInput("; ".join(f"{one.name}: {one.message}" for one in fields), fields=fields)


class NotSignedIn(LodgeError):
    """No valid token came with the request."""

    status = 401

    def __init__(self) -> None:
        super().__init__("Sign in first: no valid token came with the request.", headers={"WWW-Authenticate": "Bearer"})


class NotPermitted(LodgeError):
    """The person may see this, but may not do what was asked."""

    status = 403


class DiskFull(LodgeError):
    """The disk has no room for a change; reading goes on."""

    # Not 503: it would make proxies and the pages take the whole desk for unreachable, although it can be read. And the
    # client is not told when to try again, because that depends on when an administrator makes room.
    status = 507

    def __init__(self) -> None:
        super().__init__(
            "The helpdesk's disk is full: nothing can be saved until an administrator makes room. "
            "What there is can still be read."
        )


def envelope(
    request: Request,
    status: int,
    error: str,
    detail: str,
    *,
    fields: Sequence[FieldError] | None = None,
    current: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
    line: int | None = None,
) -> JSONResponse:
    request_id = request_id_of(request.scope)
    body = ErrorEnvelope(
        error=error,
        detail=detail,
        request_id=request_id,
        fields=list(fields) if fields else None,
        current=current,
        line=line,
    )
    return JSONResponse(
        body.model_dump(mode="json", exclude_none=True),
        status_code=status,
        headers={**(headers or {}), REQUEST_ID_HEADER: request_id},
    )


def answer_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, LodgeError)
    return envelope(
        request,
        error.status,
        type(error).__name__,
        error.detail,
        fields=error.fields,
        current=error.current,
        headers=error.headers,
        line=error.line,
    )


def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    status = error.status_code
    return envelope(
        request,
        status,
        HTTP_NAMES.get(status, "HttpError"),
        HTTP_SENTENCES.get(status, error.detail),
        headers=dict(error.headers or {}),
    )


def _invalid_request(request: Request, error: Exception) -> JSONResponse:
    """Answers with the refused fields, a limited number of them, and the reasons. Never repeats the values that were
    sent."""
    assert isinstance(error, RequestValidationError)
    problems = error.errors()
    fields = [
        FieldError(
            name=_printable(".".join(str(part) for part in problem["loc"])),
            message=_printable(reason(str(problem["msg"]))),
        )
        for problem in problems[:MAX_FIELD_ERRORS]
    ]
    detail = "; ".join(f"{field.name}: {field.message}" for field in fields[:3])
    if len(problems) > 3:
        detail += f"; and {len(problems) - 3:,} more"
    return envelope(request, 422, "InvalidInput", detail, fields=fields)


def _printable(text: str) -> str:
    """Shortens the text, and makes sure that it can be encoded: the name of a refused field is the client's own
    text."""
    return text[:200].encode("utf-8", "replace").decode("utf-8")


class UnexpectedErrors:
    """Middleware: answers 500 for an unexpected error, and 507 when the disk is full. The framework answers 500 too,
    but then raises the error again, which closes the connection although the client would send its next request on
    it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        has_begun = False

        async def send_noting(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self.app(scope, receive, send_noting)
        except Exception as error:
            if has_begun and _is_reader_gone(error):
                return
            log.error("unexpected", exc_info=error, path=scope.get("path"))
            if has_begun or scope["type"] != "http":
                raise
            await _answer_unexpected(Request(scope), error)(scope, receive, send)


def _is_reader_gone(error: Exception) -> bool:
    """Whoever reads a stream of events may leave in the moment in which the framework passes one on."""
    return isinstance(error, ExceptionGroup) and error.split(BrokenResourceError)[1] is None


def _answer_unexpected(request: Request, error: Exception) -> JSONResponse:
    if means_full_disk(error):
        return answer_error(request, DiskFull())
    return envelope(request, 500, "Unexpected", UNEXPECTED)


def install_error_handlers(app: FastAPI) -> None:
    app.add_exception_handler(LodgeError, answer_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _invalid_request)


def documented(*errors: type[LodgeError]) -> dict[int | str, dict[str, Any]]:
    """Returns the `responses=` of a route: the errors that it can answer, by status, each described by its
    docstring."""
    by_status: dict[int | str, dict[str, Any]] = {}
    for error in errors:
        sentence = f"`{error.__name__}`: {(error.__doc__ or '').strip()}"
        known = by_status.setdefault(error.status, {"model": ErrorEnvelope, "description": ""})
        known["description"] = f"{known['description']}\n\n{sentence}".strip()
    return by_status
