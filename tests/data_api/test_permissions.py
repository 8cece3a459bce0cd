"""What the table of roles holds to, whichever roles are added to it."""

import pytest

from contracts.people import Permission, Role
from data_api.access.permissions import PERMISSIONS, permissions_of, roles_with

# A permission that is of no use, or tells too much, without another one.
NEEDS = {
    Permission.TICKETS_WORK: Permission.TICKETS_READ_ALL,
    Permission.TICKETS_READ_ALL: Permission.TICKETS_READ_SHARED,
    Permission.TICKETS_READ_CONFIDENTIAL: Permission.TICKETS_READ_ALL,
    Permission.TICKETS_DELETE: Permission.TICKETS_READ_ALL,
}


def test_every_role_permits_something_and_may_report() -> None:
    assert set(PERMISSIONS) == set(Role)
    assert set(roles_with(Permission.TICKETS_REPORT)) == set(Role)


@pytest.mark.parametrize(("permission", "needed"), NEEDS.items())
def test_who_may_do_the_one_may_do_what_it_needs(permission: Permission, needed: Permission) -> None:
    assert roles_with(permission)
    assert set(roles_with(permission)) <= set(roles_with(needed))


def test_several_roles_permit_what_each_of_them_does() -> None:
    both = permissions_of([Role.ANALYST, Role.STUDENT])
    assert both == PERMISSIONS[Role.ANALYST] | PERMISSIONS[Role.STUDENT]
    assert both == permissions_of(["student", "analyst", "student"])


def test_a_role_that_is_none_permits_nothing() -> None:
    with pytest.raises(ValueError, match="superuser"):
        permissions_of([Role.STUDENT, "superuser"])
