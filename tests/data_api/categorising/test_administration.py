"""Looking after what was learned: corrections, phrases, examples, merging, versions."""

from sqlalchemy import Engine

from contracts.people import Role
from tests.support.api import Api, Visitor, done, running_api
from tests.support.suggestions import suggested
from tests.support.teaching import ODD, PHRASES, category, correct, examples, learn, models


def test_a_correction_counts_in_every_process_and_after_a_restart(
    api: Api, database_url: str, agent: Visitor, student: Visitor
) -> None:
    slugs = ["services-complaints", "facility-management", "technical-it"]
    with running_api(database_url) as other:
        there = other.enter(Role.STUDENT, "Jonas")
        suggested(there, ODD)
        ticket_id = student.report(ODD)["id"]
        for slug in slugs:
            agent.edit(ticket_id, category=slug)
            assert suggested(there, ODD.upper())["category"] == slug
            assert suggested(student, ODD)["sureness"] == "sure"
    with running_api(database_url) as again:
        assert suggested(again.enter(Role.STUDENT, "Mia"), ODD)["category"] == slugs[-1]


def test_a_confirmation_is_learned_too(api: Api, admin: Visitor, agent: Visitor, student: Visitor) -> None:
    ticket = student.report("The lift is stuck between two floors, says the sign")
    agent.edit(ticket["id"], category=ticket["category"])
    [learned] = examples(admin, ticket["category"], source="staff")
    assert (learned["ticket_id"], learned["author"], learned["is_check_text"]) == (ticket["id"], "Ada", False)
    assert done(agent.get(f"/tickets/{ticket['id']}/category"))["by"] == "staff"


def test_what_staff_leave_where_its_requester_put_it_is_learned(
    admin: Visitor, agent: Visitor, student: Visitor
) -> None:
    against = student.report("The lift is stuck between floors", category="technical-it")["id"]
    alike = student.report("The WiFi is down", category="technical-it")["id"]
    assert examples(admin, "technical-it", source="requester") == []
    for ticket_id in (against, alike):
        agent.move(ticket_id, "active")
    assert [one["ticket_id"] for one in examples(admin, "technical-it", source="requester")] == [against]


def test_nothing_is_learned_from_confidential_reports(
    api: Api, admin: Visitor, agent: Visitor, student: Visitor
) -> None:
    ticket_id = correct(agent, student, ODD, "services-complaints", "technical-it")
    copy = correct(agent, student, ODD, "technical-it")
    admin.edit(ticket_id, assignee=agent.person_id)
    agent.edit(ticket_id, is_confidential=True)
    agent.edit(ticket_id, category="facility-management")
    assert api.sql("SELECT ticket_id, is_active FROM training_example WHERE ticket_id IS NOT NULL") == [(copy, True)]
    assert admin.delete(f"/tickets/{copy}").status_code == 204
    assert api.sql("SELECT count(*) FROM training_example WHERE ticket_id IS NOT NULL") == [(0,)]


def test_a_new_category_is_young_then_known(engine: Engine, admin: Visitor, student: Visitor) -> None:
    new = done(admin.post("/categories", json={"name": "Safety", "phrases": PHRASES}), 201)
    assert (new["examples"], new["is_young"]) == (10, True)
    assert {one["is_check_text"] for one in examples(admin, "safety")} == {True, False}
    near = f"{PHRASES[0]} yesterday"
    found = suggested(student, near)
    assert (found["category"], found["sureness"]) == ("safety", "unsure")
    assert student.report(near)["category"] != "safety", "a young category is only suggested"
    learn(engine)
    assert len(models(admin)) == 2, "a category that no model knows is learned at once"
    more = [f"Somebody took my {what} from the changing room" for what in "ABCDEFGHIJ"]
    grown = done(admin.post("/categories/safety/phrases", json={"phrases": more}), 201)
    assert (grown["examples"], grown["is_young"]) == (20, False)
    assert student.report(near)["category"] == "safety"


