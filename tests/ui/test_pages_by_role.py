"""Every page with every role: it draws, says what it is, and is empty in a helpful way."""

import pytest

from contracts.people import Role
from streamlit_app.state.navigation import SCREENS, menu_for
from tests.support.api import Api
from tests.ui.conftest import Opener

STAFF_ROLES = (Role.AGENT, Role.MANAGER, Role.ADMIN)
FIRST_HEADINGS = {
    Role.STUDENT: "Report a problem",
    Role.AGENT: "Overview",
    Role.MANAGER: "Overview",
    Role.ADMIN: "Overview",
    Role.ANALYST: "Analyses",
}


@pytest.mark.parametrize("role", list(Role))
def test_each_role_arrives_on_its_first_page(api: Api, see: Opener, role: Role) -> None:
    screen = see(api.enter(role))

    assert [title.value for title in screen.app.title] == [FIRST_HEADINGS[role]]


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("page", [screen.stem for screen in SCREENS])
def test_each_page_draws_or_says_that_it_is_for_others(api: Api, see: Opener, role: Role, page: str) -> None:
    screen = see(api.enter(role), page)

    is_for_staff = page in {"overview", "queue", "board", "report_for", "my_time"}
    is_not_for_students = page == "analyses" and role is Role.STUDENT
    is_for_the_data_team = page == "sql_lab" and role not in {Role.ANALYST, Role.MANAGER, Role.ADMIN}
    for_administrators = {"categories", "lists", "tags", "stages", "assignment_rules"}
    is_for_administrators = page in for_administrators and role is not Role.ADMIN
    managers_pages = {"people", "teams", "team_time", "roles", "canned_replies"}
    is_for_managers = page in managers_pages and role not in {Role.MANAGER, Role.ADMIN}
    is_of_others = page == "open_tickets" and role is Role.ANALYST
    told_off = "not for the role" in screen.words()
    is_for_others = (
        is_not_for_students or is_for_the_data_team or is_for_administrators or is_for_managers or is_of_others
    )
    assert told_off == ((is_for_staff and role not in STAFF_ROLES) or is_for_others)


@pytest.mark.parametrize("page", [None, "ticket", "queue"])
def test_strangers_see_the_door_on_every_address(see: Opener, page: str | None) -> None:
    screen = see(None, page)

    cards = screen.data("role_cards")
    assert [role["slug"] for role in cards["large"]] == ["student", "agent"]
    small = {role["slug"]: role["what"] for role in cards["small"]}
    assert small.keys() == {"analyst", "manager", "admin"}
    assert small["admin"] == "Manage roles, categories and buildings.", "what there are pages for"
    assert small["analyst"] == "Explore the analyses."
    assert not screen.has("rows")


def test_a_token_that_ended_leads_back_to_the_door(api: Api, see: Opener) -> None:
    visitor = api.enter("agent", "Gone Soon")
    screen = see(visitor, "queue")
    visitor.delete("/sessions/current")

    screen.again()

    assert screen.has("role_cards")
    assert not screen.has("rows")


def test_the_menu_names_the_person_and_offers_the_other_roles(api: Api, see: Opener) -> None:
    menu = see(api.enter("manager", "Omar Haddad")).data("person_menu")

    assert (menu["name"], menu["role"]) == ("Omar Haddad", "Manager")
    assert {role["slug"] for role in menu["roles"]} == {"student", "agent", "analyst", "admin"}


def test_the_profile_of_somebody_who_chose_a_role_says_that_there_are_no_passwords(api: Api, see: Opener) -> None:
    person = api.enter("analyst", "Yuki Profile")
    screen = see(person, "profile")
    facts = {fact["name"]: fact["value"] for fact in screen.data("facts")["facts"]}
    assert (facts["Name"], facts["Role"], facts["Team"], facts["Away"]) == ("Yuki Profile", "Data team", "None", "No")
    assert "Username" not in facts
    assert "Nobody has a password on this desk" in screen.words()
    assert not screen.app.text_input
    assert [one["mark"] for one in screen.data("entries", "entries_sign_in")["items"]] == ["This one"]
    assert {"Ask the replica in SQL, and take a copy of it away", "Read analyses", "Report a problem"} == {
        line.removeprefix("- ") for line in screen.app.markdown[0].value.splitlines()
    }


def test_a_profile_is_for_everybody_also_without_any_other_page(api: Api, see: Opener) -> None:
    person = api.enter("student", "No pages")
    api.sql("INSERT INTO role (slug, name, permissions) VALUES ('looker', 'Looker', '{people:read}')")
    api.sql("UPDATE person SET roles = '{looker}' WHERE id = %s", person.person_id)
    screen = see(person, "profile")
    assert [title.value for title in screen.app.title] == ["Profile"]
    assert screen.app.markdown[0].value == "- Look people and teams up"


def test_a_stranger_has_no_menu() -> None:
    assert menu_for(None) == ()


@pytest.mark.parametrize(
    ("page", "hint"), [("my_tickets", "When you report a problem"), ("queue", "New reports appear here")]
)
def test_empty_lists_say_what_will_be_there(api: Api, see: Opener, page: str, hint: str) -> None:
    """On a desk of its own, where nothing was reported."""
    visitor = api.enter("agent" if page == "queue" else "student", "First Day")
    if api.sql("SELECT count(*) FROM ticket")[0][0] == 0 or page == "my_tickets":
        assert hint in see(visitor, page).words()
    else:
        pytest.fail("this module's desk must stay empty")


def test_the_overview_of_an_empty_desk_is_all_zeros(see: Opener, api: Api) -> None:
    numbers = see(api.enter("agent"), "overview").data("numbers", "counts")

    assert {number["name"]: number["value"] for number in numbers["items"]} == dict.fromkeys(
        ("Mine", "Unassigned", "Our turn", "Their turn", "Open", "Active", "Closed today"), "0"
    )
