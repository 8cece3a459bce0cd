"""Saved views of the queue: who sees and changes them, what they hold, and how many tickets each finds."""

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import pytest

from contracts.tickets import TicketQuery
from contracts.views import BuiltIn, ticket_query, view_query
from data_api.tickets import list_repository
from data_api.views import service
from tests.support import rows
from tests.support.api import Api, Visitor, done

NUMBERS = count(1)
SECRET = "quokka"


@pytest.fixture(autouse=True)
def with_time_to_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_repository, "SECONDS_TO_COUNT", 600.0)


@pytest.fixture
def team(api: Api) -> str:
    """The slug of a team that only this test uses."""
    number = next(NUMBERS)
    rows.team(api, f"Team {number}")
    return f"team-{number}"


@pytest.fixture
def owner(api: Api, team: str) -> Visitor:
    """An agent in the team."""
    return put_into(api, api.enter("agent", f"Owner {team}"), team)


@pytest.fixture
def mate(api: Api, team: str) -> Visitor:
    """Another agent in the team."""
    return put_into(api, api.enter("agent", f"Mate {team}"), team)


def put_into(api: Api, visitor: Visitor, team: str | None) -> Visitor:
    team_id = "UPDATE person SET team_id = (SELECT id FROM team WHERE slug = %s) WHERE id = %s"
    api.sql(team_id, team, visitor.person_id)
    return visitor


def save(visitor: Visitor, name: str = "Heating", **fields: Any) -> dict[str, Any]:
    return done(visitor.post("/views", json={"name": name, **fields}), 201)


def views(visitor: Visitor) -> list[dict[str, Any]]:
    """The saved ones."""
    return [view for view in done(visitor.get("/views"))["items"] if view["id"] is not None]


def counts(visitor: Visitor) -> dict[int | str, Any]:
    return {one["view"]: one["total"] for one in done(visitor.get("/views/counts"))["counts"]}


# -- who may what --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "kind", "expected"),
    [
        ("owner", "private", (True, 200, 204)),
        ("owner", "shared", (True, 200, 204)),
        ("mate", "private", (False, 404, 404)),
        ("mate", "shared", (True, 403, 403)),
        ("agent", "private", (False, 404, 404)),
        ("agent", "shared", (False, 404, 404)),
        ("student", "shared", (False, 404, 404)),
        ("admin", "private", (False, 404, 404)),
        ("admin", "shared", (False, 200, 204)),
        ("owner", "missing", (False, 404, 404)),
        ("admin", "missing", (False, 404, 404)),
    ],
)
def test_who_finds_changes_and_deletes_a_view(
    request: pytest.FixtureRequest, owner: Visitor, team: str, who: str, kind: str, expected: tuple[bool, int, int]
) -> None:
    visitor: Visitor = request.getfixturevalue(who)
    saved = save(owner, f"A {SECRET}", team=team if kind == "shared" else None)
    number = 10**15 if kind == "missing" else saved["id"]
    is_listed, *statuses = expected
    listed = {view["id"]: view for view in views(visitor)}
    assert (number in listed) is (number in counts(visitor)) is is_listed
    if is_listed:
        is_owner = visitor is owner
        told = {"is_mine": is_owner, "may_change": is_owner}
        assert listed[number] == saved | told
    answers = (
        visitor.patch(f"/views/{number}", json={"version": 1, "name": "New"}),
        visitor.delete(f"/views/{number}"),
    )
    assert [answer.status_code for answer in answers] == statuses
    assert SECRET not in "".join(answer.text for answer in answers if answer.status_code >= 400)
    if statuses[0] not in (200, 404):
        assert views(owner) == [saved]


def test_everybody_has_the_built_in_views_first(api: Api, student: Visitor, owner: Visitor) -> None:
    save(owner)
    for visitor in (student, owner):
        found = done(visitor.get("/views"))["items"]
        assert [view["slug"] for view in found[:5]] == list(BuiltIn)
        assert not any(view["may_change"] or view["is_mine"] for view in found[:5])
        assert all(view["slug"] is None for view in found[5:])
    for slug in BuiltIn:
        assert owner.delete(f"/views/{slug}").status_code == 422


