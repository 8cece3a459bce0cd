"""The page of people: finding, adding, changing, deactivating, several at once."""

import html
from datetime import date

import pytest

from contracts.pages import Page
from contracts.people import MOST_IMPORTED, Twins
from streamlit_app.client import api as client
from streamlit_app.people.pasted import NotReadable, read_people
from streamlit_app.state import navigation
from tests.support import rows
from tests.support.api import Api, Visitor, done
from tests.support.screens import Screen
from tests.ui.conftest import Opener

ROLES = {"student": "Student", "agent": "Helpdesk staff"}
TEAMS = {"electricians": "Electricians"}


def found(screen: Screen) -> list[str]:
    return [item["title"] for item in screen.data("rows", "people")["items"]] if screen.has("rows") else []


def fill(screen: Screen, key: str, value: str) -> None:
    screen.app.text_input(key=key).set_value(value)


def words(screen: Screen) -> str:
    return html.unescape(screen.words()).replace("\u2060", "")


@pytest.mark.parametrize(
    ("role", "stems"), [("manager", 4), ("admin", 4), ("agent", 0), ("student", 0), ("analyst", 0)]
)
def test_the_menu_offers_the_pages_to_those_who_may_use_them(api: Api, see: Opener, role: str, stems: int) -> None:
    screen = see(api.enter(role))
    menu = navigation.menu_for(screen.app.session_state["me"])
    assert len([one for one in menu if one in navigation.PEOPLE]) == stems


def test_people_are_found_by_name_address_role_team_and_whether_they_are_active(
    api: Api, manager: Visitor, see: Opener
) -> None:
    team = rows.team(api, "Finders")
    rows.person(api, "Zoe Zander", "agent", email="zz@campus.edu", team_id=team)
    rows.person(api, "Zora Zander", deactivated_at="2026-01-01")
    assert found(see(manager, "people", q="zander")) == ["Zoe Zander"]
    assert found(see(manager, "people", q="zz@")) == ["Zoe Zander"]
    assert found(see(manager, "people", team="finders", role="agent")) == ["Zoe Zander"]
    assert found(see(manager, "people", q="zander", active="false")) == ["Zora Zander"]
    assert "Nobody fits." in see(manager, "people", q="zander", role="analyst").words()

    screen = see(manager, "people")
    screen.app.text_input(key="people_q").set_value("zander")
    screen.app.selectbox(key="people_active").set_value("all").run()
    assert found(screen) == ["Zoe Zander", "Zora Zander"]
    assert screen.app.query_params["active"] == "all"


def test_a_row_says_what_is_known_and_nothing_of_what_is_not(api: Api, manager: Visitor, see: Opener) -> None:
    rows.person(api, "Kit Known", email="kit@campus.edu", team_id=rows.team(api, "Known"))
    rows.person(api, "Kit Unknown")
    items = see(manager, "people", q="kit").data("rows", "people")["items"]
    assert [item["meta"] for item in items] == [["kit@campus.edu", "Known"], []]


def test_no_link_is_offered_where_nobody_has_a_password(api: Api, manager: Visitor, see: Opener) -> None:
    person = rows.person(api, "Chosen by role")
    assert not {"Invite", "Reset password"} & set(see(manager, "people", person=str(person)).labels())
    assert not see(manager, "people").press("Add a person").app.checkbox


def test_a_long_list_has_pages(api: Api, manager: Visitor, see: Opener) -> None:
    team = rows.team(api, "Crowd")
    for number in range(51):
        rows.person(api, f"Crowd {number:02}", team_id=team)
    screen = see(manager, "people", team="crowd")
    assert len(found(screen)) == 50
    assert found(screen.press("Next")) == ["Crowd 50"]


