"""What can go wrong between the pages and the data API."""

from pydantic import ValidationError

from contracts.errors import ErrorEnvelope, reason
from contracts.tickets import TicketRead


def faults(error: ValidationError) -> str:
    """What a contract refused before it was sent, field by field."""
    told = (f"{'.'.join(map(str, fault['loc']))}: {reason(fault['msg'])}" for fault in error.errors(include_url=False))
    return "; ".join(told).replace("_", " ")


class ApiError(Exception):
    """The data API refused something. `envelope` says why, in a sentence for people."""

    def __init__(self, status: int, envelope: ErrorEnvelope, retry_after_seconds: int | None = None) -> None:
        super().__init__(envelope.detail)
        self.status = status
        self.envelope = envelope
        self.retry_after_seconds = retry_after_seconds

    @property
    def sentence(self) -> str:
        """The detail, with the fields that were refused."""
        fields = "; ".join(
            f"{field.name.removeprefix('body.')}: {field.message}" for field in self.envelope.fields or []
        )
        if self.status == 429 and self.retry_after_seconds:
            return f"{self.envelope.detail} Try again in {self.retry_after_seconds} s."
        return f"{self.envelope.detail} ({fields})" if fields else self.envelope.detail

    @property
    def current(self) -> TicketRead | None:
        """With a stale edit: the ticket as it stands now."""
        return TicketRead.model_validate(self.envelope.current) if self.envelope.current else None


class DeskAway(ApiError):
    """The data API does not answer."""

    def __init__(self) -> None:
        sentence = "The desk cannot be reached. Please try again when it is back."
        super().__init__(503, ErrorEnvelope(error="DeskAway", detail=sentence, request_id=""))
