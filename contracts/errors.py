"""The one error envelope of both services."""

from typing import Any

from contracts.base import Output


def reason(message: str) -> str:
    """A validator's own sentence, without what the library says before it."""
    return message.removeprefix("Value error, ")


class FieldError(Output):
    """One field that was refused: its dotted name ("body.title", "query.limit") and what is wrong with it."""

    name: str
    message: str


class ErrorEnvelope(Output):
    """Every answer of 400 and above.

    `error` names the kind and is stable; `detail` is a sentence for people. `fields` comes with 422,
    `current` (the ticket as it stands now) with a 409 for a stale edit.
    """

    error: str
    detail: str
    request_id: str
    fields: list[FieldError] | None = None
    current: dict[str, Any] | None = None
