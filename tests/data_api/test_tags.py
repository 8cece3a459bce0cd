"""All tags: which are offered to whom, and what becomes of tickets when one is renamed, merged or deleted."""

from collections.abc import Iterator
from typing import Any

import pytest

from contracts.people import Permission
from data_api.background.cleanup import ADD_UP_TAGS
from data_api.kit.database import make_engine
from data_api.tags import changing
from data_api.tags.service import TagService
from tests.support import rows
from tests.support.api import Api, Visitor, done, running_api
from tests.support.passwords import make_token

COUNTED = """
SELECT tag, is_confidential, count(*) FROM ticket_tag JOIN ticket ON ticket.id = ticket_id GROUP BY 1, 2 ORDER BY 1, 2
"""
KEPT = """
SELECT tag, is_confidential, sum(tickets) FROM tag_use GROUP BY 1, 2 HAVING sum(tickets) <> 0 ORDER BY 1, 2
"""


@pytest.fixture
def api(database_url: str) -> Iterator[Api]:
    """Over tags of the test's own."""
    with running_api(database_url) as api:
        yield api


@pytest.fixture
def student(api: Api) -> Visitor:
    return api.enter("student", "Mia Rossi")


@pytest.fixture
def agent(api: Api) -> Visitor:
    return api.enter("agent", "Ada Okafor")


@pytest.fixture
def admin(api: Api) -> Visitor:
    return api.enter("admin", "Lia List")


def tagged(agent: Visitor, student: Visitor, *tags: str, **fields: Any) -> int:
    number: int = student.report(**fields)["id"]
    agent.edit(number, tags=list(tags))
    return number


def offered(visitor: Visitor, **query: Any) -> list[tuple[str, int]]:
    return [(one["tag"], one["tickets"]) for one in visitor.walk("/tags", **query)]


def merge(admin: Visitor, tag: str, into: str) -> Any:
    return admin.post("/tags/merge", json={"tag": tag, "into": into})


def lines(visitor: Visitor, ticket_id: int) -> list[tuple[str | None, str | None, str]]:
    return [
        (line["from"], line["to"], line["actor"]["name"])
        for line in visitor.walk(f"/tickets/{ticket_id}/history")
        if line["kind"] == "tags"
    ]


def check_counts(api: Api) -> None:
    assert api.sql(KEPT) == api.sql(COUNTED)


def test_the_most_used_come_first_and_what_is_hidden_is_offered_to_nobody_else(
    api: Api, student: Visitor, agent: Visitor, admin: Visitor
) -> None:
    for tags in (["Water", "Wi-Fi"], ["water"], ["wasp", "50%"]):
        tagged(agent, student, *tags)
    secret = tagged(admin, student, "water", "harassment", is_confidential=True)
    assert offered(agent) == [("water", 2), ("50%", 1), ("wasp", 1), ("wi-fi", 1)]
    assert offered(agent, limit=1) == offered(agent), "page by page"
    assert offered(agent, prefix="WA") == [("water", 2), ("wasp", 1)]
    assert offered(agent, q="i") == [("wi-fi", 1)]
    assert offered(agent, prefix="%") == offered(agent, prefix="h") == []
    assert offered(admin) == [("water", 3), ("50%", 1), ("harassment", 1), ("wasp", 1), ("wi-fi", 1)]
    # Also who keeps the tags, but may not read confidential tickets.
    keeper = api.with_token(admin, make_token(admin, Permission.LISTS_MANAGE)["token"])
    assert offered(keeper) == offered(agent)
    assert merge(keeper, "harassment", "complaint").status_code == 404
    assert keeper.delete("/tags", params={"tag": "harassment"}).status_code == 404
    check_counts(api)

    admin.edit(secret, is_confidential=False)
    assert offered(agent, prefix="h") == [("harassment", 1)]
    admin.edit(secret, is_confidential=True, tags=["harassment", "wasp"])
    assert offered(agent, prefix="wa") == [("water", 2), ("wasp", 1)]
    check_counts(api)
    done(admin.delete(f"/tickets/{secret}"), 204)
    assert offered(admin) == offered(agent)
    check_counts(api)


def test_adding_up_changes_no_number(api: Api, student: Visitor, agent: Visitor, admin: Visitor) -> None:
    number = tagged(agent, student, "a", "b")
    tagged(agent, student, "a")
    agent.edit(number, tags=["a"])
    before = offered(admin)
    engine = make_engine(api.database_url)
    for _ in range(2):
        with engine.begin() as connection:
            connection.execute(ADD_UP_TAGS)
        assert offered(admin) == before == [("a", 2)]
    engine.dispose()
    assert api.sql("SELECT tag, tickets FROM tag_use") == [("a", 2)]