def test_whoever_leaves_the_team_no_longer_finds_its_views(api: Api, owner: Visitor, mate: Visitor, team: str) -> None:
    shared = save(owner, team=team)
    assert [view["id"] for view in views(mate)] == [shared["id"]]
    put_into(api, mate, None)
    assert views(mate) == []
    put_into(api, owner, None)
    assert [view["team"]["slug"] for view in views(owner)] == [team]
    assert done(owner.patch(f"/views/{shared['id']}", json={"version": 1, "team": None}))["team"] is None


def test_one_shares_with_ones_own_team_only(api: Api, owner: Visitor, admin: Visitor, team: str) -> None:
    rows.team(api, "Foreign Affairs")
    for slug in ("foreign-affairs", "gone"):
        answer = owner.post("/views", json={"name": "x", "team": slug})
        assert (answer.status_code, answer.json()["fields"][0]["name"]) == (422, "body.team")
    saved = save(owner)
    assert owner.patch(f"/views/{saved['id']}", json={"version": 1, "team": "foreign-affairs"}).status_code == 422
    assert done(owner.patch(f"/views/{saved['id']}", json={"version": 1, "team": team}))["team"]["slug"] == team
    assert save(admin, team="foreign-affairs")["team"] == {"slug": "foreign-affairs", "name": "Foreign Affairs"}


def test_a_view_of_a_deleted_team_is_its_owners_alone(api: Api, owner: Visitor, admin: Visitor, team: str) -> None:
    shared = save(owner, team=team)
    put_into(api, owner, None)
    assert admin.delete(f"/teams/{team}").status_code == 204
    assert views(owner) == [shared | {"team": None}]
    assert admin.delete(f"/views/{shared['id']}").status_code == 404


# -- what it holds -------------------------------------------------------------------------------------------------


def test_everything_that_is_saved_is_there_again(owner: Visitor, mate: Visitor, team: str) -> None:
    query = {"status": ["open", "active"], "sort": ["-last_word"], "followed": ["true"], "room": ["2."]}
    columns = ["title", "last_word", "priority"]
    saved = save(owner, "  Heating ", query=query, columns=columns, is_dense=False, team=team, position=7)
    assert saved == {
        "id": saved["id"],
        "slug": None,
        "name": "Heating",
        "query": query,
        "columns": columns,
        "is_dense": False,
        "team": {"slug": team, "name": team.replace("-", " ").title()},
        "owner": {"id": owner.person_id, "name": owner.name},
        "is_mine": True,
        "may_change": True,
        "version": 1,
        "position": 7,
    }
    assert views(owner) == [saved]
    at = f"/views/{saved['id']}"
    changed = done(owner.patch(at, json={"version": 1, "query": {"q": ["lift"]}}))
    assert changed == saved | {"version": 2, "query": {"q": ["lift"]}}
    stale = owner.patch(at, json={"version": 1, "name": "Late"})
    assert (stale.status_code, stale.json()["current"]) == (409, changed)


def test_own_views_come_before_the_teams_in_their_order(owner: Visitor, mate: Visitor, team: str) -> None:
    theirs = save(mate, "Theirs", team=team, position=0)
    first, second = save(owner, "First"), save(owner, "Second")
    assert [view["name"] for view in views(owner)] == ["First", "Second", "Theirs"]
    assert (first["position"], second["position"], theirs["position"]) == (0, 1, 0)
    done(owner.patch(f"/views/{first['id']}", json={"version": 1, "position": 5}))
    assert [view["name"] for view in views(owner)] == ["Second", "First", "Theirs"]
    assert save(owner, "Last")["position"] == 6


