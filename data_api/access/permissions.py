"""What the built-in roles permit on a new desk, and what follows from the rows of roles. Only this folder names roles;
all other code asks for a permission."""

from collections.abc import Collection, Iterable
from functools import lru_cache

from contracts.people import Permission, Role

EVERYONE = frozenset({Permission.TICKETS_REPORT})
STUDENT = EVERYONE | {Permission.TICKETS_READ_SHARED}
AGENT = STUDENT | {
    Permission.TICKETS_READ_ALL,
    Permission.TICKETS_WORK,
    Permission.PEOPLE_READ,
    Permission.ANALYSES_READ,
}
EVERYTHING = frozenset(Permission)

# On a new desk. Administrators may change all of them but their own (table `role`).
PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.STUDENT: STUDENT,
    Role.AGENT: AGENT,
    # Managers add people to the data team, and nobody gives more than they have.
    Role.MANAGER: AGENT
    | {
        Permission.PEOPLE_MANAGE,
        Permission.TEAMS_MANAGE,
        Permission.SQL_RUN,
        Permission.TIME_READ,
        Permission.TIME_MANAGE,
    },
    Role.ADMIN: EVERYTHING,
    Role.ANALYST: EVERYONE | {Permission.ANALYSES_READ, Permission.SQL_RUN},
}

# Permits everything, whatever its row says: a new permission must not be missing there, and nobody can take one away.
ADMINISTRATORS_ROLE = Role.ADMIN
# Staff without the permission to manage people add only people who may do no more than this role permits. It is also
# stored with a message that does not speak for the helpdesk, whatever roles its author has.
REQUESTERS_ROLE = Role.STUDENT
# With a message for the helpdesk, the first of these that its author has is stored; the first one for people who work
# on tickets by a role that is not built in.
STAFF_ROLES = (Role.AGENT, Role.MANAGER, Role.ADMIN)


def permissions_from(roles: Collection[str], granted: Iterable[str]) -> frozenset[Permission]:
    """Returns what a person with these roles may do. `granted`: the permissions in the rows of these roles. Permissions
    that this version of Lodge does not know permit nothing."""
    return EVERYTHING if ADMINISTRATORS_ROLE in roles else _known(tuple(granted))


def permitted_by(
    roles: Collection[str], granted: Iterable[str], token_permissions: Collection[str] | None
) -> frozenset[Permission]:
    """Returns what a token permits: all that the roles of its person do, or of that what the API token was made for.
    `granted` is as above."""
    permissions = permissions_from(roles, granted)
    if token_permissions is None:
        return permissions
    return frozenset(permission for permission in permissions if permission in token_permissions)


@lru_cache(1_000)
def _known(granted: tuple[str, ...]) -> frozenset[Permission]:
    return frozenset(permission for permission in Permission if permission in granted)
