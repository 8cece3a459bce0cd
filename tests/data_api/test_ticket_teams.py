"""The team in whose queue a ticket is: who puts it there, what the history says, and what becomes of it when the team
is deleted."""

from http import HTTPStatus
from typing import Any, LiteralString

import httpx
import psycopg
import pytest

from contracts.people import Permission
from data_api.lists import moving
from tests.support import rows
from tests.support.api import Api, Visitor, done
from tests.support.matrix import by_made_role
from tests.support.meanwhile import held_up

IDLE: LiteralString = (
    # Who has locked or written something; a reader of the change feed is idle for a moment too.
    "SELECT query FROM pg_stat_activity WHERE state = 'idle in transaction' AND backend_xid IS NOT NULL AND pid <> %s "
    "AND datname = current_database()"
)


@pytest.fixture(autouse=True, scope="module")
def _teams(api: Api) -> None:
    for name in ("Porters", "Gardeners"):
        rows.team(api, name)


def history(visitor: Visitor, ticket: int) -> list[tuple[str | None, str | None]]:
    """The changes of the team, the oldest first."""
    items = done(visitor.get(f"/tickets/{ticket}/history"))["items"]
    return [(line["from"], line["to"]) for line in items if line["kind"] == "team"]


def named(answer: httpx.Response) -> str:
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY, answer.text
    return str(answer.json()["fields"][0]["name"])


def test_staff_put_a_ticket_into_a_team_and_out_of_it(agent: Visitor, student: Visitor) -> None:
    ticket = agent.report(team="porters")["id"]
    assert agent.read(ticket)["team"] == student.read(ticket)["team"] == "porters"
    assert agent.edit(ticket, team="gardeners")["team"] == "gardeners"
    assert agent.edit(ticket, team="gardeners")["version"] == 2, "the same again changes nothing"
    assert agent.edit(ticket, team=None)["team"] is None
    assert history(agent, ticket) == [(None, "porters"), ("porters", "gardeners"), ("gardeners", None)]


def test_team_and_assignee_leave_each_other_alone(api: Api, agent: Visitor) -> None:
    (team,) = api.sql("SELECT id FROM team WHERE slug = 'gardeners'")[0]
    gardener = api.enter("agent", "Gus Green")
    api.sql("UPDATE person SET team_id = %s WHERE id = %s", team, gardener.person_id)
    ticket = agent.report(team="porters")["id"]
    changed = agent.edit(ticket, assignee=gardener.person_id)
    assert (changed["team"], changed["assignee"]["name"]) == ("porters", "Gus Green")
    changed = agent.edit(ticket, team="gardeners")
    assert (changed["team"], changed["assignee"]["name"]) == ("gardeners", "Gus Green")
    both = agent.edit(ticket, team="porters", assignee=None)
    assert (both["team"], both["assignee"]) == ("porters", None)


def test_others_do_not(student: Visitor) -> None:
    new = student.post("/tickets", json={"description": "The lift is stuck.", "team": "porters"})
    assert (new.status_code, new.json()["error"]) == (HTTPStatus.FORBIDDEN, "NotPermitted")
    ticket = student.report()
    assert "team" not in ticket["editable"]
    answer = student.patch(f"/tickets/{ticket['id']}", json={"version": 1, "team": "porters"})
    assert answer.status_code == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("team", ["gone", "none", "my-team", "Porters", "", 1, ["porters"]], ids=str)
def test_a_team_that_is_none_is_named(agent: Visitor, team: Any) -> None:
    ticket = agent.report()["id"]
    assert named(agent.post("/tickets", json={"description": "x", "team": team})) == "body.team"
    assert named(agent.patch(f"/tickets/{ticket}", json={"version": 1, "team": team})) == "body.team"
    assert agent.read(ticket)["version"] == 1


@pytest.mark.parametrize("new", [{"name": "My team"}, {"name": "None"}, {"name": "Ours", "slug": "none"}], ids=str)
def test_no_team_is_called_as_the_filters_words(admin: Visitor, new: dict[str, str]) -> None:
    assert named(admin.post("/teams", json=new)) == "body.slug"


def test_the_view_my_team_is_its_queue(api: Api, agent: Visitor) -> None:
    """Also what nobody has, and not what its people have elsewhere."""
    team = rows.team(api, "Night Shift")
    api.sql("UPDATE person SET team_id = %s WHERE id = %s", team, agent.person_id)
    free, elsewhere = agent.report(team="night-shift")["id"], agent.report(assignee=agent.person_id)["id"]
    closed = rows.ticket(api, status="closed", team_id=team)
    view = next(one for one in done(agent.get("/views"))["items"] if one["slug"] == "my-team")
    found = agent.list_ids(**view["query"])
    assert found == [free]
    assert not {elsewhere, closed} & set(found)


def test_a_team_opens_no_confidential_ticket(api: Api, agent: Visitor, student: Visitor) -> None:
    team = rows.team(api, "Counsellors")
    api.sql("UPDATE person SET team_id = %s WHERE id = %s", team, agent.person_id)
    secret = student.report(is_confidential=True)["id"]
    api.sql("UPDATE ticket SET team_id = %s WHERE id = %s", team, secret)
    assert agent.get(f"/tickets/{secret}").status_code == HTTPStatus.NOT_FOUND
    assert agent.list_ids(team="counsellors") == []


# -- deleting a team -----------------------------------------------------------------------------------------------


@pytest.fixture
def going(api: Api, admin: Visitor) -> list[int]:
    """An open and a closed ticket of the team Going, in which nobody is."""
    team = rows.team(api, "Going")
    return [rows.ticket(api, team_id=team, requester_id=admin.person_id, status=one) for one in ("open", "closed")]


