"""API tokens, with which programs act for a person."""

from datetime import datetime

from pydantic import Field

from contracts.base import Input, Name, Output
from contracts.people import Permission


class TokenCreate(Input):
    """`permissions` are those of one's own that the token is to have."""

    name: Name
    permissions: list[Permission] = Field(min_length=1, max_length=len(Permission))
    days: int = Field(default=90, ge=1, le=365, description="How long it is valid.")


class TokenRead(Output):
    """At each request a token may do what it was made for and its person may still do."""

    id: int
    name: str
    permissions: list[Permission]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


class TokenMade(TokenRead):
    """`token` is returned only this once; the database holds only its hash. When the request is sent again with its
    Idempotency-Key, the token gets a new secret, because the first one never arrived."""

    token: str = Field(repr=False)