def test_a_query_is_kept_as_the_address_spells_it() -> None:
    query = TicketQuery.model_validate(
        {"status": ["open"], "confidential": True, "opened_after": "2026-02-03T12:00:00+01:00", "reports_at_least": 3}
    )
    kept = view_query(query)
    assert kept == {
        "status": ["open"],
        "confidential": ["true"],
        "opened_after": ["2026-02-03T12:00:00+01:00"],
        "reports_at_least": ["3"],
    }
    assert ticket_query(kept) == query


BAD: list[tuple[dict[str, Any], str]] = [
    ({"name": ""}, "body.name"),
    ({"name": "x" * 101}, "body.name"),
    ({"name": None}, "body.name"),
    ({"query": {"status": ["new"]}}, "body.query"),
    ({"query": {"colour": ["red"]}}, "body.query"),
    ({"query": {"limit": ["5"]}}, "body.query"),
    ({"query": {"cursor": ["x"]}}, "body.query"),
    ({"query": {"room": ["a", "b"]}}, "body.query"),
    ({"query": {"status": "open"}}, "body.query"),
    ({"query": {"q": ["a\x00"]}}, "body.query"),
    ({"query": {"assignee": ["1"] * 51}}, "body.query"),
    ({"query": None}, "body.query"),
    ({"columns": ["title", "title"]}, "body.columns"),
    ({"columns": ["Title"]}, "body.columns"),
    ({"columns": [f"c{number}" for number in range(31)]}, "body.columns"),
    ({"is_dense": None}, "body.is_dense"),
    ({"position": -1}, "body.position"),
    ({"position": 10_001}, "body.position"),
    ({"team": "No Slug"}, "body.team"),
    ({"owner": 1}, "body.owner"),
]


@pytest.mark.parametrize(("wrong", "field"), BAD, ids=lambda value: str(value)[:40])
def test_bad_input_names_its_field_and_changes_nothing(owner: Visitor, wrong: dict[str, Any], field: str) -> None:
    saved = save(owner)
    for answer in (
        owner.post("/views", json={"name": "New", **wrong}),
        owner.patch(f"/views/{saved['id']}", json={"version": 1, **wrong}),
    ):
        assert answer.status_code == 422
        assert answer.json()["fields"][0]["name"].startswith(field)
    assert views(owner) == [saved]


def test_a_wrong_filter_is_named(owner: Visitor) -> None:
    answer = owner.post("/views", json={"name": "x", "query": {"sort": ["title"]}})
    assert "sort: " in answer.json()["fields"][0]["message"]


# -- how many ------------------------------------------------------------------------------------------------------


