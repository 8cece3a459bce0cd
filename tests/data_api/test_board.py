"""The board: each column is what the list finds in its stage, in the board's order, for whoever asks."""

import random
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from contracts.board import MOST_CARDS, BoardTicket
from tests.support import rows
from tests.support.api import Api, Visitor, done, running_api
from tests.support.meanwhile import held_up
from tests.support.population import opened, populate

MANY = 220
PRIORITIES = ["low", "normal", "high", "urgent"]
STAGES = ["to-do", "in-progress", "pending", "blocked", "completed"]


@pytest.fixture(scope="module", autouse=True)
def population(api: Api, student: Visitor, other_student: Visitor, agent: Visitor, admin: Visitor) -> None:
    rows.team(api, "Porters")
    populate(api, MANY)
    numbers = [number for (number,) in api.sql("SELECT id FROM ticket ORDER BY id")]
    for blocker, ticket in zip(numbers[::3], numbers[1::3], strict=False):
        rows.block(api, blocker, ticket)
    # One comes last, because it is dated in the future.
    api.sql("UPDATE ticket SET opened_at = now() + interval '1 year', priority = 3 WHERE id = 20")
    api.sql("UPDATE ticket_tag SET opened_at = ticket.opened_at FROM ticket WHERE ticket.id = ticket_id")
    api.sql("UPDATE ticket SET source = 'old', source_id = 'INC' || id WHERE id %% 10 = 0")


def board(visitor: Visitor, **query: Any) -> dict[str, dict[str, Any]]:
    """The columns by their stages, each with as many tickets as it can have."""
    asked = {"limit": MOST_CARDS} | query
    return {column["stage"]: column for column in done(visitor.get("/board", params=asked))["columns"]}


def whole_column(visitor: Visitor, slug: str, /, **query: Any) -> list[dict[str, Any]]:
    """All tickets of a column, by following its cursor. Its count stays the same on the way."""
    page = done(visitor.get(f"/board/{slug}", params=query))
    found: list[dict[str, Any]] = page["tickets"]
    count = page["count"]
    while page["next_cursor"] is not None:
        page = done(visitor.get(f"/board/{slug}", params={**query, "cursor": page["next_cursor"]}))
        assert (page["count"], page["count_capped"]) == (count, False)
        found += page["tickets"]
    return found


def ids(tickets: list[dict[str, Any]]) -> list[int]:
    return [ticket["id"] for ticket in tickets]


def in_order(tickets: list[dict[str, Any]], stage: str) -> list[int]:
    """The ids of these tickets in the order of their column."""
    if stage == "completed":
        return ids(sorted(tickets, key=lambda one: (one["closed_at"], one["id"]), reverse=True))
    return ids(
        sorted(
            tickets,
            key=lambda one: (one["id"] == 20, -PRIORITIES.index(one["priority"]), one["opened_at"], one["id"]),
        )
    )


def test_columns_are_the_stages_in_order(admin: Visitor) -> None:
    found = board(admin)
    assert list(found) == STAGES
    assert [column["status"] for column in found.values()] == ["open", "active", "active", "active", "closed"]
    assert found["to-do"]["name"] == "To do"
    assert found["to-do"]["limit"] is None
    for stage, column in found.items():
        assert (column["count"], column["count_capped"]) == (MANY // 5, False)
        assert ids(column["tickets"]) == in_order(admin.walk("/tickets", stage=stage), stage)
        assert column["next_cursor"] is None


def test_a_column_goes_on_where_the_board_ends(admin: Visitor) -> None:
    for stage, column in board(admin, limit=7).items():
        assert len(column["tickets"]) == 7
        assert column["count"] == MANY // 5
        rest = whole_column(admin, stage, limit=7, cursor=column["next_cursor"])
        assert ids(column["tickets"] + rest) == ids(whole_column(admin, stage)), "nothing twice, nothing left out"
        assert len(column["tickets"] + rest) == MANY // 5


def test_status_and_stage_choose_the_columns(admin: Visitor) -> None:
    assert list(board(admin, status=["open", "closed"])) == ["to-do", "completed"]
    assert list(board(admin, stage=["blocked", "to-do", "nothing"])) == ["to-do", "blocked"]
    assert board(admin, status="closed", stage="blocked") == {}
    outside = done(admin.get("/board/blocked", params={"status": "open"}))
    assert (outside["count"], outside["tickets"], outside["next_cursor"]) == (0, [], None)


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/board?limit=51", "query.limit"),
        ("/board?limit=0", "query.limit"),
        ("/board?sort=opened_at", "query.sort"),
        ("/board?cursor=x", "query.cursor"),
        ("/board?priority=highest", "query.priority.0"),
        ("/board/to-do?cursor=x", "query.cursor"),
        ("/board/To%20do", "path.slug"),
    ],
)
def test_a_wrong_parameter_is_named(admin: Visitor, path: str, field: str) -> None:
    answer = admin.get(path)
    assert (answer.status_code, [one["name"] for one in answer.json()["fields"]]) == (422, [field])


