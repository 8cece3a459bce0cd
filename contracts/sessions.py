"""Signing in and out, and what somebody's sign-ins look like."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from contracts.base import Input, Name, NewPassword, Output, Password, Secret, Username
from contracts.people import PersonRead, Role

# A fingerprint of the cookie that a browser has before somebody signs in with it.
BrowserMark = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]


class SessionCreate(Input):
    """Signs in with a username and a password, or, on a desk where people choose, with a role. Without a name, all
    people with that role are the same person."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"role": "student", "name": "Mia Rossi"}]})

    role: Role | None = None
    name: Name | None = None
    username: Username | None = None
    password: Password | None = Field(default=None, repr=False)

    @model_validator(mode="after")
    def _is_one_way(self) -> Self:
        by_role = self.role is not None and self.username is None and self.password is None
        by_password = None not in (self.username, self.password) and self.role is None and self.name is None
        if not (by_role or by_password):
            raise ValueError("name a role, or a username and a password")
        return self


class SessionRead(Output):
    """The token is returned only this once; the database holds only its hash."""

    token: str = Field(repr=False)
    expires_at: datetime
    person: PersonRead


class HandOffCreate(Input):
    """Signs in for a browser that fetches its token itself, because no page may see it. `browser` says which one."""

    username: Username
    password: Password = Field(repr=False)
    browser: BrowserMark


class HandOffRead(Output):
    code: str = Field(repr=False, description="Good once, for half a minute, and for this browser only.")
    expires_at: datetime


class HandOffRedeem(Input):
    code: Secret = Field(repr=False)
    browser: BrowserMark


class PasswordChange(Input):
    """`new` has at least ten characters. There are no other rules for what it is made of, but it must not be the
    username or one that everybody tries first."""

    old: Password = Field(repr=False)
    new: NewPassword = Field(repr=False)


class SignInRead(Output):
    """One sign-in. `browser` says roughly which, such as "Firefox on Linux"; `last_used_at` is at most a minute or two
    late."""

    id: int
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    browser: str | None
    is_current: bool = Field(description="The one that this request came with.")
