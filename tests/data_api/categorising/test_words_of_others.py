"""What was learned from people's words: it follows them, goes with them, and cannot be found out by trying."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.people import Role
from data_api.suggestions.service import PARTS, coarse
from data_api.texts.titles import title_from
from tests.support.api import Api, Visitor, done
from tests.support.suggestions import suggested

SAID = "The tutor Mr Brown shouts at me in room 12"


def examples(admin: Visitor, slug: str) -> list[dict[str, Any]]:
    return admin.walk(f"/categories/{slug}/examples", source="staff")


def test_a_student_cannot_tell_whether_somebody_wrote_just_this(api: Api, agent: Visitor, student: Visitor) -> None:
    victim = api.enter(Role.STUDENT, "Victim")
    agent.edit(victim.report(SAID)["id"], category="services-complaints")
    tried = [SAID, SAID.upper(), SAID.replace("12", "13")]
    answers = [suggested(student, text) for text in tried]
    assert [answer["category"] for answer in answers] == ["services-complaints"] * 3
    assert len({answer["confidence"] for answer in answers}) == 1
    assert len({str(answer["alternatives"]) for answer in answers}) == 1
    assert suggested(agent, SAID)["confidence"] == 0.99


shares = st.lists(st.floats(0, 1), min_size=1, max_size=9).filter(lambda found: sum(found) > 0)


@given(shares)
def test_coarse_ones_sum_to_one_and_tell_the_likeliest(found: list[float]) -> None:
    exact = {place: share / sum(found) for place, share in enumerate(found)}
    told = coarse(exact)
    assert set(told) == set(exact)
    assert sum(told.values()) == pytest.approx(1)
    assert exact[next(iter(told))] == max(exact.values())
    assert next(iter(told.values())) == max(told.values())
    assert len(found) == 1 or max(told.values()) <= 1 - 1 / PARTS
    assert all(share * PARTS == pytest.approx(round(share * PARTS)) for share in told.values())


def test_an_example_follows_its_words_when_staff_change_them(admin: Visitor, agent: Visitor, student: Visitor) -> None:
    ticket_id = student.report("My password 1234 does not work")["id"]
    agent.edit(ticket_id, category="technical-it")
    agent.edit(ticket_id, title="My password", description="My password does not work")
    (example,) = examples(admin, "technical-it")
    assert (example["text"], example["ticket_id"], example["author"]) == (
        "My password\nMy password does not work",
        ticket_id,
        "Ada",
    )


def test_nobody_has_confirmed_what_its_requester_writes_instead(
    api: Api, admin: Visitor, agent: Visitor, student: Visitor
) -> None:
    """Or one ticket, edited again and again, could take the place of every text that the desk knows."""
    known = admin.walk("/categories/facility-management/examples", limit=200)
    ticket_id = student.report("My password does not work")["id"]
    agent.edit(ticket_id, category="technical-it")
    for one in (known[0], next(one for one in known if one["is_check_text"])):
        student.edit(ticket_id, title=title_from(one["text"]), description=one["text"])
    assert admin.walk("/categories/facility-management/examples", limit=200) == known
    assert api.sql("SELECT count(*) FROM training_example WHERE ticket_id IS NOT NULL") == [(0,)]


@pytest.mark.parametrize("who", ["student", "agent"])
def test_old_words_do_not_stay_at_rest(api: Api, admin: Visitor, agent: Visitor, student: Visitor, who: str) -> None:
    said = "My password 1234 does not work"
    ticket_id = student.report(said)["id"]
    agent.edit(ticket_id, category="technical-it")
    (example,) = examples(admin, "technical-it")
    assert admin.delete(f"/categories/technical-it/examples/{example['id']}").status_code == 204
    {"student": student, "agent": agent}[who].edit(ticket_id, description="My password does not work")
    assert api.sql("SELECT count(*) FROM training_example WHERE text = %s", said) == [(0,)]


@pytest.mark.parametrize("who", ["seed", "staff", "admin"])
def test_a_requester_is_not_heard_against_those_who_know(
    api: Api, admin: Visitor, agent: Visitor, student: Visitor, who: str
) -> None:
    text = {"seed": admin.walk("/categories/services-complaints/examples")[0]["text"]}.get(who, SAID)
    if who == "staff":
        agent.edit(api.enter(Role.STUDENT, "Jonas").report(text)["id"], category="services-complaints")
    if who == "admin":
        done(admin.post("/categories/services-complaints/phrases", json={"phrases": [text]}), 201)
    known = admin.walk("/categories/services-complaints/examples", limit=200)
    agent.move(student.report(text, category="technical-it")["id"], "active")
    assert admin.walk("/categories/services-complaints/examples", limit=200) == known
    assert admin.walk("/categories/technical-it/examples", source="requester") == []


def test_an_example_that_was_taken_out_does_not_come_back(
    api: Api, admin: Visitor, agent: Visitor, student: Visitor
) -> None:
    ticket_id = student.report("The WiFi is slow", category="facility-management")["id"]
    agent.move(ticket_id, "active")
    (example,) = admin.walk("/categories/facility-management/examples", source="requester")
    assert example["ticket_id"] == ticket_id
    assert admin.delete(f"/categories/facility-management/examples/{example['id']}").status_code == 204
    agent.move(ticket_id, "closed")
    assert admin.walk("/categories/facility-management/examples", source="requester") == []


def test_the_last_word_holds_in_a_young_category_too(admin: Visitor, agent: Visitor, student: Visitor) -> None:
    done(admin.post("/categories", json={"name": "Safety"}), 201)
    agent.edit(student.report(SAID)["id"], category="safety")
    assert suggested(student, SAID)["sureness"] == "sure"
    assert student.report(SAID)["category"] == "safety"
    assert student.report("Somebody follows me at night")["category"] != "safety"
