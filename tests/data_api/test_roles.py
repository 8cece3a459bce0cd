"""Administrators make, change and delete roles."""

from itertools import count
from typing import Any

import psycopg
import pytest
from psycopg.errors import ForeignKeyViolation

from tests.support.api import Api, Visitor, done

NUMBERS = count(1)
READS = ["tickets:report", "people:read"]


@pytest.fixture
def made(admin: Visitor) -> dict[str, Any]:
    """A role that only this test uses."""
    return done(admin.post("/roles", json={"name": f"Made {next(NUMBERS)}", "permissions": READS}), 201)


@pytest.fixture
def keeper(api: Api, admin: Visitor) -> Visitor:
    """May manage roles and people, and else only what staff may."""
    needed = ["tickets:report", "people:read", "people:manage", "roles:manage"]
    known = {role["slug"] for role in done(admin.get("/roles"))["items"]}
    if "keeper" not in known:
        done(admin.post("/roles", json={"name": "Keeper", "permissions": needed}), 201)
    visitor = api.enter("student", "Keeps roles")
    set_roles(admin, visitor, "keeper")
    return visitor


def set_roles(admin: Visitor, visitor: Visitor, *roles: str) -> None:
    at = f"/people/{visitor.person_id}"
    done(admin.patch(at, json={"version": done(admin.get(at))["version"], "roles": list(roles)}))


def test_a_role_is_made_read_changed_and_deleted(admin: Visitor) -> None:
    new = {"name": "Front desk", "description": "At the door.", "permissions": READS}
    role = done(admin.post("/roles", json=new), 201)
    assert (role["slug"], role["is_built_in"], role["people"], role["version"]) == ("front-desk", False, 0, 1)
    at = "/roles/front-desk"
    assert done(admin.get(at)) == role
    changed = done(admin.patch(at, json={"version": 1, "name": "Reception", "permissions": ["tickets:report"]}))
    assert (changed["name"], changed["permissions"], changed["version"]) == ("Reception", ["tickets:report"], 2)
    assert changed["description"] == "At the door."
    assert changed["modified_at"] > role["modified_at"]
    stale = admin.patch(at, json={"version": 1, "name": "Door"})
    assert (stale.status_code, stale.json()["error"]) == (409, "StaleVersion")
    assert stale.json()["current"]["name"] == "Reception"
    assert admin.delete(at).status_code == 204
    assert admin.get(at).status_code == 404


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"permissions": []}, "body.permissions"),
        ({"permissions": ["everything"]}, "body.permissions.0"),
        ({"permissions": ["tickets:work"]}, "body.permissions"),
        ({"permissions": ["tickets:report", "roles:manage", "people:read"]}, "body.permissions"),
        ({"name": " "}, "body.name"),
        ({"name": "\N{GRINNING FACE}"}, "body.slug"),
        ({"slug": "Not a slug"}, "body.slug"),
        ({"description": "x" * 501}, "body.description"),
        ({"is_built_in": True}, "body.is_built_in"),
    ],
    ids=str,
)
def test_a_wrong_role_is_refused_and_the_field_named(admin: Visitor, fields: dict[str, Any], named: str) -> None:
    answer = admin.post("/roles", json={"name": "Odd one", "permissions": READS, **fields})
    assert answer.status_code == 422
    assert answer.json()["fields"][0]["name"] == named


def test_a_slug_is_given_once(admin: Visitor, made: dict[str, Any]) -> None:
    again = admin.post("/roles", json={"name": "Other", "slug": made["slug"], "permissions": READS})
    assert (again.status_code, again.json()["error"]) == (409, "SlugTaken")


def test_a_post_that_is_sent_again_makes_one_role(admin: Visitor) -> None:
    new, headers = {"name": "Made once", "permissions": READS}, {"Idempotency-Key": "made-once"}
    first, second = (done(admin.post("/roles", json=new, headers=headers), 201) for _ in range(2))
    assert first == second


def test_a_role_in_use_is_deleted_only_when_its_people_get_another(
    api: Api, admin: Visitor, made: dict[str, Any]
) -> None:
    at = f"/roles/{made['slug']}"
    people = [api.enter("student", f"Two of them {number}") for number in range(2)]
    set_roles(admin, people[0], made["slug"])
    set_roles(admin, people[1], made["slug"], "student", "agent")
    refused = admin.delete(at)
    assert (refused.status_code, refused.json()["error"]) == (409, "StillInUse")
    assert refused.json()["detail"].startswith("2 people have the role ")
    assert done(admin.get(at))["people"] == 2
    for nowhere in ("nowhere", made["slug"]):
        answer = admin.delete(at, params={"people_to": nowhere})
        assert answer.json()["fields"][0]["name"] == "query.people_to"
    assert admin.delete(at, params={"people_to": "student"}).status_code == 204
    assert [done(visitor.get("/me"))["roles"] for visitor in people] == [["student"], ["student", "agent"]]


