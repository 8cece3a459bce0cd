"""What each role permits. Only this table names roles; all other code asks for a permission."""

from collections.abc import Iterable
from functools import cache

from contracts.people import Permission, Role

EVERYONE = frozenset({Permission.TICKETS_REPORT})
STUDENT = EVERYONE | {Permission.TICKETS_READ_SHARED}
AGENT = STUDENT | {
    Permission.TICKETS_READ_ALL,
    Permission.TICKETS_WORK,
    Permission.PEOPLE_READ,
    Permission.ANALYSES_READ,
}

# The order matters: a person of several roles writes for the helpdesk in the first of them that works on tickets.
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.STUDENT: STUDENT,
    Role.AGENT: AGENT,
    # Managers add people to the data team, and nobody gives more than they have.
    Role.MANAGER: AGENT | {Permission.PEOPLE_MANAGE, Permission.SQL_RUN},
    Role.ADMIN: frozenset(Permission),
    Role.ANALYST: EVERYONE | {Permission.ANALYSES_READ, Permission.SQL_RUN},
}

# The most that a person may be permitted to do whom staff add without the permission to manage people.
GIVEN_BY_STAFF = STUDENT
# The role stored with a message that does not speak for the helpdesk, whatever roles its author has.
REQUESTERS_ROLE = Role.STUDENT


def permissions_of(roles: Iterable[str]) -> frozenset[Permission]:
    """Returns what a person with these roles may do."""
    return _permissions_of(frozenset(roles))


@cache
def _permissions_of(roles: frozenset[str]) -> frozenset[Permission]:
    return frozenset().union(*(PERMISSIONS[Role(role)] for role in roles))


@cache
def roles_with(permission: Permission) -> tuple[Role, ...]:
    return tuple(role for role, permissions in PERMISSIONS.items() if permission in permissions)
