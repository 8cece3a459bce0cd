"""What each role permits: the one table that names roles. Everything else asks for a permission."""

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

# In the order in which a person of several roles speaks for the helpdesk: in the first that works on tickets.
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.STUDENT: STUDENT,
    Role.AGENT: AGENT,
    Role.MANAGER: AGENT | {Permission.PEOPLE_MANAGE},
    Role.ADMIN: frozenset(Permission),
    Role.ANALYST: EVERYONE | {Permission.ANALYSES_READ},
}

# What those may do at most whom staff add to report for them, without the permission to manage people.
GIVEN_BY_STAFF = STUDENT
# Whoever reported a ticket speaks under it in this role, whatever their own are.
REQUESTERS_ROLE = Role.STUDENT


def permissions_of(roles: Iterable[str]) -> frozenset[Permission]:
    """What somebody of these roles may do."""
    return _permissions_of(frozenset(roles))


@cache
def _permissions_of(roles: frozenset[str]) -> frozenset[Permission]:
    return frozenset().union(*(PERMISSIONS[Role(role)] for role in roles))


@cache
def roles_with(permission: Permission) -> tuple[Role, ...]:
    return tuple(role for role, permissions in PERMISSIONS.items() if permission in permissions)
