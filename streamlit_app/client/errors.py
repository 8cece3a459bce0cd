"""Errors between the pages and the services."""

import httpx
from pydantic import ValidationError

from contracts.errors import ErrorEnvelope, reason
from contracts.tickets import TicketRead

# The data API's own sentence is written for programs.
NO_LONGER_INSIDE = "You are no longer inside as the person whom this page was drawn for, so nothing was done."


def faults(error: ValidationError) -> str:
    """Describes, field by field, what a contract refused before the request was sent."""
    told = (f"{'.'.join(map(str, fault['loc']))}: {reason(fault['msg'])}" for fault in error.errors(include_url=False))
    return "; ".join(told).replace("_", " ")


class ApiError(Exception):
    """A service refused something. `envelope` says why, in a sentence for people."""

    def __init__(self, status: int, envelope: ErrorEnvelope) -> None:
        super().__init__(envelope.detail)
        self.status = status
        self.envelope = envelope

    @property
    def sentence(self) -> str:
        """The envelope's detail, followed by the fields that were refused."""
        if self.status == httpx.codes.UNAUTHORIZED:
            return NO_LONGER_INSIDE
        fields = "; ".join(
            f"{field.name.removeprefix('body.')}: {field.message}" for field in self.envelope.fields or []
        )
        return f"{self.envelope.detail} ({fields})" if fields else self.envelope.detail

    @property
    def current(self) -> TicketRead | None:
        """The ticket as it is now, if an edit was refused as stale; otherwise None."""
        return TicketRead.model_validate(self.envelope.current) if self.envelope.current else None


class ServiceAway(ApiError):
    """A service does not answer, or only with `answered`, which says that it cannot now."""

    words = "This cannot be reached. Please try again in a moment."

    def __init__(self, answered: ErrorEnvelope | None = None) -> None:
        self.answered = answered
        super().__init__(503, ErrorEnvelope(error=type(self).__name__, detail=self.words, request_id=""))


class DeskAway(ServiceAway):
    """The data API does not answer, and everything on a page depends on it."""

    words = "The desk cannot be reached. Please try again when it is back."


class AnalyticsAway(ServiceAway):
    """The analytics API does not answer: only the numbers are missing."""

    words = "The numbers cannot be reached at the moment; they come back by themselves."
