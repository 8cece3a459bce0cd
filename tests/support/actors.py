"""Makes actors for tests that call the code directly, without an API."""

from collections.abc import Iterable
from datetime import UTC, datetime

from contracts.desk import StudentsSee
from contracts.people import Permission, Role
from data_api.access.actor import Actor
from data_api.access.permissions import PERMISSIONS
from data_api.access.reading import reads_of

ENTERED_AT = datetime.now(UTC)


def permissions_of(roles: Iterable[Role]) -> frozenset[Permission]:
    """Returns what a person with these roles may do on a new desk."""
    return frozenset().union(*(PERMISSIONS[role] for role in roles))


def actor_of(*roles: Role, person_id: int = 1, name: str = "Someone", is_shared: bool = False) -> Actor:
    """Returns a person with these roles, on a desk with the setting that students see all tickets."""
    permissions = permissions_of(roles)
    return Actor(
        person_id=person_id,
        name=name,
        roles=roles,
        role_names=tuple(role.name.title() for role in roles),
        permissions=permissions,
        reads=reads_of(permissions, StudentsSee.ALL),
        session_id=1,
        expires_at=ENTERED_AT,
        created_at=ENTERED_AT,
        is_shared=is_shared,
    )
