"""Entering and leaving."""

from datetime import datetime

from pydantic import ConfigDict

from contracts.base import Input, Name, Output
from contracts.people import PersonRead, Role


class SessionCreate(Input):
    """Enter by choosing a role; without a name everyone of a role is the same person."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"role": "student", "name": "Mia Rossi"}]})

    role: Role
    name: Name | None = None


class SessionRead(Output):
    """The token is shown this once; only its hash is stored."""

    token: str
    expires_at: datetime
    person: PersonRead
