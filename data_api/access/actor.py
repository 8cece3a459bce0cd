"""Who is asking: the person of the bearer token, what they may do and which tickets they may read."""

import hashlib
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import LargeBinary, String, any_, bindparam, cast, func, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from contracts.desk import SignIn, StudentsSee
from contracts.people import Permission, Role
from data_api.access.permissions import REQUESTERS_ROLE, STAFF_ROLES, permitted_by
from data_api.access.reading import Reads, reads_of
from data_api.access.roles import granted
from data_api.kit.database import SessionDep, planned_once
from data_api.models import Person, SessionToken
from service_kit.errors import NotPermitted, NotSignedIn
from service_kit.request_ids import request_id_of
from service_kit.settings import Settings

ANY_WAY = tuple(SignIn)
# Everybody who signs in by choosing a role and gives no name shares one person, whose `entry_key` is the role itself.
SHARED_ENTRY_KEYS = frozenset(role.value for role in Role)

bearer = HTTPBearer(auto_error=False, description="The token of POST /sessions.")


@dataclass(frozen=True)
class Actor:
    """The person for whom a request acts; created once per request. Rules ask `permissions` and `reads`, never
    `roles`."""

    person_id: int
    name: str
    roles: tuple[str, ...]
    role_names: tuple[str, ...]
    permissions: frozenset[Permission]
    reads: Reads
    session_id: int
    expires_at: datetime
    created_at: datetime
    is_shared: bool = False  # shared by everybody who signs in by role without a name
    signed_in_by: SignIn = SignIn.CHOICE
    is_api_token: bool = False  # acts with an API token, which may only do what it was made for
    team_id: int | None = None

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    @property
    def is_staff(self) -> bool:
        return self.may(Permission.TICKETS_WORK)

    def role_spoken_in(self, *, for_desk: bool) -> Role:
        """Returns the role that is stored with a message of this person. `for_desk`: the message speaks for the
        helpdesk, which only staff may do."""
        if not for_desk:
            return REQUESTERS_ROLE
        return next((role for role in STAFF_ROLES if role in self.roles), STAFF_ROLES[0])


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


_GRANTED = granted()
# Built once, because every request executes it. In the same round trip it reads what the person's roles permit at this
# moment, and sets the transaction's actor and request id, which the triggers of the change feed read.
FIND_ACTOR = planned_once(
    select(
        Person.id,
        Person.name,
        _GRANTED.c.slugs,
        _GRANTED.c.names,
        _GRANTED.c.permissions,
        SessionToken.id.label("session_id"),
        SessionToken.expires_at,
        SessionToken.permissions.label("token_permissions"),
        SessionToken.signed_in_by,
        Person.created_at,
        Person.entry_key,
        Person.team_id,
        func.set_config("lodge.actor_id", cast(Person.id, String), True),
        func.set_config("lodge.request_id", bindparam("request_id", type_=String), True),
    )
    .join(Person, Person.id == SessionToken.person_id)
    .join(_GRANTED, true())
    .where(
        SessionToken.token_hash == bindparam("token_hash", type_=LargeBinary),
        SessionToken.revoked_at.is_(None),
        SessionToken.expires_at > func.now(),
        Person.deactivated_at.is_(None),
        SessionToken.signed_in_by == any_(bindparam("ways_in", type_=ARRAY(String))),
    )
)


def find_actor(
    session: Session, token: str, request_id: str, students_see: StudentsSee, ways_in: Collection[SignIn] = ANY_WAY
) -> Actor | None:
    """Returns the token's person, or None when the token is unknown, expired or revoked, or comes from a way of signing
    in that is not one of `ways_in`, or the person was deactivated."""
    asked = {"token_hash": token_hash(token), "request_id": request_id, "ways_in": [way.value for way in ways_in]}
    row = session.connection().execute(FIND_ACTOR, asked).one_or_none()
    if row is None:
        return None
    permissions = permitted_by(row.slugs, row.permissions.split(), row.token_permissions)
    return Actor(
        person_id=row.id,
        name=row.name,
        roles=tuple(row.slugs),
        role_names=tuple(row.names),
        permissions=permissions,
        reads=reads_of(permissions, students_see),
        session_id=row.session_id,
        expires_at=row.expires_at,
        created_at=row.created_at,
        is_shared=row.entry_key in SHARED_ENTRY_KEYS,
        signed_in_by=SignIn(row.signed_in_by),
        is_api_token=row.token_permissions is not None,
        team_id=row.team_id,
    )


def _current_actor(
    request: Request,
    session: SessionDep,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
) -> Actor:
    if credentials is None:
        raise NotSignedIn
    settings: Settings = request.app.state.organisation.settings
    token, request_id = credentials.credentials, request_id_of(request.scope)
    actor = find_actor(session, token, request_id, settings.students_may_see, settings.ways_in)
    if actor is None:
        raise NotSignedIn
    request.scope["state"]["person_id"] = actor.person_id
    request.app.state.organisation.token_uses.note(actor.session_id)
    return actor


ActorDep = Annotated[Actor, Depends(_current_actor, scope="function")]


async def _refuse_api_tokens(actor: ActorDep) -> None:
    if actor.is_api_token:
        raise NotPermitted("An API token cannot do this. Sign in yourself.")


# For what opens the desk to somebody, or keeps it open: a token that was lost must not lead to more than it may do.
no_api_tokens = Depends(_refuse_api_tokens)


def permitted(*permissions: Permission) -> Callable[[Actor], Awaitable[None]]:
    """Returns a dependency that answers 403 unless the actor's roles permit one of these. It is async because it never
    blocks: handing it to a thread would cost more than the check. docs/permissions.md is made from its attribute
    `permissions`."""

    async def check(actor: ActorDep) -> None:
        if actor.permissions.isdisjoint(permissions):
            needed = " or ".join(permissions)
            raise NotPermitted(f"This needs the permission {needed}, which your role does not have.")

    check.permissions = permissions  # type: ignore[attr-defined]
    return check
