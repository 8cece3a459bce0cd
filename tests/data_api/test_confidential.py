"""A report that is confidential from its first moment: whoever is not named on it notices nothing of it anywhere."""

from typing import Any

import pytest

from tests.support import rows
from tests.support.api import Api, Visitor, done, running_api
from tests.support.live import listen_from
from tests.support.passwords import add_password
from tests.support.suggestions import similar_to

TEXT = "Somebody in the sports centre follows me to the changing room."


@pytest.fixture
def colleague(api: Api) -> Visitor:
    return api.enter("agent", "Tom Berg")


@pytest.fixture
def manager(api: Api) -> Visitor:
    return api.enter("manager", "Maja Weber")


def all_that_is_told(visitor: Visitor) -> dict[str, Any]:
    """Everything in which another person's report could show, without naming it."""
    told: dict[str, Any] = {
        "list": done(visitor.get("/tickets", params={"limit": 200, "sort": "modified_at"})),
        "one": done(visitor.get("/tickets", params={"limit": 1}))["total"],
        "search": done(visitor.get("/tickets", params={"q": "changing room"})),
        "unassigned": done(visitor.get("/tickets", params={"assignee": "none", "limit": 1}))["total"],
        "confidential": done(visitor.get("/tickets", params={"confidential": "true"})),
        "unread": done(visitor.get("/me/unread")),
        "categories": done(visitor.get("/categories")),
        "confirmed": done(visitor.get("/tickets/me-too")),
    }
    for path in ("/overview", "/people/twins"):
        answer = visitor.get(path)
        told[path] = answer.json() if answer.is_success else answer.status_code
    return told


def test_nobody_else_notices_it(
    api: Api, student: Visitor, other_student: Visitor, agent: Visitor, manager: Visitor, admin: Visitor
) -> None:
    for number in range(2):  # people whose names cannot be told apart, with the number of their tickets
        rows.person(api, "Same Name", entry_key=f"same {number}")
    twin = api.sql("SELECT max(id) FROM person WHERE name = 'Same Name'")[0][0]
    others = (other_student, agent, manager)
    before = [all_that_is_told(visitor) for visitor in others]
    seen_before = done(admin.get("/overview"))
    (number, of_twin) = (
        student.report(TEXT, is_confidential=True, category="services-complaints")["id"],
        admin.report(TEXT, is_confidential=True, requester=twin)["id"],
    )
    student.say(number, "It happened again.")
    student.edit(number, room="2.14")
    assert [all_that_is_told(visitor) for visitor in others] == before
    assert [visitor.get(f"/tickets/{id_}").status_code for visitor in others for id_ in (number, of_twin)] == [404] * 6
    assert student.read(number)["is_confidential"]
    seen = done(admin.get("/overview"))
    assert (seen["open"], seen["latest_messages"][0]["body"]) == (seen_before["open"] + 2, "It happened again.")
    twins = {one["id"]: one["tickets"] for group in admin.walk("/people/twins") for one in group["people"]}
    assert twins[twin] == 1


def test_it_is_told_live_to_those_who_read_it_only(
    student: Visitor, other_student: Visitor, agent: Visitor, admin: Visitor
) -> None:
    mark = student.report("The end")["id"]
    readers, others = (student, admin), (other_student, agent)
    streams = listen_from(mark, admin, *readers, *others)
    number = student.report(TEXT, is_confidential=True)["id"]
    student.say(number)
    admin.say(mark)
    told = [{id_ for _, id_ in stream.before_message_under(mark)} for stream in streams]
    assert told == [{number}, {number}, set(), set()]