def test_a_person_is_added_with_all_that_is_said_of_them(api: Api, manager: Visitor, see: Opener) -> None:
    rows.team(api, "Painters")
    screen = see(manager, "people").press("Add a person")
    assert "Please write something here." in words(screen.press("Add"))
    assert "Please choose at least one." in words(screen)
    fill(screen, "new_person_name", "Nia *New*")
    fill(screen, "new_person_email", "nonsense")
    screen.app.multiselect(key="new_person_roles").set_value(["agent"])
    screen.app.selectbox(key="new_person_team").set_value("painters")
    screen.app.multiselect(key="new_person_expertise").set_value(["technical-it"])
    screen.app.number_input(key="new_person_capacity").set_value(7)
    assert "such as ada@campus.edu" in words(screen.press("Add"))
    fill(screen, "new_person_email", "Nia@campus.edu")
    screen.press("Add")
    (person,) = done(manager.get("/people", params={"q": "nia@campus"}))["items"]
    assert (person["name"], person["roles"], person["team"]["slug"]) == ("Nia *New*", ["agent"], "painters")
    assert (person["expertise"], person["capacity"]) == (["technical-it"], 7)

    screen = see(manager, "people").press("Add a person")
    fill(screen, "new_person_name", "Another")
    fill(screen, "new_person_email", "nia@campus.edu")
    screen.app.multiselect(key="new_person_roles").set_value(["student"])
    assert "Somebody else has this mail address" in screen.press("Add").words()


def test_only_roles_that_one_may_give_are_offered(manager: Visitor, see: Opener) -> None:
    screen = see(manager, "people").press("Add a person")
    offered = screen.app.multiselect(key="new_person_roles").options
    assert "Manager" in offered
    assert "Administrator" not in offered


def test_a_person_is_changed_and_another_change_meanwhile_is_told_and_kept(
    api: Api, manager: Visitor, see: Opener
) -> None:
    rows.team(api, "Movers")
    person = rows.person(api, "Sam Stale")
    screen = see(manager, "people", person=str(person)).press("Change")
    done(manager.patch(f"/people/{person}", json={"version": 1, "team": "movers"}))
    fill(screen, f"change_person_{person}_name", "Sam Saved")
    screen.press("Save")
    assert "Somebody else changed this meanwhile: Team is now Movers." in words(screen)
    assert screen.app.text_input(key=f"change_person_{person}_name").value == "Sam Saved"
    screen.press("Save")
    after = done(manager.get(f"/people/{person}"))
    assert (after["name"], after["team"]["slug"]) == ("Sam Saved", "movers"), "both changes are kept"
    assert "Sam Saved" in screen.words()


def test_an_absence_that_ends_before_it_begins_is_refused_at_its_field(api: Api, manager: Visitor, see: Opener) -> None:
    person = rows.person(api, "Abe Away")
    screen = see(manager, "people", person=str(person)).press("Change")
    screen.app.date_input(key=f"change_person_{person}_away_from").set_value(date(2026, 12, 10))
    screen.app.date_input(key=f"change_person_{person}_away_until").set_value(date(2026, 12, 1))
    assert "The last day is before the first one." in words(screen.press("Save"))
    screen.app.date_input(key=f"change_person_{person}_away_until").set_value(date(2026, 12, 11))
    assert "from 10 December 2026 until 11 December 2026" in screen.press("Save").words()


def test_deactivating_asks_once_says_which_tickets_stay_and_is_taken_back(
    api: Api, manager: Visitor, see: Opener
) -> None:
    agent = api.enter("agent", "Dee Gone")
    ticket = api.enter("student").report("The tap drips.")["id"]
    manager.edit(ticket, assignee=agent.person_id)
    screen = see(manager, "people", person=str(agent.person_id)).press("Deactivate")
    assert "1 ticket that is not closed stays assigned to them" in screen.words()
    assert agent.get("/me").status_code == 200, "it only asked"
    screen.app.button(key=f"Deactivate_{agent.person_id}_yes").click().run()
    assert agent.get("/me").status_code == 401
    assert "Deactivated: they cannot sign in" in screen.checked().words()
    screen.press("Reactivate").app.button(key=f"Reactivate_{agent.person_id}_yes").click().run()
    assert not done(manager.get(f"/people/{agent.person_id}"))["deactivated_at"]


def test_who_may_do_more_can_be_looked_at_only(api: Api, manager: Visitor, see: Opener) -> None:
    admin = rows.person(api, "Ann Admin", "admin")
    screen = see(manager, "people", person=str(admin))
    assert "They may do more than you" in screen.words()
    assert not {"Change", "Deactivate"} & set(screen.labels())
    assert "Deactivate" not in see(manager, "people", person=str(manager.person_id)).labels(), "nobody themselves"
    assert "There is nothing here" in see(manager, "people", person="999999").words()