def test_a_young_category_grows_by_answers_that_staff_leave(admin: Visitor, agent: Visitor, student: Visitor) -> None:
    done(admin.post("/categories", json={"name": "Safety", "phrases": PHRASES}), 201)
    found = suggested(student, "My bike was stolen yesterday")
    assert (found["category"], found["sureness"]) == ("safety", "unsure")
    answered = student.report("My bike was stolen yesterday", category="safety")["id"]
    assert examples(admin, "safety", source="requester") == []
    agent.move(answered, "active")
    assert [one["ticket_id"] for one in examples(admin, "safety", source="requester")] == [answered]
    assert category(admin, "safety")["examples"] == 11


def test_a_phrase_that_stood_elsewhere_moves(admin: Visitor, student: Visitor) -> None:
    moved = examples(admin, "facility-management", limit=1)[0]["text"]
    done(admin.post("/categories/technical-it/phrases", json={"phrases": [moved]}), 201)
    assert moved not in [one["text"] for one in examples(admin, "facility-management", limit=200)]
    assert suggested(student, moved)["category"] == "technical-it"


def test_an_example_that_is_removed_counts_no_more(admin: Visitor, agent: Visitor, student: Visitor) -> None:
    correct(agent, student, ODD, "technical-it")
    [learned] = examples(admin, "technical-it", source="staff")
    wrong = admin.delete(f"/categories/facility-management/examples/{learned['id']}")
    assert wrong.status_code == 404
    assert admin.delete(f"/categories/technical-it/examples/{learned['id']}").status_code == 204
    assert admin.delete(f"/categories/technical-it/examples/{learned['id']}").status_code == 404
    assert suggested(student, ODD)["confidence"] < 0.99


def test_a_category_is_merged_with_its_tickets_and_examples(admin: Visitor, agent: Visitor, student: Visitor) -> None:
    done(admin.post("/categories", json={"name": "Safety", "phrases": PHRASES}), 201)
    ticket_id = correct(agent, student, ODD, "safety")
    before = category(admin, "technical-it")["examples"]
    merged = done(admin.post("/categories/safety/merge", json={"into": "technical-it"}))
    assert (merged["slug"], merged["examples"]) == ("technical-it", before + 11)
    assert agent.read(ticket_id)["category"] == "technical-it"
    assert admin.get("/categories/safety/examples").status_code == 404
    assert suggested(student, ODD)["category"] == "technical-it"
    assert student.report("My bike was stolen!")["category"] in {"technical-it", "facility-management"}


def test_a_category_is_deleted_with_where_its_tickets_go(admin: Visitor, agent: Visitor, student: Visitor) -> None:
    done(admin.post("/categories", json={"name": "Safety", "phrases": PHRASES}), 201)
    ticket_id = correct(agent, student, ODD, "safety")
    assert admin.delete("/categories/safety").status_code == 409
    assert admin.delete("/categories/safety", params={"tickets_to": "safety"}).status_code == 422
    assert admin.delete("/categories/safety", params={"tickets_to": "technical-it"}).status_code == 204
    assert agent.read(ticket_id)["category"] == "technical-it"
    history = [one["kind"] for one in agent.walk(f"/tickets/{ticket_id}/history")]
    assert len(history) == 3, history
    found = suggested(student, PHRASES[0])
    assert "safety" not in [one["category"] for one in found["alternatives"]]
    [default] = [one["slug"] for one in done(admin.get("/categories"))["items"] if one["is_default"]]
    assert admin.delete(f"/categories/{default}", params={"tickets_to": "technical-it"}).status_code == 409


def test_how_often_it_was_right(admin: Visitor, agent: Visitor, student: Visitor) -> None:
    right, wrong, unseen = (student.report(f"The lift is stuck on floor {floor}")["id"] for floor in range(3))
    agent.edit(wrong, category="technical-it")
    for ticket_id in (right, wrong):
        agent.move(ticket_id, "active")
    report = done(admin.get("/categorising"))
    assert (report["is_available"], report["tickets"], report["right"]) == (True, 2, 1)
    assert [(one["tickets"], one["right"]) for one in report["months"]] == [(2, 1)]
    assert report["confusion"] == [
        {"predicted": "facility-management", "actual": "facility-management", "tickets": 1},
        {"predicted": "facility-management", "actual": "technical-it", "tickets": 1},
    ]
    assert agent.read(unseen)["status"] == "open"
