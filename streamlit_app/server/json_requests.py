"""Requests that a browser sends by itself, without Streamlit: who sends one, and the JSON that is in it."""

import re
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect, Request

from contracts.base import MAX_ID
from streamlit_app.server.cookies import cookie_name

M = TypeVar("M", bound=BaseModel)
# Python reads no number of thousands of digits, so the digits are counted first.
NUMBER = re.compile("[0-9]{1,19}")
TOO_LONG = "This address is too long."


class Refused(Exception):
    """The request is not passed on. `detail` is a sentence for people."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


def token_of(request: Request) -> str:
    """Returns the token from the cookie. Raises Refused without one."""
    token = request.cookies.get(cookie_name(request.headers.get("host", "")))
    if not token:
        raise Refused(401, "Sign in first.")
    return token


def visitor_of(request: Request) -> str | None:
    """Returns the network address that the request comes from."""
    return request.client.host if request.client else None


def id_in_path(request: Request, name: str, missing: str) -> int:
    """Returns an id that is a part of the path. Raises Refused, with this sentence, for what cannot be one."""
    given: str = request.path_params[name]
    if not NUMBER.fullmatch(given) or not 1 <= int(given) <= MAX_ID:
        raise Refused(404, missing)
    return int(given)


async def read_body(request: Request, model: type[M], most: int, most_in_words: str, called: str) -> M:
    """Reads a body of at most `most` bytes, which `most_in_words` says to people; `called` is what it should be. Raises
    Refused for any other body."""
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise Refused(415, "This takes JSON only.")
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > most:
                raise Refused(413, f"This takes at most {most_in_words}.")
        return model.model_validate_json(body)
    except ClientDisconnect:
        raise Refused(400, "The connection was closed.") from None
    except ValidationError as error:
        wrong = ", ".join(".".join(str(part) for part in each["loc"]) for each in error.errors()[:3])
        raise Refused(422, f"This is no {called}: {wrong or 'the body'}.") from None
