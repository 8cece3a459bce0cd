"""Students report and follow; staff report for others."""

import pytest

from service_kit.disk import Disk
from streamlit_app.components.composer import LONGEST
from streamlit_app.state import lists
from tests.support import rows
from tests.support.api import Api, Visitor
from tests.support.screens import Screen
from tests.ui.conftest import Opener

FIELD = "report_description"


def test_a_description_is_enough(student: Visitor, see: Opener) -> None:
    screen = see(student, "report").type_in(
        "composer", draft={"text": "The lamp flickers.\nSince Monday.", "key": "a1"}
    )

    screen.press("Report")

    ticket_id = student.list_ids(requester="me", sort="-opened_at")[0]
    assert f"#{ticket_id}" in screen.words()
    ticket = student.read(ticket_id)
    assert ticket["title"] == "The lamp flickers."
    assert (ticket["priority"], ticket["building"], ticket["room"]) == ("normal", None, None)
    assert screen.data("composer")["done"] == "a1"


def test_the_place_and_the_urgency_are_sent(api: Api, student: Visitor, see: Opener) -> None:
    api.sql("INSERT INTO building (slug, name) VALUES ('annex', 'Annex') ON CONFLICT DO NOTHING")
    screen = see(student, "report")
    screen.app.selectbox(key="report_building_0").set_value("annex")
    screen.app.text_input(key="report_room_0").set_value("B-03")
    screen.app.selectbox(key="report_priority_0").set_value("urgent")
    screen.type_in("composer", draft={"text": "No network.", "key": "a2"}).press("Report")

    ticket = student.read(student.list_ids(requester="me", sort="-opened_at")[0])
    assert (ticket["building"], ticket["room"], ticket["priority"]) == ("annex", "B-03", "urgent")


def test_the_next_report_begins_empty(api: Api, student: Visitor, see: Opener) -> None:
    screen = see(student, "report")
    screen.app.text_input(key="report_room_0").set_value("B-04")
    screen.app.selectbox(key="report_priority_0").set_value("urgent")
    screen.type_in("composer", draft={"text": "No network here.", "key": "a7"}).press("Report")

    # Fields of their own: the browser keeps what it shows in the former ones.
    assert screen.app.text_input(key="report_room_1").value == ""
    assert screen.app.selectbox(key="report_priority_1").value == "normal"


def test_pressing_twice_reports_once(student: Visitor, see: Opener) -> None:
    before = len(student.walk("/tickets", requester="me"))
    screen = see(student, "report")
    screen.app.text_input(key="report_room_0").set_value("3.01")
    screen.type_in("composer", draft={"text": "The door squeaks.", "key": "a3"})

    screen.press("Report").press("Report")

    assert len(student.walk("/tickets", requester="me")) == before + 1


def test_control_enter_sends_too(student: Visitor, see: Opener) -> None:
    screen = see(student, "report").fire("composer", "send", {"text": "The tap drips.", "key": "a4"})

    assert student.read(student.list_ids(requester="me", sort="-opened_at")[0])["title"] == "The tap drips."
    assert "Thank you" in screen.words()


def test_nothing_written_is_told_and_nothing_sent(student: Visitor, see: Opener) -> None:
    before = student.list_ids(requester="me")
    screen = see(student, "report").type_in("composer", draft={"text": "  \n ", "key": "a5"}).press("Report")

    assert screen.data("composer")["problem"]["text"] == "Please write something first."
    assert student.list_ids(requester="me") == before


def test_a_refusal_is_told_under_the_field_and_the_text_is_kept(student: Visitor, see: Opener) -> None:
    text = "x" * (LONGEST + 1)
    screen = see(student, "report").type_in("composer", draft={"text": text, "key": "a6"}).press("Report")

    composer = screen.data("composer")
    assert composer["problem"]["key"] == "a6"
    assert composer["problem"]["text"]
    assert composer["done"] != "a6"