def test_a_cursor_is_of_its_column(admin: Visitor) -> None:
    cursor = board(admin, limit=5)["to-do"]["next_cursor"]
    assert admin.get("/board/pending", params={"cursor": cursor}).status_code == 422
    assert admin.get("/board/nothing").status_code == 404


# -- the oracle -------------------------------------------------------------------------------------------------------

FILTERS: dict[str, list[Any]] = {
    "category": ["technical-it", ["technical-it", "services-complaints"]],
    "priority": ["urgent", ["low", "high"]],
    "assignee": ["me", "none", ["me", "none"], "my-team"],
    "requester": ["me"],
    "building": ["main-library", ["canteen", "sports-hall"]],
    "room": ["R", "r3"],
    "tag": ["water", ["water", "lift"]],
    "waits_for": ["desk", "requester"],
    "blocked": ["true", "false"],
    "followed": ["true"],
    "confidential": ["true"],
    "q": ["lift", "heat cold", "INC40", "40", "#41", "x"],
    "opened_after": [opened(30)],
    "opened_before": [opened(60)],
    "modified_after": [opened(2950)],
    "closed_after": [opened(10)],
    "closed_before": [opened(20)],
    "reports_at_least": [2],
    "status": ["open", ["active", "closed"]],
    "stage": ["pending", ["to-do", "completed"]],
}


def asked() -> Iterator[tuple[str, dict[str, Any]]]:
    """Each filter by itself, and combinations of two or three, as several people."""
    dice = random.Random(55)
    people = ["admin", "agent", "other agent", "student", "other student", "analyst"]
    for name, values in FILTERS.items():
        for value in values:
            yield dice.choice(people), {name: value}
    for _ in range(45):
        names = dice.sample(list(FILTERS), dice.choice([2, 2, 3]))
        yield dice.choice(people), {name: dice.choice(FILTERS[name]) for name in names}


@pytest.fixture(scope="module")
def people(api: Api, student: Visitor, other_student: Visitor, agent: Visitor, admin: Visitor) -> dict[str, Visitor]:
    others = {"other agent": api.enter("agent", "Noor Haddad"), "analyst": api.enter("analyst", "Ivo Lang")}
    return {"admin": admin, "agent": agent, "student": student, "other student": other_student, **others}


def test_nobody_finds_or_counts_on_the_board_what_the_list_does_not_show(people: dict[str, Visitor]) -> None:
    """As each person and with all filters, every column holds what the list holds with its stage as one more filter."""
    found_any = 0
    for who, query in asked():
        visitor = people[who]
        for stage, column in board(visitor, **query).items():
            listed = visitor.walk("/tickets", **{**query, "stage": stage})
            found_any += bool(listed)
            told = f"{who}, {query}, {stage}"
            assert column["count"] == len(listed), told
            assert set(ids(column["tickets"])) == set(ids(listed)), told
            walked = ids(whole_column(visitor, stage, **{**query, "limit": 4}))
            assert sorted(walked) == sorted(ids(listed)), told
            if "q" not in query:
                assert ids(column["tickets"]) == walked == in_order(listed, stage), told
    assert found_any > 100


def test_each_sees_their_own_board(people: dict[str, Visitor]) -> None:
    counts = {who: sum(column["count"] for column in board(visitor).values()) for who, visitor in people.items()}
    assert counts["admin"] == MANY
    assert counts["analyst"] == 0
    assert MANY > counts["agent"] > counts["student"] > 0


@pytest.mark.parametrize("who", ["admin", "agent", "student", "other student"])
def test_a_card_says_what_its_ticket_says(people: dict[str, Visitor], who: str) -> None:
    """Every field, for tickets with and without an assignee, a team and an answer, as each person sees them."""
    listed = {ticket["id"]: ticket for ticket in people[who].walk("/tickets")}
    told = BoardTicket.model_fields.keys() - {"blocked_by"}  # which the tests of links look at
    cards = [card for column in board(people[who]).values() for card in column["tickets"]]
    assert {card["id"] for card in cards} == listed.keys()
    for card in cards:
        assert {name: card[name] for name in told} == {name: listed[card["id"]][name] for name in told}
        assert listed.keys() >= set(card["blocked_by"])
    for name in told - {"version", "is_confidential"}:
        assert len({str(card[name]) for card in cards}) > 1, f"{name} is tried with several values"


def test_what_is_typed_as_a_number_comes_first(admin: Visitor) -> None:
    # 41 is in progress, and of low priority; the others hold the word.
    first = board(admin, q="41")["in-progress"]["tickets"][0]
    assert first["id"] == 41


# -- counting, and what happens meanwhile -----------------------------------------------------------------------------


