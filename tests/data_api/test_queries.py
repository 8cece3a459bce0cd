"""Saved queries and the history of the SQL lab: who reads and changes which, and what is kept of them."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from contracts.queries import SavedQueryCreate
from data_api.queries.repository import MOST_RUNS
from data_api.queries.service import MOST_KEPT
from tests.support.api import Api, Visitor, done

SECRET = "wolverine"
PARAMETERS = [
    {"name": "days", "kind": "number", "default": 30},
    {"name": "since", "kind": "date", "default": "2026-11-01"},
    {"name": "building", "kind": "text", "default": None},
    {"name": "open_only", "kind": "yes-no", "default": True},
]
CHART = {"mark": "bar", "x": "month", "y": "tickets", "colour": None}


@pytest.fixture(scope="module")
def yuki(api: Api) -> Visitor:
    return api.enter("analyst", "Yuki Tanaka")


@pytest.fixture(scope="module")
def omar(api: Api) -> Visitor:
    return api.enter("manager", "Omar Haddad")


@pytest.fixture
def newcomer(api: Api, request: pytest.FixtureRequest) -> Visitor:
    """Somebody who has saved and run nothing yet."""
    return api.enter("analyst", f"New {request.node.name}"[:100])


def save(visitor: Visitor, name: str = "Open tickets", **fields: Any) -> dict[str, Any]:
    return done(visitor.post("/queries", json={"name": name, "sql": "FROM ticket", **fields}), 201)


def run(visitor: Visitor, sql: str = "FROM ticket", **fields: Any) -> dict[str, Any]:
    line = {"sql": sql, "state": "done", "elapsed_ms": 12.5, "rows": 3, **fields}
    return done(visitor.post("/queries/history", json=line), 201)


def names(visitor: Visitor, **query: Any) -> list[str]:
    return [saved["name"] for saved in visitor.walk("/queries", **query)]


# -- who may what --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "kind", "expected"),
    [
        ("yuki", "private", (200, 200, 204)),
        ("yuki", "shared", (200, 200, 204)),
        ("omar", "private", (404, 404, 404)),
        ("omar", "shared", (200, 403, 403)),
        ("admin", "private", (404, 404, 404)),
        ("admin", "shared", (200, 403, 204)),
        ("student", "shared", (403, 403, 403)),
        ("agent", "private", (403, 403, 403)),
        ("yuki", "missing", (404, 404, 404)),
        ("admin", "missing", (404, 404, 404)),
    ],
)
def test_each_route_of_each_query(
    request: pytest.FixtureRequest, yuki: Visitor, who: str, kind: str, expected: tuple[int, ...]
) -> None:
    """Yuki's, for each person."""
    visitor: Visitor = request.getfixturevalue(who)
    saved = save(yuki, f"A {SECRET}", is_shared=kind == "shared")
    at = f"/queries/{10**15 if kind == 'missing' else saved['id']}"
    answers = (visitor.get(at), visitor.patch(at, json={"version": 1, "name": "New"}), visitor.delete(at))
    assert tuple(answer.status_code for answer in answers) == expected
    refused = "".join(answer.text for answer in answers if answer.status_code >= 400)
    assert SECRET not in refused
    if expected[0] == 404:
        assert {answer.json()["error"] for answer in answers} == {"QueryNotFound"}
    after = yuki.get(f"/queries/{saved['id']}")
    assert after.status_code == (404 if expected[2] == 204 else 200)
    if expected[1] != 200 and expected[2] != 204:
        assert after.json() == saved


def test_only_those_who_may_run_sql_have_lists(student: Visitor, agent: Visitor) -> None:
    new = {"name": "Mine", "sql": "SELECT 1"}
    line = {"sql": "SELECT 1", "state": "done", "elapsed_ms": 1}
    for visitor in (student, agent):
        answers = [
            visitor.get("/queries"),
            visitor.post("/queries", json=new),
            visitor.get("/queries/history"),
            visitor.post("/queries/history", json=line),
            visitor.delete("/queries/history"),
        ]
        assert [answer.status_code for answer in answers] == [403] * 5


