"""People are changed and deactivated by those who may do as much as they."""

import json
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier
from typing import Any

import pytest

from tests.support import rows
from tests.support.api import Api, Visitor, done, running_api
from tests.support.live import Stream, listen
from tests.support.passwords import add_password

NUMBERS = count(1)


@pytest.fixture
def person(api: Api) -> Visitor:
    """A student whom only this test knows."""
    return api.enter("student", f"Managed {next(NUMBERS)}")


@pytest.fixture(scope="module")
def manager(api: Api) -> Visitor:
    return api.enter("manager", "Mara Manages")


def details(admin: Visitor, person: Visitor) -> dict[str, Any]:
    return done(admin.get(f"/people/{person.person_id}"))


def change(by: Visitor, person: Visitor, **fields: Any) -> Any:
    """Sends a change with the present version, as its reader knows it."""
    version = by.get(f"/people/{person.person_id}").json()["version"]
    return by.patch(f"/people/{person.person_id}", json={"version": version, **fields})


def ends(stream: Stream) -> bool:
    """Whether the stream ends, after what it may still tell of earlier changes."""
    while stream.next() is not None:
        pass
    return True


def test_all_fields_are_changed_and_cleared(admin: Visitor, person: Visitor) -> None:
    team = done(admin.post("/teams", json={"name": f"Team of {person.name}"}), 201)
    fields = {
        "name": "Maria Managed",
        "roles": ["agent", "analyst"],
        "email": " Maria.Managed@Campus.EDU ",
        "team": team["slug"],
        "expertise": ["technical-it", "services-complaints"],
        "capacity": 7,
        "away_from": "2020-01-01",
        "away_until": "9999-12-31",
    }
    told = done(change(admin, person, **fields))
    expected = {
        **fields,
        "email": "maria.managed@campus.edu",
        "team": {"slug": team["slug"], "name": team["name"]},
        "role_names": ["Helpdesk staff", "Data team"],
        "is_away": True,
        "version": 2,
    }
    assert {name: told[name] for name in expected} == {**expected, "expertise": told["expertise"]}
    assert set(told["expertise"]) == set(fields["expertise"])
    assert details(admin, person) == told
    empty = dict.fromkeys(["email", "team", "capacity", "away_from", "away_until"])
    cleared = done(change(admin, person, **empty, expertise=[]))
    assert {name: cleared[name] for name in empty} == empty
    assert (cleared["expertise"], cleared["is_away"], cleared["name"]) == ([], False, "Maria Managed")


def test_a_stale_change_is_refused_with_the_present_person(admin: Visitor, person: Visitor) -> None:
    done(change(admin, person, capacity=3))
    answer = admin.patch(f"/people/{person.person_id}", json={"version": 1, "capacity": 4})
    assert (answer.status_code, answer.json()["error"]) == (409, "StaleVersion")
    assert answer.json()["current"] == details(admin, person)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"name": None}, "body.name"),
        ({"roles": []}, "body.roles"),
        ({"roles": ["nobody"]}, "body.roles"),
        ({"email": "nobody"}, "body.email"),
        ({"email": "a b@c.de"}, "body.email"),
        ({"email": "a\u0007@c.de"}, "body.email"),
        ({"email": "a\u200bb@c.de"}, "body.email"),
        ({"email": "a\u0000@c.de"}, "body.email"),
        ({"email": "a@" + "x" * 253}, "body.email"),
        ({"team": "nowhere"}, "body.team"),
        ({"expertise": ["nothing"]}, "body.expertise"),
        ({"expertise": None}, "body.expertise"),
        ({"capacity": -1}, "body.capacity"),
        ({"capacity": 10**9}, "body.capacity"),
        ({"away_from": "soon"}, "body.away_from"),
        ({"away_from": "2026-02-02", "away_until": "2026-02-01"}, "body"),
        ({"deactivated_at": None}, "body.deactivated_at"),
        ({"version": 0}, "body.version"),
    ],
    ids=str,
)
def test_a_wrong_change_is_refused_and_the_field_named(
    admin: Visitor, person: Visitor, fields: dict[str, Any], named: str
) -> None:
    before = details(admin, person)
    answer = change(admin, person, **fields)
    assert answer.status_code == 422
    assert answer.json()["fields"][0]["name"] == named
    assert details(admin, person) == before


