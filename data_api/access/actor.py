"""Who is asking: the bearer token's person, and what their roles permit."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import LargeBinary, String, bindparam, cast, func, select
from sqlalchemy.orm import Session

from contracts.people import Permission, Role
from data_api.access.permissions import permissions_of
from data_api.kit.database import SessionDep
from data_api.models import Person, SessionToken
from service_kit.errors import NotPermitted, NotSignedIn
from service_kit.request_ids import request_id_of

# Whoever enters by choosing a role and gives no name is the person of the role itself.
SHARED_ENTRY_KEYS = frozenset(role.value for role in Role)

bearer = HTTPBearer(auto_error=False, description="The token of POST /sessions.")


@dataclass(frozen=True)
class Actor:
    """The person a request acts for."""

    person_id: int
    name: str
    roles: frozenset[Role]
    session_id: int
    expires_at: datetime
    created_at: datetime
    is_shared: bool = False  # by everybody of a role who gives no name

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        return permissions_of(self.roles)

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    @property
    def is_staff(self) -> bool:
        return self.may(Permission.TICKETS_WORK)

    @property
    def staff_role(self) -> Role:
        """The role a staff member speaks in."""
        return next(role for role in (Role.AGENT, Role.MANAGER, Role.ADMIN) if role in self.roles)


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


# Built once, because every request asks it. In the same round trip the transaction learns who acts, for the feed.
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
    )
)


def find_actor(session: Session, token: str, request_id: str) -> Actor | None:
    """The token's person, or None when it is unknown, expired or revoked."""
    asked = {"token_hash": token_hash(token), "request_id": request_id}
    row = session.connection().execute(FIND_ACTOR, asked).one_or_none()
    if row is None:
        return None
    return Actor(
        row.id,
        row.name,
        frozenset(map(Role, row.roles)),
        row.session_id,
        row.expires_at,
        row.created_at,
        is_shared=row.entry_key in SHARED_ENTRY_KEYS,
    )


def _current_actor(
    request: Request,
    session: SessionDep,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
) -> Actor:
    actor = credentials and find_actor(session, credentials.credentials, request_id_of(request.scope))
    if not actor:
        raise NotSignedIn
    request.scope["state"]["person_id"] = actor.person_id
    return actor


ActorDep = Annotated[Actor, Depends(_current_actor, scope="function")]


def permitted(permission: Permission) -> Callable[[Actor], Awaitable[None]]:
    """A dependency: 403 unless the actor's roles permit this. Async, because it waits for nothing: a thread would
    cost more than the check."""

    async def check(actor: ActorDep) -> None:
        if not actor.may(permission):
            raise NotPermitted(f"This needs the permission {permission.value}, which your role does not have.")

    return check