def delete(admin: Visitor, **where: str) -> httpx.Response:
    return admin.delete("/teams/going", params=where)


@pytest.mark.parametrize(("to", "team"), [("porters", "porters"), ("none", None)])
def test_its_tickets_go_where_it_is_said(admin: Visitor, going: list[int], to: str, team: str | None) -> None:
    before = [admin.read(ticket) for ticket in going]
    assert delete(admin, tickets_to=to).status_code == HTTPStatus.NO_CONTENT
    for ticket, was in zip(going, before, strict=True):
        now = admin.read(ticket)
        assert (now["team"], now["version"], now["modified_at"]) == (team, was["version"] + 1, was["modified_at"])
        assert history(admin, ticket) == [("going", team)]


def test_its_tickets_go_with_its_people_unless_another_team_is_said(api: Api, admin: Visitor, going: list[int]) -> None:
    person = rows.person(api, "Goes along", "agent", team_id=api.sql("SELECT id FROM team WHERE slug = 'going'")[0][0])
    assert delete(admin, people_to="porters").status_code == HTTPStatus.NO_CONTENT
    assert {admin.read(ticket)["team"] for ticket in going} == {"porters"}
    team = rows.team(api, "Going")
    api.sql("UPDATE person SET team_id = %s WHERE id = %s", team, person)
    api.sql("UPDATE ticket SET team_id = %s WHERE id = %s", team, going[0])
    assert delete(admin, people_to="porters", tickets_to="gardeners").status_code == HTTPStatus.NO_CONTENT
    assert admin.read(going[0])["team"] == "gardeners"
    assert done(admin.get(f"/people/{person}"))["team"]["slug"] == "porters"


def test_without_a_place_for_them_it_stays(api: Api, admin: Visitor, going: list[int]) -> None:
    refused = delete(admin)
    assert (refused.status_code, refused.json()["error"]) == (HTTPStatus.CONFLICT, "StillInUse")
    assert refused.json()["detail"] == "Going has tickets; say with tickets_to which team they go to, or none."
    for nowhere in ("nowhere", "going"):
        assert named(delete(admin, tickets_to=nowhere)) == "query.tickets_to"
    assert {admin.read(ticket)["team"] for ticket in going} == {"going"}
    api.sql("DELETE FROM ticket WHERE id = ANY (%s)", going)
    assert delete(admin).status_code == HTTPStatus.NO_CONTENT


def test_what_comes_into_it_meanwhile_goes_along(api: Api, admin: Visitor, agent: Visitor, going: list[int]) -> None:
    """A ticket that is put into the team while it is being deleted is moved too."""
    ticket = agent.report()["id"]
    with psycopg.connect(api.database_url) as other:
        other.execute("UPDATE ticket SET team_id = (SELECT id FROM team WHERE slug = 'going') WHERE id = %s", [ticket])
        with held_up(api, lambda: delete(admin, tickets_to="none"), other) as answers:
            pass
    assert answers[0].status_code == HTTPStatus.NO_CONTENT
    assert [history(admin, one) for one in (ticket, *going)] == [[("going", None)]] * 3


def test_they_move_in_steps_while_others_are_changed(
    api: Api, admin: Visitor, going: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """While they move, the turn of people and roles is free, and no transaction is left idle. Somebody who locks the
    history holds up the first step."""
    monkeypatch.setattr(moving, "AT_ONCE", 1)
    person = rows.person(api, "Changed meanwhile")
    with psycopg.connect(api.database_url) as other:
        other.execute("LOCK TABLE ticket_event IN SHARE MODE")
        with held_up(api, lambda: delete(admin, tickets_to="porters"), other) as answers:
            done(admin.patch(f"/people/{person}", json={"version": 1, "capacity": 3}))
            assert api.sql(IDLE, other.info.backend_pid) == []
    assert answers[0].status_code == HTTPStatus.NO_CONTENT
    assert [history(admin, ticket) for ticket in going] == [[("going", "porters")]] * 2
    told = api.sql("SELECT DISTINCT actor_id FROM change WHERE table_name = 'ticket' AND row_id = ANY (%s)", going)
    assert (admin.person_id,) in told, "the change feed knows who moved them"


def test_nobody_hands_on_confidential_tickets_unread(api: Api, admin: Visitor) -> None:
    """Deleting a team gives its rules to another one, whose people would then become readers."""
    keeper = by_made_role(Permission.TICKETS_REPORT, Permission.TEAMS_MANAGE)(api, "Keeper of teams")
    team, person = rows.team(api, "Counsel"), rows.person(api, "Counsellor", "agent")
    api.sql("UPDATE person SET team_id = %s WHERE id = %s", team, person)
    rule = {"name": "Private", "team": "counsel", "confidential": "only"}
    made = done(admin.post("/assignment-rules", json=rule), 201)
    empty = rows.team(api, "Empty")
    refused = keeper.delete("/teams/counsel", params={"people_to": "porters"})
    assert (refused.status_code, refused.json()["error"]) == (HTTPStatus.FORBIDDEN, "NotPermitted")
    assert refused.json()["detail"].startswith("Counsel gets confidential tickets by assignment rule ")
    assert keeper.delete("/teams/empty", params={"people_to": "counsel"}).status_code == HTTPStatus.FORBIDDEN
    assert api.sql("SELECT count(*) FROM team WHERE id = ANY (%s)", [team, empty]) == [(2,)]
    assert admin.delete("/teams/counsel", params={"people_to": "porters"}).status_code == HTTPStatus.NO_CONTENT
    assert done(admin.get("/assignment-rules"))["items"][-1]["team"]["slug"] == "porters"
    assert admin.delete(f"/assignment-rules/{made['id']}").status_code == HTTPStatus.NO_CONTENT
