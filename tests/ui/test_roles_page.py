"""The page of roles: reading, making, changing, deleting, and what is refused."""

import html

import pytest

from contracts.people import NEEDS, Permission
from streamlit_app.roles.permissions import needed_by
from tests.support import rows
from tests.support.api import Api, Visitor, done
from tests.support.screens import Screen
from tests.ui.conftest import Opener


@pytest.fixture(scope="module")
def admin(api: Api) -> Visitor:
    return api.enter("admin", "Lia List")


def entries(screen: Screen) -> dict[str, list[str]]:
    items = screen.data("entries", "entries_role")["items"]
    return {item["name"]: [act["kind"] for act in item["acts"]] for item in items}


def press(screen: Screen, act: str, slug: str) -> Screen:
    return screen.fire("entries", act, slug, key="entries_role")


def tick(screen: Screen, form: str, permission: Permission, *, is_on: bool = True) -> None:
    screen.app.checkbox(key=f"{form}_{permission}").set_value(is_on).run()


def make(by: Visitor, name: str, *permissions: Permission) -> dict[str, object]:
    return done(by.post("/roles", json={"name": name, "permissions": permissions}), 201)


def role(by: Visitor, slug: str) -> dict[str, object]:
    return done(by.get(f"/roles/{slug}"))


def words(screen: Screen) -> str:
    return html.unescape(screen.words())


def test_a_manager_reads_it_and_changes_nothing(manager: Visitor, see: Opener) -> None:
    screen = see(manager, "roles")
    assert "Make a role" not in screen.labels()
    assert {tuple(acts) for acts in entries(screen).values()} == {("people",)}
    matrix = screen.data("table", "permissions")
    assert [column["title"] for column in matrix["columns"]][:3] == ["Permits one to", "Student", "Helpdesk staff"]
    assert matrix["rows"][0][:3] == ["Report a problem", "Yes", "Yes"]
    assert "It permits more than you may do" in screen.words()


def test_a_role_is_made_and_a_permission_brings_those_that_it_needs(admin: Visitor, see: Opener) -> None:
    screen = see(admin, "roles").press("Make a role")
    assert "Please choose at least one." in words(screen.press("Make it"))
    screen.app.text_input(key="new_role_name").set_value("Triage")
    tick(screen, "new_role", Permission.TICKETS_WORK)
    screen.press("Make it")
    assert role(admin, "triage")["permissions"] == [
        "tickets:report", "tickets:read-shared", "tickets:read-all", "tickets:work", "people:read",
    ]  # fmt: skip
    assert entries(screen)["Triage"] == ["people", "change", "delete"]


def test_taking_a_permission_away_takes_those_along_that_need_it_and_warns(
    api: Api, admin: Visitor, see: Opener
) -> None:
    make(admin, "Door", Permission.PEOPLE_READ, Permission.PEOPLE_MANAGE, Permission.TICKETS_REPORT)
    rows.person(api, "At the door", "door")
    screen = press(see(admin, "roles"), "change", "door")
    assert "has this role" not in words(screen)
    tick(screen, "change_role_door", Permission.PEOPLE_READ, is_on=False)
    told = words(screen)
    assert "1 person has this role. It no longer permits one to look people and teams up; add, change and" in told
    assert role(admin, "door")["version"] == 1, "nothing is saved yet"
    screen.press("Save")
    assert role(admin, "door")["permissions"] == ["tickets:report"]


def test_only_what_one_may_do_can_be_ticked(api: Api, admin: Visitor, see: Opener) -> None:
    permissions = [Permission.PEOPLE_READ, Permission.PEOPLE_MANAGE, Permission.ROLES_MANAGE]
    make(admin, "Registrar", *permissions)
    registrar = api.enter("student", "Rae Registrar")
    done(admin.patch(f"/people/{registrar.person_id}", json={"version": 1, "roles": ["registrar"]}))
    screen = see(registrar, "roles").press("Make a role")
    boxes = {str(one.key).removeprefix("new_role_"): one.disabled for one in screen.app.checkbox}
    assert {name for name, is_off in boxes.items() if not is_off} == set(permissions)
    assert "You can only give what you may do yourself." in screen.words()
    assert entries(screen)["Registrar"] == ["people", "change", "delete"]
    assert entries(screen)["Administrator"] == ["people"]


def test_the_administrators_role_stays_as_it_is(admin: Visitor, see: Opener) -> None:
    """Nothing is offered that would be refused."""
    screen = press(see(admin, "roles"), "change", "admin")
    assert not screen.app.checkbox
    assert "This role permits everything" in words(screen)
    screen.app.text_input(key="change_role_admin_name").set_value("Head of the desk")
    screen.press("Save")
    assert role(admin, "admin")["name"] == "Head of the desk"
    assert role(admin, "admin")["permissions"] == [*Permission]


def test_that_a_role_cannot_be_deleted_is_said_where_somebody_looks_for_it(admin: Visitor, see: Opener) -> None:
    screen = see(admin, "roles")
    told = "Every desk has this role, so it cannot be deleted."
    assert told not in words(screen)
    assert "delete" not in entries(screen)["Student"]
    assert told in words(press(screen, "change", "student"))


def test_another_change_meanwhile_is_told_and_kept(admin: Visitor, see: Opener) -> None:
    make(admin, "Twice", Permission.TICKETS_REPORT)
    screen = press(see(admin, "roles"), "change", "twice")
    done(admin.patch("/roles/twice", json={"version": 1, "permissions": ["analyses:read"]}))
    screen.app.text_input(key="change_role_twice_name").set_value("Mine")
    assert "What it permits is now read analyses. What you wrote is kept" in words(screen.press("Save"))
    screen.press("Save")
    after = role(admin, "twice")
    assert (after["name"], after["permissions"]) == ("Mine", ["analyses:read"])


def test_people_of_a_deleted_role_get_another_one(api: Api, admin: Visitor, see: Opener) -> None:
    make(admin, "Passing", Permission.TICKETS_REPORT)
    person = rows.person(api, "Passing by", "passing")
    screen = press(see(admin, "roles"), "delete", "passing")
    screen.app.selectbox(key="delete_role_passing_to").set_value("agent")
    assert "Passing" not in entries(screen.press("Delete"))
    assert done(admin.get(f"/people/{person}"))["roles"] == ["agent"]


@pytest.mark.parametrize("permission", NEEDS)
def test_what_a_box_brings_is_complete(permission: Permission) -> None:
    """Otherwise the data API would refuse it."""
    brought = needed_by(permission)
    assert all(set(NEEDS.get(one, ())) <= brought for one in brought)
