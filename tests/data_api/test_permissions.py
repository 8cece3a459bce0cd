"""What roles permit: as they come, and as administrators change them."""

from collections.abc import Mapping

import pytest

from contracts.people import ALLOWS, NEEDS, Permission, Role
from data_api.access.permissions import EVERYTHING, PERMISSIONS, permissions_from
from tests.support.actors import permissions_of
from tests.support.api import Api, Visitor, done


def roles_with(permission: Permission) -> set[Role]:
    return {role for role, permitted in PERMISSIONS.items() if permission in permitted}


def test_every_role_permits_something_and_may_report() -> None:
    assert set(PERMISSIONS) == set(Role)
    assert roles_with(Permission.TICKETS_REPORT) == set(Role)


@pytest.mark.parametrize(("permission", "needed"), [(one, other) for one, others in NEEDS.items() for other in others])
def test_who_may_do_the_one_may_do_what_it_needs(permission: Permission, needed: Permission) -> None:
    assert roles_with(permission)
    assert roles_with(permission) <= roles_with(needed)


def test_several_roles_permit_what_each_of_them_does() -> None:
    both = permissions_of([Role.ANALYST, Role.STUDENT])
    assert both == PERMISSIONS[Role.ANALYST] | PERMISSIONS[Role.STUDENT]
    assert permissions_from(["a", "b"], ["tickets:report", "sql:run", "tickets:report"]) == {
        Permission.TICKETS_REPORT,
        Permission.SQL_RUN,
    }


def test_what_is_no_permission_permits_nothing() -> None:
    """It may come from a later version of Lodge."""
    assert permissions_from(["student"], ["desk:burn"]) == frozenset()


def test_administrators_may_do_everything_whatever_their_row_says() -> None:
    assert permissions_from(["student", "admin"], []) == EVERYTHING


def test_every_permission_says_what_it_allows() -> None:
    assert set(ALLOWS) == set(Permission)


def test_the_rows_of_a_new_desk_permit_what_the_code_says(admin: Visitor) -> None:
    found = done(admin.get("/roles"))["items"]
    rows = {role["slug"]: set(role["permissions"]) for role in found if role["is_built_in"]}
    assert rows == {role.value: set(permitted) for role, permitted in PERMISSIONS.items()}


# -- a role that an administrator made -----------------------------------------------------------------------------

# One request that needs each permission, and for each the status of who has it. Written out, not asked of the code.
ASKED: Mapping[str, tuple[str, str, int]] = {
    "people:read": ("GET", "/people", 200),
    "people:manage": ("GET", "/people/twins", 200),
    "teams:manage": ("POST", "/teams", 422),
    "roles:manage": ("POST", "/roles", 422),
    "lists:manage": ("GET", "/categorising", 200),
    "tickets:work": ("GET", "/overview", 200),
    "tickets:report": ("POST", "/tickets", 422),
}


@pytest.mark.parametrize("permission", ASKED)
def test_a_made_role_permits_exactly_what_is_in_it(api: Api, admin: Visitor, permission: str) -> None:
    permitted = with_needs(permission)
    role = done(admin.post("/roles", json={"name": f"Only {permission}", "permissions": permitted}), 201)
    visitor = api.enter("student", f"Of {permission}")
    give(admin, visitor, role["slug"])
    me = done(visitor.get("/me"))
    assert (me["roles"], me["role_names"]) == ([role["slug"]], [role["name"]])
    assert set(me["permissions"]) == set(permitted)
    for other, (method, path, status) in ASKED.items():
        answer = visitor.request(method, path, json={} if method == "POST" else None)
        assert answer.status_code == (status if other in permitted else 403), other


def test_a_changed_role_holds_from_the_next_request_on(api: Api, admin: Visitor) -> None:
    fields = {"name": "Looks at tickets", "permissions": with_needs("tickets:read-all")}
    role = done(admin.post("/roles", json=fields), 201)
    visitor, ticket_id = api.enter("student", "Watches"), admin.report()["id"]
    give(admin, visitor, role["slug"])
    admin.move(ticket_id, "active", "closed")
    assert visitor.get(f"/tickets/{ticket_id}").status_code == 200
    assert visitor.get("/people").status_code == 403
    change = {"version": role["version"], "permissions": ["tickets:report", "people:read"]}
    done(admin.patch(f"/roles/{role['slug']}", json=change))
    assert visitor.get(f"/tickets/{ticket_id}").status_code == 404
    assert visitor.get("/people").status_code == 200


def test_who_works_on_tickets_by_a_made_role_speaks_for_the_helpdesk(api: Api, admin: Visitor) -> None:
    fields = {"name": "Night shift", "permissions": with_needs("tickets:work")}
    role = done(admin.post("/roles", json=fields), 201)
    visitor, ticket_id = api.enter("student", "Owl"), api.enter("student", "Early Bird").report()["id"]
    give(admin, visitor, role["slug"])
    author = visitor.say(ticket_id)["author"]
    assert (author["role"], author["is_staff"]) == ("agent", True)
    assert admin.edit(ticket_id, assignee=visitor.person_id)["assignee"]["id"] == visitor.person_id
    found = done(admin.get("/people", params={"permission": "tickets:work", "q": "owl"}))["items"]
    assert [person["id"] for person in found] == [visitor.person_id]


def with_needs(permission: str) -> list[str]:
    """The permission, and all that it needs."""
    wanted, found = [Permission(permission)], set[Permission]()
    while wanted:
        found.add(one := wanted.pop())
        wanted += NEEDS.get(one, ())
    return sorted(found)


def give(admin: Visitor, visitor: Visitor, *roles: str) -> None:
    version = done(admin.get(f"/people/{visitor.person_id}"))["version"]
    done(admin.patch(f"/people/{visitor.person_id}", json={"version": version, "roles": list(roles)}))