def test_the_list_has_mine_and_those_that_others_share(newcomer: Visitor, omar: Visitor) -> None:
    for visitor, who in ((newcomer, "Ours"), (omar, "Theirs")):
        for is_shared in (False, True):
            save(visitor, f"{who} {'shared' if is_shared else 'private'}", is_shared=is_shared)
    found = [name for name in names(newcomer) if name.startswith(("Ours", "Theirs"))]
    assert found == ["Ours private", "Ours shared", "Theirs shared"]
    assert names(newcomer, whose="mine") == ["Ours private", "Ours shared"]
    assert {"Ours shared", "Theirs shared"} <= set(names(newcomer, whose="shared"))
    assert "Theirs private" not in names(newcomer, whose="shared")


def test_the_list_is_paged_by_name_and_searched_by_the_beginnings_of_words(newcomer: Visitor, omar: Visitor) -> None:
    for number in range(5):
        save(newcomer, f"Quokkas {number % 3} by month")
        save(omar, f"Quokkas {number} by day", is_shared=True)
    save(newcomer, "Something else")
    found = names(newcomer, q="quok mon", limit=2)
    assert found == [f"Quokkas {number} by month" for number in (0, 0, 1, 1, 2)]
    both = newcomer.walk("/queries", q="quokkas", limit=3)
    assert [saved["name"] for saved in both] == sorted(saved["name"] for saved in both)
    assert len({saved["id"] for saved in both}) == 10
    assert "sql" not in both[0]
    assert newcomer.get("/queries", params={"cursor": "x"}).status_code == 422


# -- saving and changing -------------------------------------------------------------------------------------------


def test_everything_that_is_saved_is_there_again(yuki: Visitor, omar: Visitor) -> None:
    fields = {"description": "By month.", "chart": CHART, "parameters": PARAMETERS, "is_shared": True}
    saved = save(yuki, "Arrivals", sql="SELECT $days,\r\n $since", **fields)
    assert done(omar.get(f"/queries/{saved['id']}")) == saved
    assert {name: saved[name] for name in fields} == fields
    assert saved["sql"] == "SELECT $days,\r\n $since"
    assert saved["owner"] == {"id": yuki.person_id, "name": "Yuki Tanaka"}
    assert saved["version"] == 1


def test_the_default_says_which_kind_a_parameter_is(yuki: Visitor) -> None:
    defaults = {"a": 1.5, "b": "2026-02-28", "c": "2026-02-30", "d": False, "e": None}
    parameters = [{"name": name, "default": default} for name, default in defaults.items()]
    saved = save(yuki, parameters=parameters)
    assert [one["kind"] for one in saved["parameters"]] == ["number", "date", "text", "yes-no", "text"]


def test_a_change_keeps_what_it_does_not_name_and_null_removes_the_chart(yuki: Visitor) -> None:
    saved = save(yuki, "Before", chart=CHART, parameters=PARAMETERS)
    at = f"/queries/{saved['id']}"
    changed = done(yuki.patch(at, json={"version": 1, "name": "After"}))
    assert changed == saved | {"name": "After", "version": 2, "modified_at": changed["modified_at"]}
    assert changed["modified_at"] > saved["modified_at"]
    assert done(yuki.patch(at, json={"version": 2, "chart": None}))["chart"] is None
    assert done(yuki.get(at))["version"] == 3


def test_a_stale_edit_is_refused_with_the_present_query(api: Api, yuki: Visitor) -> None:
    saved = save(yuki)
    at = f"/queries/{saved['id']}"
    present = done(yuki.patch(at, json={"version": 1, "sql": "SELECT 2"}))
    answer = yuki.patch(at, json={"version": 1, "sql": "SELECT 3"})
    assert (answer.status_code, answer.json()["error"]) == (409, "StaleVersion")
    assert answer.json()["current"] == present == done(yuki.get(at))


def test_of_two_edits_at_once_one_is_stale(yuki: Visitor) -> None:
    at = f"/queries/{save(yuki)['id']}"
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda n: yuki.patch(at, json={"version": 1, "name": f"Name {n}"}), range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]


def test_what_stops_being_shared_is_no_longer_there_for_others(yuki: Visitor, omar: Visitor) -> None:
    saved = save(yuki, "Shared for a while", is_shared=True)
    done(yuki.patch(f"/queries/{saved['id']}", json={"version": 1, "is_shared": False}))
    assert omar.get(f"/queries/{saved['id']}").status_code == 404
    assert "Shared for a while" not in names(omar)