def test_a_tag_of_many_tickets_becomes_part_of_another(
    api: Api, student: Visitor, agent: Visitor, admin: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changing, "AT_ONCE", 200)  # the last step has fewer
    first = tagged(agent, student, "lift", "noise")
    both = tagged(agent, student, "elevator", "lift")
    secret = tagged(admin, student, "lift", is_confidential=True)
    many = rows.tickets(api, [{"requester_id": student.person_id} for _ in range(500)])
    api.sql(
        "INSERT INTO ticket_tag (ticket_id, tag, opened_at) "
        "SELECT id, 'lift', opened_at FROM ticket WHERE id = ANY (%s)",
        many,
    )
    view = done(agent.post("/views", json={"name": "Lifts", "query": {"tag": ["lift", "elevator"]}}), 201)
    version, modified_at = (agent.read(first)[name] for name in ("version", "modified_at"))
    latest = api.sql("SELECT max(id) FROM change")[0][0]

    assert done(merge(admin, "Lift", " ELEVATOR")) == {"tag": "elevator", "tickets": 503}
    assert offered(admin) == [("elevator", 503), ("noise", 1)]
    assert agent.read(first)["tags"] == ["elevator", "noise"]
    assert (agent.read(first)["version"], agent.read(first)["modified_at"]) == (version + 1, modified_at)
    assert lines(agent, first)[-1] == ("lift, noise", "elevator, noise", "Lia List")
    assert lines(agent, both)[-1] == ("elevator, lift", "elevator", "Lia List")
    assert lines(admin, secret)[-1] == ("lift", "elevator", "Lia List")
    told = "SELECT count(*) FROM ticket_event WHERE kind = 'tags' AND from_value = 'lift' AND to_value = 'elevator'"
    assert api.sql(told) == [(501,)]
    # The replica follows this.
    changed = "SELECT count(DISTINCT row_id) FROM change WHERE id > %s AND table_name = 'ticket' AND op = 'update'"
    assert api.sql(changed, latest) == [(503,)]
    actors = "SELECT DISTINCT actor_id, request_id IS NULL FROM change WHERE id > %s AND table_name = 'ticket'"
    assert api.sql(actors, latest) == [(admin.person_id, False)]
    (kept,) = [one for one in agent.walk("/views") if one["id"] == view["id"]]
    assert (kept["query"]["tag"], kept["version"]) == (["elevator"], 2)
    check_counts(api)

    # Sent again, as after a lost answer: nothing is left to do.
    assert done(merge(admin, "lift", "elevator"))["tickets"] == 503
    assert api.sql(told) == [(501,)]
    assert merge(admin, "nothing", "nobody").status_code == 404


def test_one_that_was_broken_off_goes_on(
    api: Api, student: Visitor, agent: Visitor, admin: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [tagged(agent, student, "wlan") for _ in range(3)]
    monkeypatch.setattr(changing, "AT_ONCE", 1)
    service, steps = TagService.change_some, iter([True, False])

    def stopping(self: Any, *asked: Any) -> int:
        if not next(steps, True):
            raise RuntimeError("the process ended here")
        return service(self, *asked)

    with monkeypatch.context() as patch:
        patch.setattr(TagService, "change_some", stopping)
        assert merge(admin, "wlan", "wi-fi").status_code == 500
    assert offered(agent) == [("wlan", 2), ("wi-fi", 1)]
    assert done(merge(admin, "wlan", "wi-fi"))["tickets"] == 3
    assert [lines(agent, number)[1:] for number in numbers] == [[("wlan", "wi-fi", "Lia List")]] * 3


def test_a_deleted_tag_is_gone_from_every_ticket(api: Api, student: Visitor, agent: Visitor, admin: Visitor) -> None:
    only, one_of_two = tagged(agent, student, "old"), tagged(agent, student, "old", "new")
    done(admin.delete("/tags", params={"tag": "OLD"}), 204)
    assert [agent.read(number)["tags"] for number in (only, one_of_two)] == [[], ["new"]]
    assert lines(agent, only)[-1] == ("old", None, "Lia List")
    assert offered(agent) == [("new", 1)]
    assert admin.delete("/tags", params={"tag": "old"}).status_code == 404
    assert merge(admin, "new", "New ").status_code == 422
    check_counts(api)