def test_an_absence_cannot_end_before_it_begins_in_two_changes(admin: Visitor, person: Visitor) -> None:
    done(change(admin, person, away_from="2026-02-02"))
    assert change(admin, person, away_until="2026-02-01").json()["fields"][0]["name"] == "body.away_until"


def test_a_mail_address_is_one_persons_whatever_its_case(api: Api, admin: Visitor, person: Visitor) -> None:
    done(change(admin, person, email="one@campus.edu"))
    other = api.enter("student", f"Managed {next(NUMBERS)}")
    answer = change(admin, other, email="ONE@campus.edu")
    assert (answer.status_code, answer.json()["error"]) == (409, "EmailTaken")
    added = admin.post("/people", json={"name": "Third", "email": "One@Campus.edu"})
    assert (added.status_code, added.json()["error"]) == (409, "EmailTaken")
    done(change(admin, person, email="One@campus.edu", name="Still One"))


def test_who_knows_about_a_merged_category_knows_about_the_other(admin: Visitor, person: Visitor) -> None:
    for name in ("Taps", "Drains"):
        done(admin.post("/categories", json={"name": name}), 201)
    done(change(admin, person, expertise=["taps", "technical-it"]))
    done(admin.post("/categories/taps/merge", json={"into": "drains"}))
    assert set(details(admin, person)["expertise"]) == {"drains", "technical-it"}
    assert admin.delete("/categories/drains").status_code == 204
    assert details(admin, person)["expertise"] == ["technical-it"]


# -- whom one may change, and how ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"roles": ["admin"]}, 403),
        ({"roles": ["student", "admin"]}, 403),
        ({"roles": ["manager"]}, 200),
        ({"roles": ["agent", "analyst"]}, 200),
    ],
    ids=str,
)
def test_nobody_gives_a_role_that_permits_more_than_they_may(
    manager: Visitor, person: Visitor, fields: dict[str, Any], status: int
) -> None:
    assert change(manager, person, **fields).status_code == status


def test_nobody_gives_themselves_more(manager: Visitor) -> None:
    assert change(manager, manager, roles=["admin"]).status_code == 403
    assert change(manager, manager, roles=["manager", "admin"]).status_code == 403
    assert done(manager.get("/me"))["roles"] == ["manager"]


@pytest.mark.parametrize("fields", [{"email": "mine@evil.example"}, {"roles": ["student"]}, {"name": "Fool"}], ids=str)
def test_nobody_changes_who_may_do_more_than_they(admin: Visitor, manager: Visitor, fields: dict[str, Any]) -> None:
    """With a mail address of one's own, one could take over an administrator's account."""
    before = details(admin, admin)
    assert change(manager, admin, **fields).status_code == 403
    assert manager.post(f"/people/{admin.person_id}/deactivate").status_code == 403
    assert details(admin, admin) == before


@pytest.mark.parametrize("role", ["agent", "analyst", "student"])
def test_others_change_nobody_and_not_themselves(api: Api, person: Visitor, role: str) -> None:
    visitor = api.enter(role, f"Managed {next(NUMBERS)}")
    for number in (person.person_id, visitor.person_id):
        at = f"/people/{number}"
        assert visitor.patch(at, json={"version": 1, "name": "X"}).status_code == 403
        assert visitor.post(f"{at}/deactivate").status_code == 403
        assert visitor.post(f"{at}/reactivate").status_code == 403
    assert visitor.post("/people/import", json={"people": [{"name": "X"}]}).status_code == 403


def test_nobody_is_changed_who_is_not_there(admin: Visitor) -> None:
    at = "/people/987654321"
    assert admin.get(at).status_code == 404
    assert admin.patch(at, json={"version": 1}).status_code == 404
    assert admin.post(f"{at}/deactivate").status_code == 404


def test_staff_say_no_more_than_a_name_of_whom_they_add(agent: Visitor) -> None:
    for field in ({"email": "x@campus.edu"}, {"capacity": 1}, {"team": "it"}):
        assert agent.post("/people", json={"name": "Caller", **field}).status_code == 403


# -- deactivating --------------------------------------------------------------------------------------------------


