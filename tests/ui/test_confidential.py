"""Confidential reports on the pages: the box of the form, who may read the ticket, and where administrators find it."""

import html

import pytest

from tests.support.api import Api, Visitor, running_api
from tests.support.passwords import add_person
from tests.support.screens import Screen
from tests.ui import conftest
from tests.ui.conftest import Opener

WITHOUT_PASSWORDS = "everybody may sign in as an administrator"
NOBODY = "nobody at the helpdesk would see your report"


def tick(screen: Screen, page: str = "report") -> Screen:
    screen.app.checkbox(key=f"{page}_confidential_0").check().run()
    return screen.checked()


def test_a_ticked_box_makes_the_report_confidential(student: Visitor, agent: Visitor, see: Opener) -> None:
    screen = tick(see(student, "report"))
    assert WITHOUT_PASSWORDS in screen.words()
    screen.type_in("composer", draft={"text": "Somebody follows me.", "key": "c1"}).press("Report")

    ticket = student.read(student.list_ids(requester="me", sort="-opened_at")[0])
    assert ticket["is_confidential"]
    assert agent.get(f"/tickets/{ticket['id']}").status_code == 404
    assert "It is confidential" in screen.words()
    assert not screen.app.checkbox(key="report_confidential_1").value, "the next report is another matter"


def test_without_the_box_it_is_not(student: Visitor, see: Opener) -> None:
    see(student, "report").type_in("composer", draft={"text": "A lamp is out.", "key": "c2"}).press("Report")

    assert not student.read(student.list_ids(requester="me", sort="-opened_at")[0])["is_confidential"]


def test_staff_report_one_for_somebody_and_can_open_it(api: Api, agent: Visitor, see: Opener) -> None:
    caller = api.enter("student", "Quiet Quentin")
    screen = see(agent, "report_for")
    screen.app.text_input(key="who").set_value("Quentin").run()
    screen.app.selectbox[0].select_index(0).run()
    tick(screen, "report_for").type_in("composer", draft={"text": "A threat.", "key": "c3"}).press("Report")

    ticket = caller.read(caller.list_ids(requester="me")[0])
    assert ticket["is_confidential"]
    assert "You may read it because you follow it" in screen.words()
    assert "A threat." in see(agent, "ticket", id=str(ticket["id"])).words()


def test_where_people_sign_in_the_form_names_the_administrators(
    database_url: str, see: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_api(database_url) as api:
        student = api.enter("student")
        api.sql("UPDATE session_token SET signed_in_by = 'password'")
    with running_api(database_url, LODGE_SIGN_IN="password") as api:
        monkeypatch.setenv("LODGE_DATA_API_URL", api.url)
        conftest.forget()
        assert NOBODY in tick(see(student, "report")).words()
        for name in ("Ines Lima", "Tom Berg", "Maja Weber"):
            add_person(api, name, "admin")
        conftest.forget()
        words = tick(see(student, "report")).words()
        assert "Administrators who read it: Ines Lima, Tom Berg and Maja Weber." in html.unescape(words)
        assert NOBODY not in words
        assert WITHOUT_PASSWORDS not in words


def test_its_page_tells_who_may_read_it(student: Visitor, admin: Visitor, see: Opener) -> None:
    ticket = student.report("Somebody follows me.", is_confidential=True)
    screen = see(student, "ticket", id=str(ticket["id"]))

    assert {"text": "Confidential", "tone": "amber"} in screen.data("ticket_card")["chips"]
    named = [one.value for one in screen.app.markdown]
    assert any("Mia Rossi" in one and "requester" in one for one in named)
    assert any("Ines Lima" in one and "administrator" in one for one in named)
    assert "Remove" not in screen.labels()
    assert not [box for box in screen.app.selectbox if box.label == "Let somebody else read it"]


def test_an_administrator_adds_and_removes_a_reader(
    student: Visitor, agent: Visitor, admin: Visitor, see: Opener
) -> None:
    ticket = student.report("Somebody follows me.", is_confidential=True)
    screen = see(admin, "ticket", id=str(ticket["id"]))
    box = next(box for box in screen.app.selectbox if box.label == "Let somebody else read it")
    box.set_value(agent.person_id).run()
    assert agent.read(ticket["id"])["is_followed"]
    assert "follows it" in screen.checked().words()

    screen.press("Remove")
    assert agent.get(f"/tickets/{ticket['id']}").status_code == 404
    assert "follows it" not in screen.again().words()


def test_a_shared_ticket_has_no_such_box(student: Visitor, agent: Visitor, see: Opener) -> None:
    ticket = student.report("The lift is stuck.")
    assert "Who may read this ticket" not in see(agent, "ticket", id=str(ticket["id"])).words()


def test_administrators_find_those_that_nobody_works_on(
    student: Visitor, agent: Visitor, admin: Visitor, see: Opener
) -> None:
    ticket = student.report("A matter for few.", is_confidential=True)
    screen = see(admin, "overview")
    [link] = [one.proto for one in screen.app.get("page_link") if "not assigned to anybody" in one.proto.label]
    queue = screen.follow(f"queue?{link.query_string}")
    assert ticket["id"] in [row["id"] for row in queue.data("ticket_table")["rows"]]
    filters = {chip["name"]: chip["text"] for chip in queue.data("filter_chips")["chips"]}
    assert filters["confidential"] == "Confidential tickets only"
    labels = [one.proto.label for one in see(agent, "overview").app.get("page_link")]
    assert not [label for label in labels if "not assigned to anybody" in label]
    events = see(admin, "overview").data("rows", "events")["items"]
    chips = [row["chips"] for row in events if row["id"] == ticket["id"]]
    assert chips == [[{"text": "Confidential", "tone": "amber"}]]
