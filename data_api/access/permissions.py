"""What each role permits."""

from functools import cache

from contracts.people import Permission, Role

EVERYONE = frozenset({Permission.TICKETS_REPORT})
AGENT = EVERYONE | {
    Permission.TICKETS_READ_ALL,
    Permission.TICKETS_WORK,
    Permission.PEOPLE_READ,
    Permission.ANALYSES_READ,
}

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.STUDENT: EVERYONE,
    Role.AGENT: AGENT,
    Role.MANAGER: AGENT | {Permission.PEOPLE_MANAGE},
    Role.ADMIN: frozenset(Permission),
    Role.ANALYST: EVERYONE | {Permission.ANALYSES_READ},
}


@cache
def permissions_of(roles: frozenset[Role]) -> frozenset[Permission]:
    return frozenset().union(*(PERMISSIONS[role] for role in roles))