def test_who_is_deactivated_is_out_at_once_everywhere(api: Api, admin: Visitor) -> None:
    name = f"Managed {next(NUMBERS)}"
    agent, other_tab = api.enter("agent", name), api.enter("agent", name)
    tickets = [admin.report()["id"] for _ in range(3)]
    for ticket_id in tickets:
        admin.edit(ticket_id, assignee=agent.person_id)
    admin.move(tickets[0], "active", "closed")
    streams = listen(agent, other_tab)
    told = done(admin.post(f"/people/{agent.person_id}/deactivate"))
    assert (told["assigned_tickets"], told["deactivated_at"] is None) == (2, False)
    for stream in streams:
        assert ends(stream)
    assert [visitor.get("/me").status_code for visitor in (agent, other_tab)] == [401, 401]
    entering = api.post("/sessions", json={"role": "agent", "name": name})
    assert (entering.status_code, entering.json()["error"]) == (403, "NotPermitted")
    assert admin.read(tickets[1])["assignee"]["id"] == agent.person_id
    done(admin.post(f"/people/{agent.person_id}/reactivate"))
    assert agent.get("/me").status_code == 401, "an old session stays ended"
    assert api.enter("agent", name).person_id == agent.person_id


def test_who_is_deactivated_in_the_database_is_out_with_valid_sessions(api: Api, person: Visitor) -> None:
    (stream,) = listen(person)
    api.sql("UPDATE person SET deactivated_at = now() WHERE id = %s", person.person_id)
    assert ends(stream)
    assert person.get("/me").status_code == 401


def test_a_role_that_is_changed_ends_the_streams_of_its_people(api: Api, admin: Visitor, person: Visitor) -> None:
    role = done(admin.post("/roles", json={"name": "Listens", "permissions": ["tickets:report"]}), 201)
    done(change(admin, person, roles=["listens"]))
    (stream,) = listen(person)
    # Once it has heard something, it was checked after its beginning, and is not checked again without a reason.
    number = person.report()["id"]
    while (event := stream.next()) is not None and event["ticket_id"] != number:
        pass
    done(admin.patch("/roles/listens", json={"version": role["version"], "permissions": ["sql:run"]}))
    assert ends(stream)


def test_who_is_deactivated_is_nobodys_choice(api: Api, admin: Visitor) -> None:
    agent = api.enter("agent", f"Managed {next(NUMBERS)}")
    ticket = admin.report()
    done(admin.post(f"/people/{agent.person_id}/deactivate"))
    answer = admin.patch(f"/tickets/{ticket['id']}", json={"version": 1, "assignee": agent.person_id})
    assert answer.json()["fields"] == [{"name": "body.assignee", "message": f"{agent.name} was deactivated"}]

    def found(**query: str) -> set[int]:
        return {one["id"] for one in admin.walk("/people", permission="tickets:work", limit=200, **query)}

    assert agent.person_id not in found()
    assert agent.person_id in found(active="false")
    assert agent.person_id in found(active="all")
    assert admin.person_id not in found(active="false")


def test_deactivating_again_and_reactivating_again_change_nothing(admin: Visitor, person: Visitor) -> None:
    at = f"/people/{person.person_id}"
    first, second = (done(admin.post(f"{at}/deactivate")) for _ in range(2))
    assert first == second
    first, second = (done(admin.post(f"{at}/reactivate")) for _ in range(2))
    assert first == second
    headers = {"Idempotency-Key": f"deactivate-{person.person_id}"}
    first, second = (done(admin.post(f"{at}/deactivate", headers=headers)) for _ in range(2))
    assert first == second


def test_nobody_deactivates_themselves(admin: Visitor) -> None:
    answer = admin.post(f"/people/{admin.person_id}/deactivate")
    assert (answer.status_code, answer.json()["error"]) == (409, "OwnDeactivation")


# -- the last administrator ----------------------------------------------------------------------------------------