def test_its_text_is_nowhere_that_the_categoriser_reads(
    api: Api, student: Visitor, other_student: Visitor, admin: Visitor
) -> None:
    """Not as an example, even though staff chose its category, and not among similar reports."""
    text = "The tortoise in the fountain of the old courtyard is wearing a hat."
    by_staff = admin.report(text, is_confidential=True, requester=student.person_id, category="technical-it")["id"]
    by_student = student.report(text, is_confidential=True, category="technical-it")["id"]
    admin.move(by_student, "active")
    admin.edit(by_student, category="technical-it", title="The tortoise again")
    learned = api.sql("SELECT count(*) FROM training_example WHERE ticket_id = ANY(%s)", [by_staff, by_student])
    placed = api.sql("SELECT count(*) FROM ticket_vector WHERE ticket_id = ANY(%s)", [by_staff, by_student])
    assert (learned, placed) == ([(0,)], [(0,)])
    assert [one for one in similar_to(other_student, text) if one["similarity"] > 0.9] == []


def test_staff_who_report_one_for_somebody_follow_it(api: Api, student: Visitor, agent: Visitor) -> None:
    colleague = api.enter("agent", "Not Named")
    ticket = agent.report(TEXT, is_confidential=True, requester=student.person_id)
    assert (ticket["is_followed"], ticket["requester"]["id"]) == (True, student.person_id)
    assert student.read(ticket["id"])["is_confidential"]
    assert colleague.get(f"/tickets/{ticket['id']}").status_code == 404


def test_what_was_sent_again_is_the_same_report(student: Visitor) -> None:
    wish = {"description": TEXT, "is_confidential": True}
    first, again = (student.post("/tickets", json=wish, headers={"Idempotency-Key": "confided"}) for _ in range(2))
    assert done(first, 201)["id"] == done(again, 201)["id"]


# -- who reads it ---------------------------------------------------------------------------------------------------


def test_staff_are_named_on_it_and_removed_again(
    student: Visitor, colleague: Visitor, admin: Visitor, agent: Visitor
) -> None:
    """Whoever is removed reads nothing more, and the stream that they have open tells them nothing more."""
    mark = student.report("The end")["id"]
    number = student.report(TEXT, is_confidential=True)["id"]
    at = f"/tickets/{number}/followers/{colleague.person_id}"
    assert colleague.put(at).status_code == 404
    assert student.put(at).status_code == 403
    (stream,) = listen_from(mark, admin, colleague)
    assert [admin.put(at).status_code for _ in range(2)] == [204, 204]
    admin.say(mark)
    assert stream.before_message_under(mark) == [("ticket", number)]
    assert colleague.read(number)["is_followed"]
    assert agent.get(f"/tickets/{number}").status_code == 404
    assert [admin.delete(at).status_code for _ in range(2)] == [204, 204]
    assert colleague.get(f"/tickets/{number}").status_code == 404
    student.say(number, "A word that the colleague must not see")
    admin.say(mark)
    # The first event tells the page to look again, and it then finds nothing.
    assert stream.before_message_under(mark) == [("ticket", number)]
    lines = [
        (line["from"], line["to"]) for line in admin.walk(f"/tickets/{number}/history") if line["kind"] == "follower"
    ]
    assert lines == [(None, "Tom Berg"), ("Tom Berg", None)]


def test_whoever_it_is_assigned_to_no_more_is_out_at_once(student: Visitor, colleague: Visitor, admin: Visitor) -> None:
    number = student.report(TEXT, is_confidential=True)["id"]
    admin.edit(number, assignee=colleague.person_id)
    assert colleague.read(number)["is_confidential"]
    admin.edit(number, assignee=None)
    assert colleague.get(f"/tickets/{number}/messages").status_code == 404


def test_the_requester_sees_who_reads_it(api: Api, student: Visitor, colleague: Visitor, admin: Visitor) -> None:
    number = student.report(TEXT, is_confidential=True)["id"]
    admin.edit(number, assignee=colleague.person_id)
    found = student.walk(f"/tickets/{number}/readers", limit=1)
    reasons = {one["name"]: one["because"] for one in found}
    assert reasons["Mia Rossi"] == ["requester"]
    assert reasons["Tom Berg"] == ["assignee"]
    assert reasons["Ines Lima"] == ["administrator"]
    assert [one["id"] for one in found] == sorted(one["id"] for one in found)
    by_permission = {id_ for (id_,) in api.sql("SELECT id FROM person WHERE 'admin' = ANY(roles)")}
    assert {one["id"] for one in found} == by_permission | {student.person_id, colleague.person_id}
    assert {one["id"] for one in student.walk("/confidential-readers", limit=1)} == by_permission