def test_several_are_looked_at_first_and_added_with_one_press(api: Api, manager: Visitor, see: Opener) -> None:
    rows.person(api, "Kim Known", email="kim@campus.edu")
    screen = see(manager, "people", view="several")
    paste(
        screen, "name;email;role\nLou New;lou@campus.edu;helpdesk staff\nKim;kim@campus.edu\nTom;tom@x.edu;wizard\n;a"
    )
    outcomes = {row[0]: row[1] for row in screen.data("table", "people_preview_rows")["rows"]}
    assert outcomes["Lou New"] == "New"
    assert outcomes["Kim"].startswith("Known")
    assert outcomes["Tom"] == "Refused: there is no role wizard"
    assert outcomes[""] == "Refused: no valid name"
    assert not [label for label in screen.labels() if label.startswith("Add 1")]

    paste(screen, "name;email;role\nLou New;lou@campus.edu;helpdesk staff\nKim;kim@campus.edu")
    assert not done(manager.get("/people", params={"q": "lou@"}))["items"], "it only looked"
    screen.press("Add 1 person")
    (lou,) = done(manager.get("/people", params={"q": "lou@"}))["items"]
    assert lou["roles"] == ["agent"]
    assert screen.app.text_area(key="people_pasted").value == ""


def paste(screen: Screen, text: str) -> None:
    screen.app.text_area(key="people_pasted").set_value(text)
    screen.press("Look at it first")


def test_a_list_that_cannot_be_read_says_why(manager: Visitor, see: Opener) -> None:
    screen = see(manager, "people", view="several")
    paste(screen, "name;email")
    assert "There is nobody in it." in screen.words()


@pytest.mark.parametrize(
    "text",
    [
        "Ada Okafor, ada@x.edu, agent|student, Electricians",
        'name,email,roles,team\nAda Okafor,ada@x.edu,"Helpdesk staff,student",electricians',
        "Ada Okafor\tada@x.edu\tagent/student\telectricians",
        "\n\ufeffTeam;Role;E-Mail;Name\nELECTRICIANS;agent|student;ada@x.edu;Ada Okafor\n;;;\n",
    ],
)
def test_a_pasted_list_is_read_however_it_is_separated(text: str) -> None:
    (row,) = read_people(text, ROLES, TEAMS)
    assert row.model_dump() == {
        "name": "Ada Okafor",
        "email": "ada@x.edu",
        "roles": ["agent", "student"],
        "team": "electricians",
    }


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (" \n ", "nobody in it"),
        ("A\n" * (MOST_IMPORTED + 1), "At most 5,000 people at once, please; these are 5,001."),
        ("A,b@c.d,agent,electricians,more", "Person 1 has 5 cells"),
    ],
)
def test_a_pasted_list_beyond_the_bounds_is_refused(text: str, told: str) -> None:
    with pytest.raises(NotReadable, match=told):
        read_people(text, ROLES, TEAMS)


def test_only_a_name_is_needed() -> None:
    (row,) = read_people("Ada Okafor", ROLES, TEAMS)
    assert (row.name, row.email, row.roles, row.team) == ("Ada Okafor", None, ["student"], None)


def test_people_who_may_be_the_same_are_shown_when_asked(api: Api, manager: Visitor, see: Opener) -> None:
    screen = see(manager, "people", view="same").press("Look for them")
    assert "There are none." in screen.words()
    for name in ("Jo\u200bsé", "JOSÉ"):
        rows.person(api, name)
    shown = screen.press("Look for them").data("table", "twins")["rows"]
    assert [row[:2] + row[4:] for row in shown] == [["Jo\u200bsé", "Student", "0"], ["JOSÉ", "Student", "0"]]


def test_people_who_may_be_the_same_are_looked_for_once_for_each_press(
    api: Api, manager: Visitor, see: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It reads the names of everybody."""
    for name in ("Ma\u200bja", "MAJA"):
        rows.person(api, name)
    asked: list[str] = []
    look = client.Api.twins

    def counted(desk: client.Api) -> Page[Twins]:
        asked.append("everybody")
        return look(desk)

    monkeypatch.setattr(client.Api, "twins", counted)
    screen = see(manager, "people", view="same")
    assert not asked
    screen.press("Look for them").again().again()
    assert ["MAJA", "Student"] in [row[:2] for row in screen.data("table", "twins")["rows"]]
    assert asked == ["everybody"]
