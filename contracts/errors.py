"""The one error envelope of both services."""

from typing import Any

from contracts.base import Output


def reason(message: str) -> str:
    """Returns a validator's own sentence, without the words that Pydantic puts before it."""
    return message.removeprefix("Value error, ")


class FieldError(Output):
    """One field that was refused: its dotted name ("body.title", "query.limit") and what is wrong with it."""

    name: str
    message: str


class ErrorEnvelope(Output):
    """The body of every answer with a status of 400 or above.

    `error` names the kind of error and is stable; `detail` is a sentence for people. `fields` is set with 422.
    `current`, the ticket or saved query as it is now, is set with a 409 for an edit of an outdated version.
    `line` is the line of an SQL statement, counted from 1, in which it is wrong.
    """

    error: str
    detail: str
    request_id: str
    fields: list[FieldError] | None = None
    current: dict[str, Any] | None = None
    line: int | None = None