def test_the_last_administrator_stays_one(database_url: str) -> None:
    with running_api(database_url) as api:
        first, second = api.enter("admin", "First"), api.enter("admin", "Second")
        done(first.post(f"/people/{second.person_id}/deactivate"))
        answer = change(first, first, roles=["manager"])
        assert (answer.status_code, answer.json()["error"]) == (409, "LastAdministrator")
        # Somebody who may do everything by other roles than that of administrators.
        everything = done(first.get("/roles/admin"))["permissions"]
        done(first.post("/roles", json={"name": "Deputy", "permissions": everything}), 201)
        deputy = api.enter("student", "Deputy")
        done(change(first, deputy, roles=["deputy"]))
        answer = deputy.post(f"/people/{first.person_id}/deactivate")
        assert (answer.status_code, answer.json()["error"]) == (409, "LastAdministrator")
        done(first.post(f"/people/{second.person_id}/reactivate"))
        done(change(first, first, roles=["manager"]))


def test_of_administrators_who_deactivate_each_other_at_once_one_stays(database_url: str) -> None:
    with running_api(database_url) as api:
        for attempt in range(5):
            pair = [api.enter("admin", f"{name} {attempt}") for name in ("Left", "Right")]
            api.sql("UPDATE person SET deactivated_at = now() WHERE id <> ALL(%s)", [one.person_id for one in pair])
            barrier = Barrier(2)

            def deactivate(by: Visitor, whom: Visitor, barrier: Barrier = barrier) -> int:
                barrier.wait()
                return by.post(f"/people/{whom.person_id}/deactivate").status_code

            with ThreadPoolExecutor(2) as together:
                statuses = list(together.map(deactivate, pair, reversed(pair)))
            assert sorted(statuses)[0] == 200
            assert sorted(statuses)[1] in (401, 409)
            assert [one.get("/me").status_code for one in pair].count(200) == 1


# -- mail addresses are not for everybody --------------------------------------------------------------------------


def test_mail_addresses_are_told_to_those_who_manage_people_and_to_oneself(
    api: Api, admin: Visitor, manager: Visitor, agent: Visitor, person: Visitor
) -> None:
    address = f"secret.{person.person_id}@campus.edu"
    done(change(admin, person, email=address, name=f"Private {person.person_id}"))
    at = f"/people/{person.person_id}"
    for reader in (admin, manager, person):
        assert done(reader.get(at))["email"] == address
    assert done(agent.get(at))["email"] is None
    for path in ("/people?active=all&limit=200", f"/people?q=private {person.person_id}", f"/people?q={address}"):
        assert address not in agent.get(path).text
        assert address in manager.get(path).text
    assert done(agent.get("/people", params={"q": f"secret.{person.person_id}"}))["items"] == []
    stranger = api.enter("student", f"Managed {next(NUMBERS)}")
    assert stranger.get(at).status_code == 403
    lines = api.sql("SELECT before, after FROM change WHERE table_name = 'person' AND row_id = %s", person.person_id)
    assert "email" in json.dumps(lines)
    assert address not in json.dumps(lines)


@pytest.mark.parametrize("typed", ["100%", "a_b", "x\\y", "@", "%@campus.edu"])
def test_a_search_for_an_address_takes_every_character_as_it_is(admin: Visitor, person: Visitor, typed: str) -> None:
    done(change(admin, person, email=f"x{person.person_id}@campus.edu"))
    found = done(admin.get("/people", params={"q": typed, "limit": 200}))["items"]
    assert all((one["email"] or "").startswith(typed) for one in found)


def test_a_username_is_for_those_who_manage_people_and_for_oneself(api: Api, agent: Visitor, admin: Visitor) -> None:
    name = f"named {next(NUMBERS)}"
    person = api.enter("student", name)
    assert details(admin, person)["username"] is None
    add_password(api, person.person_id, name)
    assert (details(admin, person)["username"], details(agent, person)["username"]) == (name, None)
    assert done(person.get(f"/people/{person.person_id}"))["username"] == name


def test_people_are_found_by_whether_they_have_a_password(api: Api, agent: Visitor, admin: Visitor) -> None:
    known, new = (rows.person(api, f"Wayin {kind}") for kind in ("Known", "New"))
    add_password(api, known, "wayin")

    def found(**query: Any) -> list[int]:
        return [one["id"] for one in done(admin.get("/people", params={"q": "wayin", **query}))["items"]]

    assert (found(has_password=True), found(has_password=False), found()) == ([known], [new], [known, new])
    refused = agent.get("/people", params={"has_password": False})
    assert (refused.status_code, "people:manage" in refused.json()["detail"]) == (403, True)