def test_who_follows_a_shared_ticket_is_for_staff_and_its_requester(
    student: Visitor, other_student: Visitor, agent: Visitor
) -> None:
    number = student.report()["id"]
    agent.put(f"/tickets/{number}/follow")
    assert other_student.get(f"/tickets/{number}/readers").status_code == 403
    for visitor in (student, agent):
        named = {one["id"] for one in visitor.walk(f"/tickets/{number}/readers")}
        assert named == {student.person_id, agent.person_id}, "administrators are not named on it"


def test_nobody_unknown_is_named_on_it(student: Visitor, admin: Visitor) -> None:
    number = student.report(TEXT, is_confidential=True)["id"]
    answer = admin.put(f"/tickets/{number}/followers/987654321")
    assert (answer.status_code, answer.json()["fields"][0]["name"]) == (422, "path.person_id")


def test_administrators_find_those_that_nobody_works_on(student: Visitor, agent: Visitor, admin: Visitor) -> None:
    number, taken = (student.report(TEXT, is_confidential=True)["id"] for _ in range(2))
    admin.edit(taken, assignee=agent.person_id)
    asked = {"confidential": "true", "assignee": "none", "status": ["open", "active"], "limit": 200}
    found = admin.list_ids(**asked)
    assert number in found
    assert taken not in found
    assert taken in agent.list_ids(confidential="true", limit=200)
    assert number not in agent.list_ids(**asked)
    unread = done(admin.get("/me/unread"))["tickets"]
    student.say(number)
    assert done(admin.get("/me/unread"))["tickets"] == unread + 1


# -- made confidential, or no longer ----------------------------------------------------------------------------------


def test_staff_who_read_it_make_it_confidential_or_no_longer_and_nobody_else(
    student: Visitor, other_student: Visitor, agent: Visitor, colleague: Visitor, admin: Visitor
) -> None:
    """Otherwise somebody could hide others' tickets from everybody. The history says who did it."""
    number = student.report()["id"]
    for visitor in (student, other_student):
        answer = visitor.patch(f"/tickets/{number}", json={"version": 1, "is_confidential": True})
        assert answer.status_code == 403
    agent.edit(number, is_confidential=True)
    assert [visitor.get(f"/tickets/{number}").status_code for visitor in (other_student, colleague)] == [404, 404]
    admin.edit(number, is_confidential=False)
    assert colleague.read(number)["is_confidential"] is False
    history = colleague.walk(f"/tickets/{number}/history")
    lines = [(line["actor"]["name"], line["to"]) for line in history if line["kind"] == "confidential"]
    assert lines == [("Ada Okafor", "true"), ("Ines Lima", "false")]


def test_who_cannot_sign_in_is_not_among_the_readers(database_url: str) -> None:
    """Nobody can be those whom a role shares where people need a password, and nobody who was deactivated."""
    with running_api(database_url) as api:
        shared, named = api.enter("admin"), api.enter("admin", "Ines Lima")
        student = api.enter("student")
        gone = api.enter("admin", "Gone Since")
        api.sql("UPDATE person SET deactivated_at = now() WHERE id = %s", gone.person_id)
        assert {one["id"] for one in student.walk("/confidential-readers")} == {shared.person_id, named.person_id}
        add_password(api, named.person_id, "ines")
        add_password(api, gone.person_id, "gone")
        api.sql("UPDATE session_token SET signed_in_by = 'password'")
    with running_api(database_url, LODGE_SIGN_IN="password") as api:
        headers = {"Authorization": f"Bearer {student.token}"}
        found = done(api.get("/confidential-readers", headers=headers))["items"]
        assert [one["id"] for one in found] == [named.person_id]
