"""Links with which somebody chooses a username and a password, or a new password."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from contracts.base import Id, Input, NewPassword, Output, Secret, Username

MOST_AT_ONCE = 200


class Purpose(StrEnum):
    INVITE = "invite"  # somebody who has no password yet
    RESET = "reset"  # somebody who has one, and has forgotten it


class InvitationsCreate(Input):
    people: list[Id] = Field(min_length=1, max_length=MOST_AT_ONCE, description="Their ids.")


class InvitationMade(Output):
    """`link` is returned only this once: the database holds only a hash of its secret."""

    id: int
    person_id: int
    purpose: Purpose
    expires_at: datetime
    link: str = Field(repr=False)


class InvitationsMade(Output):
    """In the order in which the request names the people."""

    items: list[InvitationMade]


class InvitationCheck(Input):
    token: Secret = Field(repr=False, description="What follows the # of the link.")


class InvitationShown(Output):
    """Whom the link is for. `username` is the one that they have already; null if they choose one."""

    purpose: Purpose
    name: str
    username: str | None
    expires_at: datetime


class InvitationRedeem(InvitationCheck):
    """`username` is needed by somebody who has none yet; others keep theirs."""

    username: Username | None = None
    password: NewPassword = Field(repr=False)


class InvitationRedeemed(Output):
    """Who can now sign in, with the password that was sent."""

    username: str
