"""Signing in and out."""

from datetime import datetime

from pydantic import ConfigDict

from contracts.base import Input, Name, Output
from contracts.people import PersonRead, Role


class SessionCreate(Input):
    """Signs in with a role. Without a name, all people with that role are the same person."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"role": "student", "name": "Mia Rossi"}]})

    role: Role
    name: Name | None = None


class SessionRead(Output):
    """The token is returned only this once; the database holds only its hash."""

    token: str
    expires_at: datetime
    person: PersonRead
