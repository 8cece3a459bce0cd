"""Who is asking: the person of the bearer token, what they may do and which tickets they may read."""

import hashlib
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import LargeBinary, String, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from contracts.desk import SignIn, StudentsSee
from contracts.people import Permission, Role
from data_api.access.permissions import REQUESTERS_ROLE, permissions_of, roles_with
from data_api.access.reading import Reads, reads_of
from data_api.kit.database import SessionDep
from data_api.models import Person, SessionToken
from service_kit.errors import NotPermitted, NotSignedIn
from service_kit.request_ids import request_id_of
from service_kit.settings import Settings

ANY_WAY = tuple(SignIn)
# Everybody who enters by choosing a role and gives no name shares one person, whose `entry_key` is the role itself.
SHARED_ENTRY_KEYS = frozenset(role.value for role in Role)

bearer = HTTPBearer(auto_error=False, description="The token of POST /sessions.")


@dataclass(frozen=True)
class Actor:
    """The person for whom a request acts; created once per request. Rules ask `permissions` and `reads`, never
    `roles`."""

    person_id: int
    name: str
    roles: frozenset[Role]
    permissions: frozenset[Permission]
    reads: Reads
    session_id: int
    expires_at: datetime
    created_at: datetime
    is_shared: bool = False  # shared by everybody who enters by role without a name

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
        return next(role for role in roles_with(Permission.TICKETS_WORK) if role in self.roles)


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


# Built once, because every request executes it. In the same round trip it sets the transaction's actor and request id,
# which the triggers of the change feed read.
FIND_ACTOR = (
    select(
        Person.id,
        Person.name,
        Person.roles,
        SessionToken.id.label("session_id"),
        SessionToken.expires_at,
        Person.created_at,
        Person.entry_key,
        func.set_config("lodge.actor_id", cast(Person.id, String), True),
        func.set_config("lodge.request_id", bindparam("request_id", type_=String), True),
    )
    .join(Person, Person.id == SessionToken.person_id)
    .where(
        SessionToken.token_hash == bindparam("token_hash", type_=LargeBinary),
        SessionToken.revoked_at.is_(None),
        SessionToken.expires_at > func.now(),
        SessionToken.signed_in_by == func.any(bindparam("ways_in", type_=ARRAY(String))),
    )
)


def find_actor(
    session: Session, token: str, request_id: str, students_see: StudentsSee, ways_in: Collection[SignIn] = ANY_WAY
) -> Actor | None:
    """Returns the token's person, or None when the token is unknown, expired or revoked, or comes from a way of signing
    in that is not one of `ways_in`."""
    asked = {"token_hash": token_hash(token), "request_id": request_id, "ways_in": [way.value for way in ways_in]}
    row = session.connection().execute(FIND_ACTOR, asked).one_or_none()
    if row is None:
        return None
    permissions = permissions_of(row.roles)
    return Actor(
        person_id=row.id,
        name=row.name,
        roles=frozenset(map(Role, row.roles)),
        permissions=permissions,
        reads=reads_of(permissions, students_see),
        session_id=row.session_id,
        expires_at=row.expires_at,
        created_at=row.created_at,
        is_shared=row.entry_key in SHARED_ENTRY_KEYS,
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
    return actor


ActorDep = Annotated[Actor, Depends(_current_actor, scope="function")]


def permitted(permission: Permission) -> Callable[[Actor], Awaitable[None]]:
    """Returns a dependency that answers 403 unless the actor's roles permit this. It is async because it never blocks:
    handing it to a thread would cost more than the check."""

    async def check(actor: ActorDep) -> None:
        if not actor.may(permission):
            raise NotPermitted(f"This needs the permission {permission.value}, which your role does not have.")

    return check