def test_nobody_keeps_more_than_the_limit(api: Api, newcomer: Visitor) -> None:
    api.sql(
        "INSERT INTO saved_query (owner_id, name, description, sql, parameters, is_shared) "
        "SELECT %s, 'Q' || n, '', 'SELECT 1', '[]', false FROM generate_series(1, %s) AS n",
        newcomer.person_id,
        MOST_KEPT - 1,
    )
    with ThreadPoolExecutor(4) as pool:
        new = {"name": "One more", "sql": "SELECT 1"}
        answers = list(pool.map(lambda _: newcomer.post("/queries", json=new), range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert any(f"You keep {MOST_KEPT} saved queries" in answer.text for answer in answers)
    assert len(names(newcomer, whose="mine")) == MOST_KEPT


def test_a_post_that_is_sent_again_saves_one(newcomer: Visitor) -> None:
    for path, body in (
        ("/queries?whose=mine", {"name": "Once", "sql": "SELECT 1"}),
        ("/queries/history", {"sql": "SELECT 1", "state": "failed", "elapsed_ms": 1}),
    ):
        first, second = (newcomer.post(path, json=body, headers={"Idempotency-Key": f"k{path}"}) for _ in range(2))
        assert done(first, 201) == done(second, 201)
        assert len(newcomer.get(path).json()["items"]) == 1


BAD: list[tuple[dict[str, Any], str]] = [
    ({"name": ""}, "body.name"),
    ({"name": "\u200b"}, "body.name"),
    ({"name": "x" * 101}, "body.name"),
    ({"name": None}, "body.name"),
    ({"description": "x" * 2001}, "body.description"),
    ({"sql": ""}, "body.sql"),
    ({"sql": " \n\t"}, "body.sql"),
    ({"sql": "x" * 100_001}, "body.sql"),
    ({"sql": "SELECT '\x00'"}, "body.sql"),
    ({"sql": None}, "body.sql"),
    ({"is_shared": "perhaps"}, "body.is_shared"),
    ({"is_shared": None}, "body.is_shared"),
    ({"chart": {"mark": "Bar!", "x": "a", "y": "b"}}, "body.chart.mark"),
    ({"chart": {"mark": "bar", "x": "a"}}, "body.chart.y"),
    ({"chart": {"mark": "bar", "x": "a\x00", "y": "b"}}, "body.chart.x"),
    ({"parameters": [{"name": "1a"}]}, "body.parameters.0.name"),
    ({"parameters": [{"name": "a", "kind": "colour"}]}, "body.parameters.0.kind"),
    ({"parameters": [{"name": "a", "kind": "date", "default": "soon"}]}, "body.parameters.0"),
    ({"parameters": [{"name": "a", "kind": "number", "default": True}]}, "body.parameters.0"),
    ({"parameters": [{"name": "a", "default": "x\x00"}]}, "body.parameters.0"),
    ({"parameters": [{"name": "a"}, {"name": "A"}]}, "body.parameters"),
    ({"parameters": [{"name": f"p{number}"} for number in range(21)]}, "body.parameters"),
    ({"parameters": None}, "body.parameters"),
    ({"owner": 1}, "body.owner"),
]


@pytest.mark.parametrize(("wrong", "field"), BAD, ids=lambda value: str(value)[:40])
def test_bad_input_names_its_field_and_changes_nothing(yuki: Visitor, wrong: dict[str, Any], field: str) -> None:
    saved = save(yuki)
    before = len(names(yuki, whose="mine"))
    for answer in (
        yuki.post("/queries", json={"name": "New", "sql": "SELECT 1", **wrong}),
        yuki.patch(f"/queries/{saved['id']}", json={"version": 1, **wrong}),
    ):
        assert answer.status_code == 422
        assert answer.json()["fields"][0]["name"].startswith(field)
    assert done(yuki.get(f"/queries/{saved['id']}")) == saved
    assert len(names(yuki, whose="mine")) == before
    yuki.delete(f"/queries/{saved['id']}")


@pytest.mark.parametrize("default", ["NaN", "Infinity", "-Infinity", "1e400"])
def test_a_number_that_the_database_cannot_hold_is_refused(yuki: Visitor, default: str) -> None:
    body = f'{{"name": "n", "sql": "SELECT 1", "parameters": [{{"name": "a", "default": {default}}}]}}'
    answer = yuki.post("/queries", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422


def test_every_default_that_the_contract_takes_is_one_that_the_database_holds(yuki: Visitor) -> None:
    defaults = [2**63 - 1, -(2**63) + 1, 1e308, 5e-324, "\U0001f6d7", ""]
    parameters = [{"name": f"p{number}", "default": default} for number, default in enumerate(defaults)]
    saved = save(yuki, parameters=parameters)
    read = SavedQueryCreate.model_validate({"name": "x", "sql": "y", "parameters": saved["parameters"]})
    assert [one.default for one in read.parameters] == defaults


# -- the history ---------------------------------------------------------------------------------------------------


def test_the_history_is_its_persons_alone(newcomer: Visitor, yuki: Visitor, admin: Visitor) -> None:
    first = run(newcomer, f"SELECT '{SECRET}'")
    second = run(newcomer, "SELECT 2", state="cancelled", rows=None)
    assert newcomer.walk("/queries/history", limit=1) == [second, first]
    for other in (yuki, admin):
        assert SECRET not in str(other.walk("/queries/history"))
        assert other.delete("/queries/history").status_code == 204
    assert len(newcomer.walk("/queries/history")) == 2
    assert newcomer.delete("/queries/history").status_code == 204
    assert newcomer.walk("/queries/history") == []


def test_old_lines_are_forgotten(api: Api, newcomer: Visitor, yuki: Visitor) -> None:
    yukis = run(yuki)
    api.sql(
        "INSERT INTO query_run (person_id, sql, state, elapsed_ms) "
        "SELECT %s, 'SELECT ' || n, 'done', 1 FROM generate_series(1, %s) AS n",
        newcomer.person_id,
        MOST_RUNS + 20,
    )
    run(newcomer, "SELECT 'last'")
    kept = [line["sql"] for line in newcomer.walk("/queries/history", limit=150)]
    assert kept[0] == "SELECT 'last'"
    assert kept[-1] == "SELECT 22"
    assert len(kept) == MOST_RUNS
    assert yukis in yuki.walk("/queries/history")


def test_long_texts_are_forgotten_earlier(newcomer: Visitor) -> None:
    for _ in range(12):
        run(newcomer, "x" * 100_000)
    assert len(newcomer.walk("/queries/history")) == 10


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"sql": " "}, "body.sql"),
        ({"sql": "x" * 100_001}, "body.sql"),
        ({"state": "running"}, "body.state"),
        ({"elapsed_ms": -1}, "body.elapsed_ms"),
        ({"elapsed_ms": 1e13}, "body.elapsed_ms"),
        ({"rows": -1}, "body.rows"),
        ({"rows": 2**63}, "body.rows"),
        ({"ran_at": "2020-01-01T00:00:00Z"}, "body.ran_at"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_bad_line_is_refused(yuki: Visitor, wrong: dict[str, Any], field: str) -> None:
    before = yuki.walk("/queries/history")
    line = {"sql": "SELECT 1", "state": "done", "elapsed_ms": 1, **wrong}
    answer = yuki.post("/queries/history", json=line)
    assert answer.status_code == 422
    assert answer.json()["fields"][0]["name"] == field
    assert yuki.walk("/queries/history") == before


# -- privacy -------------------------------------------------------------------------------------------------------


def test_the_change_feed_names_the_columns_and_holds_no_text(api: Api, newcomer: Visitor) -> None:
    saved = save(newcomer, f"A {SECRET}", sql=f"SELECT '{SECRET}'", description=SECRET)
    run(newcomer, f"SELECT '{SECRET}'")
    at = f"/queries/{saved['id']}"
    update = {"version": 1, "sql": f"SELECT '{SECRET} 2'", "name": f"The {SECRET}", "is_shared": True}
    done(newcomer.patch(at, json=update))
    newcomer.delete(at)
    lines = api.sql(
        "SELECT op, row_to_json(change)::text FROM change WHERE table_name = 'saved_query' AND row_id = %s ORDER BY id",
        saved["id"],
    )
    assert [op for op, _ in lines] == ["insert", "update", "delete"]
    assert SECRET not in str(lines)
    assert '"sql"' in lines[1][1]
    assert api.sql("SELECT 1 FROM change WHERE table_name = 'query_run'") == []
