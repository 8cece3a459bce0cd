"""Asks the data API whom a token belongs to, and remembers the answer for half a second."""

import hashlib
import secrets
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated

import httpx
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from analytics_api.access_ends import CHECK
from analytics_api.errors import DataApiAway
from contracts.people import Me, Permission
from service_kit.desk_key import read_desk_key
from service_kit.errors import NotPermitted, NotSignedIn

# Who is deactivated must be out within a second, with the time that a request takes.
REMEMBERED_SECONDS = 0.5
MOST_REMEMBERED = 10_000
KEPT_OPEN_SECONDS = 2.0

bearer = HTTPBearer(auto_error=False, description="The token of the data API's POST /sessions.")


class People:
    """Remembers whom valid tokens belong to. Invalid tokens are not remembered."""

    def __init__(self, data_api_url: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        # Idle connections are closed before the data API closes them: a request on a connection that is just being
        # closed fails.
        limits = httpx.Limits(keepalive_expiry=KEPT_OPEN_SECONDS)
        self._client = httpx.AsyncClient(base_url=data_api_url, timeout=5, limits=limits, trust_env=False)
        self._known: dict[bytes, tuple[float, Me]] = {}

    async def close(self) -> None:
        await self._client.aclose()

    async def who(self, token: str) -> Me:
        """Returns the person whom the token belongs to, with their permissions. Raises NotSignedIn, DataApiAway."""
        key = hashlib.sha256(token.encode("utf-8", "replace")).digest()
        asked_at, me = self._known.get(key, (0.0, None))
        now = self._clock()
        if me is None or now - asked_at > REMEMBERED_SECONDS:
            self._known.pop(key, None)
            me = await self._ask(token)
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            self._known[key] = (now, me)
        if me.expires_at <= datetime.now(UTC):
            raise NotSignedIn
        return me

    async def _ask(self, token: str) -> Me:
        try:
            answer = await self._client.get("/me", headers={"Authorization": f"Bearer {token}"})
        except httpx.TransportError as error:
            raise DataApiAway from error
        except (ValueError, httpx.HTTPError) as error:  # no valid token looks like this: it cannot be sent in a header
            raise NotSignedIn from error
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            raise NotSignedIn
        if not answer.is_success:
            raise DataApiAway
        return Me.model_validate_json(answer.content)


def has_desk_key(request: Request, credentials: HTTPAuthorizationCredentials | None) -> bool:
    """Whether the `lodge` command asks, which no person signs in to."""
    key = read_desk_key(request.app.state.organisation.settings.home)
    if key is None or credentials is None:
        return False
    return secrets.compare_digest(credentials.credentials.encode(), key.encode())


def permitted(permission: Permission) -> Callable[..., Awaitable[Me]]:
    """Returns a dependency that gives the person who asks, or refuses: 401 without a valid token, 403 without the
    permission. A request that takes long ends when it would be refused. docs/permissions.md is made from its attribute
    `permissions`."""

    async def person(
        request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
    ) -> Me:
        if credentials is None:
            raise NotSignedIn
        token, people = credentials.credentials, request.app.state.organisation.people

        async def check() -> Me:
            me: Me = await people.who(token)
            request.scope["state"]["person_id"] = me.person.id
            if permission not in me.permissions:
                raise NotPermitted(f"This needs the permission {permission}, which your role does not have.")
            return me

        me = await check()
        request.scope["state"][CHECK] = check
        return me

    person.permissions = (permission,)  # type: ignore[attr-defined]
    return person
