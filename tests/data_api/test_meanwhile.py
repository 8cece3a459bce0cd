"""What others do between two questions of one request."""

import psycopg
import pytest

from data_api.kit.database import make_engine
from tests.lodge.waiting import wait_until
from tests.support.api import Api, Visitor, done
from tests.support.meanwhile import held_up
from tests.support.suggestions import suggested
from tests.support.teaching import learn

HAS_LEARNED = """
SELECT EXISTS (SELECT FROM category_model JOIN category ON category.id = ANY (category_ids) WHERE slug = 'birds')
"""


@pytest.mark.parametrize("role", ["student", "agent"])
@pytest.mark.parametrize(("method", "path", "body"), [("PUT", "follow", None), ("POST", "messages", {"body": "Hi"})])
def test_a_follower_of_what_becomes_confidential_is_out_at_once(
    api: Api, student: Visitor, role: str, method: str, path: str, body: dict[str, str] | None
) -> None:
    follower = api.enter(role, f"Follower who is {role}")
    at = f"/tickets/{student.report()['id']}"
    follower.put(f"{at}/follow")
    ticket_id = int(at.rpartition("/")[2])
    with psycopg.connect(api.database_url) as closing:
        closing.execute("SELECT FROM ticket WHERE id = %s FOR UPDATE", [ticket_id])
        with held_up(api, lambda: follower.request(method, f"{at}/{path}", json=body), closing) as answers:
            closing.execute("DELETE FROM ticket_watcher WHERE ticket_id = %s", [ticket_id])
            closing.execute("UPDATE ticket SET is_confidential = true WHERE id = %s", [ticket_id])
    assert answers[0].status_code == 404
    assert follower.get(at).status_code == 404


@pytest.mark.parametrize(
    ("sort", "change"),
    [
        ("modified_at", "UPDATE ticket SET modified_at = now() WHERE id = %s"),
        ("-priority", "UPDATE ticket SET priority = 0 WHERE id = %s"),
    ],
)
def test_a_page_whose_last_ticket_changes_meanwhile_is_followed_by_the_next(
    api: Api, agent: Visitor, student: Visitor, sort: str, change: str
) -> None:
    """Its names and tags are read after its place in the list was."""
    numbers = {student.report(f"Walked by {sort}", priority="high")["id"] for _ in range(6)}
    query: dict[str, str | int] = {"sort": sort, "limit": 2, "q": f"walked {sort.strip('-')}"}
    last = done(agent.get("/tickets", params=query))["items"][-1]["id"]
    with psycopg.connect(api.database_url) as holder:
        holder.execute("LOCK TABLE ticket_tag IN ACCESS EXCLUSIVE MODE")
        with held_up(api, lambda: agent.get("/tickets", params=query), holder) as answers:
            holder.execute(change.encode(), [last])
    page = done(answers[0])
    found = page["items"] + agent.walk("/tickets", **query, cursor=page["next_cursor"])
    assert {ticket["id"] for ticket in found} == numbers


def test_what_was_not_committed_when_somebody_looked_stays_unread(api: Api, agent: Visitor) -> None:
    reader = api.enter("student", "Reader of what is written meanwhile")
    ticket_id = reader.report()["id"]
    agent.say(ticket_id)
    with psycopg.connect(api.database_url) as writer:
        writer.execute(
            "UPDATE ticket SET last_message_at = clock_timestamp(), last_message_author_id = %s WHERE id = %s",
            [agent.person_id, ticket_id],
        )
        assert reader.put(f"/tickets/{ticket_id}/read").status_code == 204
    assert done(reader.get("/me/unread")) == {"tickets": 1, "confirmed": 0, "ticket_ids": [ticket_id], "mentions": 0}


def test_a_category_that_goes_while_it_is_suggested_is_left_out(api: Api, admin: Visitor, student: Visitor) -> None:
    """Its name is read after the prediction."""
    phrases = [f"The parrot of room {number} sings" for number in range(10)]
    done(admin.post("/categories", json={"name": "Birds", "phrases": phrases}), 201)
    # Or the background work may learn of it just then, and the prediction itself would wait.
    engine = make_engine(api.database_url)
    learn(engine)
    engine.dispose()
    wait_until(lambda: api.sql(HAS_LEARNED) == [(True,)], "a model that knows birds")
    assert suggested(student, phrases[0])["category"] == "birds"
    with psycopg.connect(api.database_url) as merging:
        merging.execute("LOCK TABLE category IN ACCESS EXCLUSIVE MODE")
        wish = {"description": phrases[0]}
        with held_up(api, lambda: student.post("/tickets/suggestions", json=wish), merging) as answers:
            merging.execute("UPDATE learning SET revision = revision + 1")
            merging.execute("DELETE FROM category WHERE slug = 'birds'")
    found = done(answers[0])
    assert (found["category"], found["sureness"]) == (found["alternatives"][0]["category"], "unsure")
    assert "birds" not in [one["category"] for one in found["alternatives"]]
    assert sum(one["probability"] for one in found["alternatives"]) == pytest.approx(1)