def test_the_danger_note_and_the_opening_hours_are_the_desks(student: Visitor, see: Opener) -> None:
    desk = student.get("/desk").json()
    words = see(student, "report").words()

    assert [warning.value for warning in see(student, "report").app.warning]
    assert desk["opening_hours"].split(",")[0].split(" ")[0] in words


def test_staff_report_for_someone_new(agent: Visitor, see: Opener) -> None:
    screen = see(agent, "report_for")
    screen.app.text_input(key="who").set_value("Zoe Quist").run()
    assert "Nobody of that name was found." in screen.words()
    screen.press("Add this name as a new person")
    screen.type_in("composer", draft={"text": "Cannot log in.", "key": "b1"}).press("Report")

    ticket = agent.read(agent.list_ids(sort="-opened_at")[0])
    assert (ticket["title"], ticket["requester"]["name"]) == ("Cannot log in.", "Zoe Quist")
    assert f"#{ticket['id']}" in screen.words()
    assert "For Zoe Quist." in screen.words()
    assert screen.app.text_input(key="who").value == "", "the next caller is somebody else"


def test_a_title_and_a_category_of_ones_own_are_sent(student: Visitor, see: Opener) -> None:
    screen = see(student, "report")
    screen.app.text_input(key="report_title_0").set_value("Dark stairs")
    screen.app.selectbox(key="report_kind_0_list").set_value("technical-it").run()
    screen.checked().type_in("composer", draft={"text": "No light on the stairs.", "key": "a9"}).press("Report")

    ticket = student.read(student.list_ids(requester="me", sort="-opened_at")[0])
    assert (ticket["title"], ticket["category"]) == ("Dark stairs", "technical-it")
    assert not [box for box in screen.app.selectbox if box.label == "Assigned to"], "only staff assign tickets"


def test_staff_assign_what_they_report(api: Api, agent: Visitor, see: Opener) -> None:
    caller, colleague = api.enter("student", "Ann Assigned"), api.enter("agent", "Ben Ito")
    rows.team(api, "Porters")
    lists.staff.forget()
    lists.teams.forget()
    screen = choose(look_for(see(agent, "report_for"), "Ann"), caller)
    screen.app.text_input(key="report_for_title_0").set_value("Stuck gate")
    screen.app.selectbox(key="report_for_assignee_0").set_value(colleague.person_id)
    screen.app.selectbox(key="report_for_team_0").set_value("porters")
    screen.app.selectbox(key="report_for_kind_0_list").set_value("facility-management").run()
    screen.fire("tag_editor", "tags", {"tags": ["gate", "stuck"], "version": 0})
    assert screen.data("tag_editor")["tags"] == ["gate", "stuck"]
    screen.type_in("tag_editor", typed=" North, gate")
    other = agent.report("The other gate.")["id"]
    about = "report_for_about_ticket_0"
    for typed, said in (("the gate", "is no number of a ticket"), ("#99999999", "There is no ticket 99999999")):
        screen.app.text_input(key=about).set_value(typed)
        screen.type_in("composer", draft={"text": "The gate does not move.", "key": typed}).press("Report")
        assert said in screen.data("composer")["problem"]["text"]
    screen.app.text_input(key=about).set_value(f" #{other} ")
    screen.type_in("composer", draft={"text": "The gate does not move.", "key": "b5"}).press("Report")

    ticket = agent.read(agent.list_ids(sort="-opened_at")[0])
    assert ticket["tags"] == ["gate", "north", "stuck"]
    (link,) = agent.walk(f"/tickets/{other}/links")
    assert (link["kind"], link["ticket"]["id"]) == ("relates-to", ticket["id"])
    told = (ticket["title"], ticket["category"], ticket["requester"]["name"], ticket["assignee"]["name"])
    assert told == ("Stuck gate", "facility-management", "Ann Assigned", "Ben Ito")
    assert ticket["team"] == "porters"
    assert "It is assigned to Ben Ito." in screen.words()
    assert "It is in the queue of Porters." in screen.words()