def test_nobody_keeps_more_than_the_limit(owner: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MOST_OWN", 2)
    save(owner)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: owner.post("/views", json={"name": "One more"}), range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert len(views(owner)) == 2


def test_no_team_shares_more_than_the_limit(
    owner: Visitor, mate: Visitor, team: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_OF_TEAM", 2)
    shared, own = save(owner, team=team), save(mate)
    with ThreadPoolExecutor(4) as pool:
        new = {"name": "One more", "team": team}
        answers = list(pool.map(lambda visitor: visitor.post("/views", json=new), [owner, mate] * 2))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert mate.patch(f"/views/{own['id']}", json={"version": 1, "team": team}).status_code == 409
    # What is shared already stays so.
    assert owner.patch(f"/views/{shared['id']}", json={"version": 1, "team": team}).status_code == 200


def test_a_post_that_is_sent_again_saves_one(owner: Visitor) -> None:
    first, second = (
        owner.post("/views", json={"name": "Once"}, headers={"Idempotency-Key": "view-once"}) for _ in range(2)
    )
    assert done(first, 201) == done(second, 201)
    assert len(views(owner)) == 1


# -- counts --------------------------------------------------------------------------------------------------------


def test_each_view_is_counted_as_its_list_is(api: Api, owner: Visitor, mate: Visitor, team: str) -> None:
    student = api.enter("student", f"Reports to {team}")
    numbers = [student.report(room=f"{team} x")["id"] for _ in range(4)]
    owner.edit(numbers[0], assignee=owner.person_id)
    owner.edit(numbers[1], assignee=mate.person_id, team=team)
    owner.edit(numbers[3], team=team)
    owner.say(numbers[1])
    owner.move(numbers[2], "active", "closed")
    here = save(mate, query={"room": [team]}, team=team)
    found = counts(owner)
    assert (found["mine"], found["my-team"], found[here["id"]]) == (1, 2, 4)
    for view in done(owner.get("/views"))["items"]:
        listed = done(owner.get("/tickets", params={**view["query"], "limit": 1}))
        assert found[view["slug"] or view["id"]] == listed["total"]


def test_a_shared_view_counts_what_its_reader_may_read(api: Api, owner: Visitor, mate: Visitor, team: str) -> None:
    student, outsider = api.enter("student", f"Tells {team}"), put_into(api, api.enter("student", f"Of {team}"), team)
    student.report(room=f"{team} x")
    confidential = student.report(room=f"{team} x", is_confidential=True)["id"]
    rows.watcher(api, confidential, mate.person_id)
    rows.ticket(api, room=f"{team} x", status="closed", requester_id=student.person_id)
    view = save(owner, query={"room": [team]}, team=team)["id"]
    assert [counts(visitor)[view] for visitor in (owner, mate, outsider)] == [2, 3, 1]


def test_counts_that_are_kept_are_those_of_the_permissions_asked_with(api: Api, admin: Visitor, team: str) -> None:
    view = save(admin, query={"room": [f"{team} x"]})["id"]
    for is_confidential in (False, True):
        api.enter("student", f"Of {team}").report(room=f"{team} x", is_confidential=is_confidential)
    token = done(admin.post("/me/tokens", json={"name": team, "permissions": ["tickets:read-all"]}), 201)["token"]
    asked = [admin, api.with_token(admin, token), admin]
    assert [counts(visitor)[view] for visitor in asked] == [2, 1, 2]


def test_what_was_not_counted_in_time_is_counted_next_time(owner: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(list_repository, "SECONDS_TO_COUNT", -1.0)
        assert set(counts(owner).values()) == {None}
    assert None not in counts(owner).values()


def test_counting_stops_at_the_limit_and_says_so(
    owner: Visitor, student: Visitor, team: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_COUNTED", 2)
    view = save(owner, query={"room": [team]})["id"]

    def count_of_view() -> dict[str, Any]:
        return next(one for one in done(owner.get("/views/counts"))["counts"] if one["view"] == view)

    for total, is_capped in ((1, False), (2, False), (2, True), (2, True)):
        student.report(room=team)
        assert count_of_view() == {"view": view, "total": total, "capped": is_capped}


def test_what_cannot_be_counted_in_time_has_no_total(owner: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_repository, "SECONDS_TO_COUNT", -1.0)
    for one in done(owner.get("/views/counts"))["counts"]:
        assert (one["total"], one["capped"]) == (None, True)


def test_a_view_with_a_filter_that_is_no_more_harms_no_other(api: Api, owner: Visitor) -> None:
    old = save(owner, query={"status": ["open"]})["id"]
    api.sql("""UPDATE ticket_view SET query = '{"colour": ["red"]}' WHERE id = %s""", old)
    found = counts(owner)
    assert found.pop(old) is None
    assert None not in found.values()


# -- privacy -------------------------------------------------------------------------------------------------------


def test_the_change_feed_holds_no_text(api: Api, owner: Visitor) -> None:
    saved = save(owner, f"A {SECRET}", query={"q": [SECRET]})
    done(owner.patch(f"/views/{saved['id']}", json={"version": 1, "name": f"The {SECRET}"}))
    owner.delete(f"/views/{saved['id']}")
    lines = api.sql(
        "SELECT op, row_to_json(change)::text FROM change WHERE table_name = 'ticket_view' AND row_id = %s ORDER BY id",
        saved["id"],
    )
    assert [op for op, _ in lines] == ["insert", "update", "delete"]
    assert SECRET not in str(lines)