def test_a_count_that_is_cut_off_says_so(admin: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data_api.board.service.MOST_COUNTED", 20)
    for stage, column in board(admin, limit=5).items():
        assert (column["count"], column["count_capped"]) == (20, True)
        more = done(admin.get(f"/board/{stage}", params={"limit": 5, "cursor": column["next_cursor"]}))
        assert (more["count"], more["count_capped"]) == (20, True)


def test_a_count_that_takes_too_long_is_at_least_what_was_found(
    admin: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cancelled(*_: Any, **__: Any) -> None:
        raise OperationalError("SELECT", None, Exception())

    monkeypatch.setattr("sqlalchemy.Connection.scalars", cancelled)
    assert [(one["count"], one["count_capped"]) for one in board(admin, limit=5).values()] == [(6, True)] * 5


def test_a_ticket_that_moves_while_the_board_is_read_is_in_one_column_at_most(api: Api, admin: Visitor) -> None:
    """Its place was found before it moved, and what it holds is read afterwards."""
    moved = board(admin)["pending"]["tickets"][3]["id"]
    with psycopg.connect(api.database_url) as moving:
        moving.execute("LOCK TABLE ticket_link IN ACCESS EXCLUSIVE MODE")
        with held_up(api, lambda: admin.get("/board"), moving) as answers:
            moving.execute("UPDATE ticket SET stage_id = (SELECT id FROM stage WHERE slug = 'blocked') WHERE id = %s",
                           [moved])  # fmt: skip
    columns = done(answers[0])["columns"]
    assert [column["stage"] for column in columns if moved in ids(column["tickets"])] == []
    assert moved in ids(board(admin)["blocked"]["tickets"])


# -- moving a card ----------------------------------------------------------------------------------------------------


@pytest.fixture
def own(database_url: str) -> Iterator[Api]:
    with running_api(database_url) as api:
        yield api


def history(visitor: Visitor, ticket_id: int) -> list[tuple[str, str, str]]:
    return [
        (line["kind"], line["from"], line["to"])
        for line in visitor.walk(f"/tickets/{ticket_id}/history")
        if line["kind"] in ("stage", "status")
    ]


def test_a_card_is_moved_through_the_board(own: Api) -> None:
    """Each move is logged with its moment. One to a stage of another status is that transition."""
    agent = own.enter("agent", "Ada Okafor")
    ticket_id = own.enter("student", "Mia Rossi").report()["id"]
    for stage in ("pending", "blocked", "completed", "pending"):
        moved = agent.edit(ticket_id, stage=stage)
        cards = {one: column["tickets"] for one, column in board(agent).items() if column["tickets"]}
        assert [(one, card["version"]) for one, [card] in cards.items()] == [(stage, moved["version"])]
        assert (moved["closed_at"] is not None, moved["closed_reason"] is not None) == ((stage == "completed"),) * 2
    assert history(agent, ticket_id) == [
        ("status", "open", "active"),
        ("stage", "to-do", "pending"),
        ("stage", "pending", "blocked"),
        ("status", "active", "closed"),
        ("stage", "blocked", "completed"),
        ("status", "closed", "active"),
        ("stage", "completed", "pending"),
    ]
    moments = own.sql("SELECT occurred_at FROM ticket_event WHERE kind = 'stage' ORDER BY id")
    assert moments == sorted(set(moments)), "four moments, each later than the one before"


def test_a_refused_move_says_what_is_allowed_and_changes_nothing(own: Api) -> None:
    agent, student = own.enter("agent", "Ada Okafor"), own.enter("student", "Mia Rossi")
    before = student.report()
    to_closed = agent.patch(f"/tickets/{before['id']}", json={"version": 1, "stage": "completed"})
    assert (to_closed.status_code, to_closed.json()["error"]) == (409, "TransitionRefused")
    assert "is open and cannot become closed; you may move it to active" in to_closed.json()["detail"]
    active = agent.edit(before["id"], stage="in-progress")
    stale = agent.patch(f"/tickets/{before['id']}", json={"version": 1, "stage": "pending"})
    assert (stale.status_code, stale.json()["error"]) == (409, "StaleVersion")
    assert stale.json()["current"]["stage"] == "in-progress"
    back = agent.patch(f"/tickets/{before['id']}", json={"version": active["version"], "stage": "to-do"})
    assert (back.status_code, back.json()["error"]) == (409, "TransitionRefused")
    gone = agent.patch(f"/tickets/{before['id']}", json={"version": active["version"], "stage": "gone"})
    assert (gone.status_code, gone.json()["fields"][0]["name"]) == (422, "body.stage")
    closed = agent.edit(student.report()["id"], stage="in-progress")
    closed = agent.edit(closed["id"], stage="completed")
    reopened = agent.patch(f"/tickets/{closed['id']}", json={"version": closed["version"], "stage": "to-do"})
    assert (reopened.status_code, "you may move it to active" in reopened.json()["detail"]) == (409, True)
    theirs = student.patch(f"/tickets/{before['id']}", json={"version": active["version"], "stage": "pending"})
    assert theirs.status_code == 403
    assert agent.read(before["id"]) == active