@pytest.mark.parametrize("slug", ["student", "agent", "manager", "admin", "analyst"])
def test_a_built_in_role_stays(admin: Visitor, slug: str) -> None:
    answer = admin.delete(f"/roles/{slug}", params={"people_to": "student" if slug != "student" else "agent"})
    assert (answer.status_code, answer.json()["error"]) == (409, "BuiltInRole")


def test_a_built_in_role_may_be_changed_and_that_of_administrators_not(api: Api, admin: Visitor) -> None:
    analyst = api.enter("analyst", "Adele")
    before = done(admin.get("/roles/analyst"))
    change = {"version": before["version"], "permissions": [*before["permissions"], "people:read"]}
    assert analyst.get("/people").status_code == 403
    after = done(admin.patch("/roles/analyst", json=change))
    assert analyst.get("/people").status_code == 200
    done(admin.patch("/roles/analyst", json={"version": after["version"], "permissions": before["permissions"]}))
    own = done(admin.get("/roles/admin"))
    answer = admin.patch("/roles/admin", json={"version": own["version"], "permissions": READS})
    assert (answer.status_code, answer.json()["error"]) == (409, "BuiltInRole")
    same = {"version": own["version"], "name": "Chief", "permissions": own["permissions"]}
    renamed = done(admin.patch("/roles/admin", json=same))
    assert (renamed["name"], renamed["permissions"]) == ("Chief", own["permissions"])


# -- nobody makes, changes or gives more than they may -------------------------------------------------------------


def test_nobody_makes_a_role_that_permits_more_than_they_may(keeper: Visitor) -> None:
    more = keeper.post("/roles", json={"name": "More", "permissions": [*READS, "lists:manage"]})
    assert (more.status_code, more.json()["error"]) == (403, "NotPermitted")
    done(keeper.post("/roles", json={"name": "As much", "permissions": READS}), 201)


def test_who_manages_people_adds_them_without_working_on_tickets(keeper: Visitor) -> None:
    done(keeper.post("/people", json={"name": "New", "roles": ["keeper"], "email": "new@keeper.example"}), 201)
    assert keeper.post("/people", json={"name": "New", "roles": ["agent"]}).status_code == 403


def test_nobody_makes_a_role_permit_more_than_they_may(keeper: Visitor, made: dict[str, Any]) -> None:
    at = f"/roles/{made['slug']}"
    change = {"version": made["version"], "permissions": [*READS, "sql:run"]}
    assert keeper.patch(at, json=change).status_code == 403
    done(keeper.patch(at, json={"version": made["version"], "name": "Mine now"}))


@pytest.mark.parametrize("fields", [{"permissions": READS}, {"name": "Weak"}], ids=str)
def test_nobody_changes_a_role_that_permits_more_than_they_may(
    admin: Visitor, keeper: Visitor, fields: dict[str, Any]
) -> None:
    before = done(admin.get("/roles/manager"))
    assert keeper.patch("/roles/manager", json={"version": before["version"], **fields}).status_code == 403
    assert done(admin.get("/roles/manager")) == before


def test_nobody_deletes_a_role_that_permits_more_or_into_one_that_does(
    admin: Visitor, keeper: Visitor, made: dict[str, Any]
) -> None:
    set_roles(admin, keeper, "keeper", made["slug"])
    assert keeper.delete(f"/roles/{made['slug']}", params={"people_to": "admin"}).status_code == 403
    more = done(admin.post("/roles", json={"name": "Above", "permissions": [*READS, "sql:run"]}), 201)
    assert keeper.delete(f"/roles/{more['slug']}").status_code == 403
    assert set(done(keeper.get("/me"))["roles"]) == {"keeper", made["slug"]}


@pytest.mark.parametrize("role", ["student", "agent", "analyst"])
def test_others_do_not_see_the_roles(api: Api, role: str) -> None:
    visitor = api.enter(role)
    assert visitor.get("/roles").status_code == 403
    assert visitor.get("/roles/student").status_code == 403


def test_managers_see_roles_and_make_none(api: Api, made: dict[str, Any]) -> None:
    manager = api.enter("manager")
    assert made in done(manager.get("/roles"))["items"]
    assert manager.post("/roles", json={"name": "x", "permissions": ["tickets:report"]}).status_code == 403
    assert manager.patch(f"/roles/{made['slug']}", json={"version": 1}).status_code == 403
    assert manager.delete(f"/roles/{made['slug']}").status_code == 403


# -- what the database itself holds to -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO person (name, roles) VALUES ('X', '{student,root}')",
        "UPDATE person SET roles = '{root}'",
        "DELETE FROM role WHERE slug = 'admin'",
        "UPDATE role SET slug = 'boss' WHERE slug = 'admin'",
    ],
)
def test_the_database_keeps_roles_and_people_together(api: Api, admin: Visitor, statement: str) -> None:
    with psycopg.connect(api.database_url) as connection, pytest.raises(ForeignKeyViolation):
        connection.execute(statement.encode())
    assert admin.get("/me").status_code == 200