def test_nobody_is_chosen_beforehand(api: Api, agent: Visitor, see: Opener) -> None:
    """Also if only one person has that name."""
    caller = api.enter("student", "Only Olive")
    screen = look_for(see(agent, "report_for"), "Olive")
    assert screen.app.selectbox[0].value is None
    assert not screen.has("composer")

    choose(screen, caller)
    screen.type_in("composer", draft={"text": "My key is lost.", "key": "b4"}).press("Report")
    assert agent.read(agent.list_ids(sort="-opened_at")[0])["requester"]["name"] == "Only Olive"


def test_a_long_list_of_people_says_that_there_are_more(api: Api, agent: Visitor, see: Opener) -> None:
    for number in range(21):
        api.enter("student", f"Crowd {number}")
    assert "Write more of the name" in look_for(see(agent, "report_for"), "Crowd").words()


def look_for(screen: Screen, name: str) -> Screen:
    screen.app.text_input(key="who").set_value(name).run()
    return screen.checked()


def choose(screen: Screen, person: Visitor) -> Screen:
    screen.app.selectbox[0].set_value(f"{person.name} (no. {person.person_id})").run()
    return screen.checked()


def test_who_comes_back_later_is_not_thanked_again(student: Visitor, see: Opener) -> None:
    screen = see(student, "report").type_in("composer", draft={"text": "The tap drips again.", "key": "a8"})
    assert "Thank you." in screen.press("Report").words()
    assert "Thank you." in screen.again().words(), "a redraw of the page keeps it"
    screen.open("my_tickets").open("report")

    assert "Thank you." not in screen.words()
    assert screen.app.title[0].value == "Report a problem"


def test_who_comes_back_later_does_not_read_the_former_caller(agent: Visitor, student: Visitor, see: Opener) -> None:
    screen = choose(look_for(see(agent, "report_for"), student.name), student)
    screen.type_in("composer", draft={"text": "The printer is out of paper.", "key": "b3"})
    assert f"For {student.name}." in screen.press("Report").words()

    assert student.name not in screen.open("queue").open("report_for").words()


def test_what_was_reported_for_someone_went_somewhere(agent: Visitor, student: Visitor, see: Opener) -> None:
    screen = choose(look_for(see(agent, "report_for"), student.name), student)
    screen.type_in("composer", draft={"text": "The WiFi drops in every room.", "key": "b2"}).press("Report")

    assert "It goes to Technical IT." in screen.words()


def test_my_tickets_are_mine(student: Visitor, other_student: Visitor, see: Opener) -> None:
    mine, theirs = student.report("Mine alone."), other_student.report("Somebody else's.")

    listed = [item["id"] for item in see(student, "my_tickets").data("rows")["items"]]

    assert mine["id"] in listed
    assert theirs["id"] not in listed


def test_open_tickets_are_searched_by_words(student: Visitor, see: Opener) -> None:
    wanted = student.report("A xylophone is out of tune.")
    screen = see(student, "open_tickets")
    screen.app.text_input(key="q").set_value("xylophone").run()

    assert [item["id"] for item in screen.data("rows")["items"]] == [wanted["id"]]
    screen.app.text_input(key="q").set_value("theremin").run()
    assert "No open ticket that you may see has these words." in screen.words()


def test_a_full_disk_is_told_and_the_text_stays(student: Visitor, see: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = see(student, "report").type_in("composer", draft={"text": "The lamp is out.", "key": "full"})
    before = student.list_ids(requester="me")
    with monkeypatch.context() as patch:
        patch.setattr(Disk, "has_room", False)
        screen.press("Report")
        assert screen.data("composer")["problem"]["text"].startswith(
            "The helpdesk's disk is full: nothing can be saved"
        )
        assert screen.data("composer")["done"] is None
        assert not see(student, "my_tickets").app.error, "reading goes on"
        assert student.list_ids(requester="me") == before

    assert "Thank you." in screen.press("Report").words()
