"""Why Lodge gave a ticket to somebody, or to nobody: beside the ticket, and in its history."""

import html
from typing import Any

import pytest

from contracts.assignment import AssignmentOutcome, AssignmentReason
from streamlit_app.tickets.assignment_reason import assigned_in_words, waits_in_words
from tests.support import rows
from tests.support.api import Api, Visitor, done
from tests.support.screens import Screen
from tests.ui.conftest import Opener

NUMBERS = {"people": 7, "away": 2, "off_hours": 0, "full": 1, "free": 4, "experts": 0}


def reason(outcome: AssignmentOutcome = AssignmentOutcome.ASSIGNED, **changed: Any) -> AssignmentReason:
    return AssignmentReason.model_validate(
        {"outcome": outcome, "rule": 3, "rule_name": "Networks", "team": "Networks", **NUMBERS, **changed}
    )


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "Assigned by rule 3, Networks: the least loaded of 4 who were free."),
        ({"rule_name": "WiFi"}, "Assigned by rule 3 (WiFi), Networks: the least loaded of 4 who were free."),
        ({"free": 1}, "Assigned by rule 3, Networks: the only one who was free."),
        ({"experts": 2}, "Assigned by rule 3, Networks: the least loaded of 2 who know about this and were free."),
        ({"experts": 1}, "Assigned by rule 3, Networks: the only one who knows about this and was free."),
        ({"rule": None}, "Assigned by Lodge within Networks: the least loaded of 4 who were free."),
    ],
)
def test_why_somebody_got_it(changed: dict[str, Any], said: str) -> None:
    assert assigned_in_words(reason(**changed)) == said


def test_why_it_waits() -> None:
    nobody = AssignmentOutcome.NOBODY_FREE
    assert waits_in_words(reason(nobody)) == "Waiting in the queue of Networks: nobody is free (2 away, 1 full)."
    empty = "Waiting in the queue of Networks: nobody in this team works on tickets."
    assert waits_in_words(reason(nobody, people=0)) == empty


@pytest.fixture(scope="module", autouse=True)
def networks(api: Api) -> int:
    team = rows.team(api, "Networks")
    admin = api.enter("admin", "Lia List")
    rule = {"name": "Networks", "words": ["wifi"], "team": "networks", "is_on": True}
    done(admin.post("/assignment-rules", json=rule), 201)
    return rows.person(api, "Nora Network", "agent", team_id=team, capacity=1)


def words(screen: Screen) -> str:
    return html.unescape(screen.words())


def lines(screen: Screen) -> list[tuple[str, str]]:
    return [(line["text"], line["note"]) for line in screen.data("timeline")["entries"] if not line["is_message"]]


def test_the_ticket_and_its_history_say_why_to_staff_only(student: Visitor, agent: Visitor, see: Opener) -> None:
    ticket = student.report("The wifi is slow.")["id"]
    waiting = student.report("The wifi is gone.")["id"]
    screen = see(agent, "ticket", id=str(ticket))
    assert "Assigned by rule 1, Networks: the only one who was free." in words(screen)
    did = "Lodge put it into the team Networks, and assigned it to Nora Network"
    assert (did, "By rule 1, Networks: the only one who was free.") in lines(screen)
    screen = see(agent, "ticket", id=str(waiting))
    assert "Waiting in the queue of Networks: nobody is free (1 full)." in words(screen)
    seen = words(see(student, "ticket", id=str(waiting)))
    assert "Waiting in the queue" not in seen
    assert "1 full" not in seen
