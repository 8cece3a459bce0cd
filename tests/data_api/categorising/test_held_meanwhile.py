"""Learning while others hold what it needs: nobody waits for a category, and whoever merges one is never in the way."""

from typing import LiteralString

import httpx
import psycopg
import pytest

from tests.support.api import Api, Visitor
from tests.support.meanwhile import held_up

GOING: LiteralString = "SELECT FROM category WHERE slug = 'services-complaints' FOR UPDATE"
TAUGHT: LiteralString = "SELECT id, is_active, text, revision FROM training_example ORDER BY id"


def ask(way: str, ticket_id: int, version: int, agent: Visitor, admin: Visitor) -> httpx.Response:
    """Something that is learned of the category."""
    at = f"/tickets/{ticket_id}"
    match way:
        case "phrases":
            return admin.post("/categories/services-complaints/phrases", json={"phrases": ["The soup is cold"]})
        case "status":
            return agent.post(f"{at}/status", json={"status": "active"})
        case "confidential":
            change = {"is_confidential": True, "category": "services-complaints", "assignee": agent.person_id}
            return agent.patch(at, json={"version": version, **change})
    return agent.patch(at, json={"version": version, way: {"category": "services-complaints"}.get(way, "Cold soup")})


@pytest.mark.parametrize("way", ["category", "description", "status", "confidential", "phrases"])
def test_nobody_waits_for_a_category_that_is_taken_away(
    api: Api, admin: Visitor, agent: Visitor, student: Visitor, way: str
) -> None:
    """Whoever merges it would wait for them in turn, and Postgres would end minutes of work."""
    belongs = None if way == "category" else "services-complaints"
    ticket_id = student.report("The lift is stuck on floor 3", category=belongs)["id"]
    if way == "description":
        agent.edit(ticket_id, category="services-complaints")
    before, taught = agent.read(ticket_id), api.sql(TAUGHT)
    with psycopg.connect(api.database_url) as going:
        going.execute(GOING)
        answer = ask(way, ticket_id, before["version"], agent, admin)
    assert (answer.status_code, answer.json()["error"]) == (409, "CategoryGoing"), answer.text
    assert answer.json()["detail"] == "That category is being merged or deleted; try again in a moment."
    assert (agent.read(ticket_id), api.sql(TAUGHT)) == (before, taught)
    assert ask(way, ticket_id, before["version"], agent, admin).is_success


@pytest.mark.parametrize("way", ["reworded", "confidential", "deleted"])
def test_who_forgets_waits_before_it_holds_what_others_change(
    api: Api, admin: Visitor, agent: Visitor, student: Visitor, way: str
) -> None:
    """A merge, or another correction, holds the revision and then changes examples."""
    ticket = student.report("The soup is cold")
    ticket_id, at = ticket["id"], f"/tickets/{ticket['id']}"
    agent.edit(ticket_id, category="services-complaints")
    version = agent.read(ticket_id)["version"]
    requests = {
        "reworded": lambda: student.patch(at, json={"version": version, "description": "The bread is hard"}),
        "confidential": lambda: agent.patch(at, json={"version": version, "is_confidential": True}),
        "deleted": lambda: admin.delete(at),
    }
    with psycopg.connect(api.database_url) as merging:
        merging.execute("UPDATE learning SET revision = revision + 1")
        with held_up(api, requests[way], merging) as answers:
            merging.execute("SELECT FROM training_example WHERE ticket_id = %s FOR UPDATE NOWAIT", [ticket_id])
    assert answers[0].is_success, answers[0].text
    assert api.sql("SELECT count(*) FROM training_example WHERE ticket_id IS NOT NULL") == [(0,)]
