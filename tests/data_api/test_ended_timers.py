"""Timers that their owners cannot stop any more, or have forgotten: what is counted, and what is said of it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from data_api.background.timers import stop_timers
from data_api.kit.database import Database
from tests.support import rows
from tests.support.api import Api, Visitor, done, running_api
from tests.support.issuer import enter, issuing

ZONE = ZoneInfo("Pacific/Auckland")
WORKS = ["tickets:report", "tickets:read-shared", "tickets:read-all", "people:read", "tickets:work"]
READS = WORKS[:-1]
Act = Callable[[Visitor, Visitor], object]


@pytest.fixture
def stop(module_database_url: str) -> Iterator[Callable[[timedelta | None], None]]:
    """Stops what the regular work in the background stops."""
    database = Database(module_database_url)
    yield lambda longest: stop_timers(database, ZONE, longest)
    database.forget_connections()


@pytest.fixture
def tickets(student: Visitor) -> tuple[int, int]:
    return student.report()["id"], student.report()["id"]


def time_two(api: Api, visitor: Visitor, tickets: tuple[int, int], ago: str = "10 minutes") -> None:
    """The visitor has paused one timer at 90 seconds, and started another one so long ago."""
    for ticket in tickets:
        done(visitor.post(f"/tickets/{ticket}/timer", json={"action": "start"}))
    of = "WHERE person_id = %s AND ticket_id = %s"
    api.sql(f"UPDATE timer SET worked = '90 seconds' {of}", visitor.person_id, tickets[0])
    started = "last_started_at = clock_timestamp() - %s::interval"
    api.sql(f"UPDATE timer SET worked = '5 seconds', {started} {of}", ago, visitor.person_id, tickets[1])


def entries_of(api: Api, visitor: Visitor) -> dict[int, tuple[int, str | None, bool]]:
    found = api.sql(
        "SELECT ticket_id, seconds, stopped_because, is_unconfirmed FROM time_entry WHERE person_id = %s",
        visitor.person_id,
    )
    return {row[0]: row[1:] for row in found}


def timers_of(api: Api, visitor: Visitor) -> list[int]:
    return [row[0] for row in api.sql("SELECT ticket_id FROM timer WHERE person_id = %s", visitor.person_id)]


def give(admin: Visitor, visitor: Visitor, roles: list[str]) -> None:
    version = done(admin.get(f"/people/{visitor.person_id}"))["version"]
    done(admin.patch(f"/people/{visitor.person_id}", json={"version": version, "roles": roles}))


def with_made_role(admin: Visitor, visitor: Visitor) -> dict[str, Any]:
    role = {"name": f"Works {visitor.person_id}", "permissions": WORKS}
    made: dict[str, Any] = done(admin.post("/roles", json=role), 201)
    give(admin, visitor, [made["slug"]])
    return made


def change_made_role(admin: Visitor, visitor: Visitor) -> None:
    (slug,) = done(visitor.get("/me"))["roles"]
    version = done(admin.get(f"/roles/{slug}"))["version"]
    done(admin.patch(f"/roles/{slug}", json={"version": version, "permissions": READS}))


def delete_made_role(admin: Visitor, visitor: Visitor) -> None:
    (slug,) = done(visitor.get("/me"))["roles"]
    done(admin.delete(f"/roles/{slug}", params={"people_to": "student"}), 204)


ENDS: dict[str, tuple[str, Act]] = {
    "deactivated": (
        "deactivated",
        lambda admin, visitor: done(admin.post(f"/people/{visitor.person_id}/deactivate")),
    ),
    "another role": ("role", lambda admin, visitor: give(admin, visitor, ["student"])),
    "a role that permits less": ("role", change_made_role),
    "a role that is deleted": ("role", delete_made_role),
}


@pytest.mark.parametrize("way", ENDS)
def test_whose_access_ends_has_no_timer_any_more(api: Api, admin: Visitor, tickets: tuple[int, int], way: str) -> None:
    because, end = ENDS[way]
    visitor, other = api.enter("agent", f"Ends by {way}"), api.enter("agent", f"Stays beside {way}")
    with_made_role(admin, visitor)
    for one in (visitor, other):
        time_two(api, one, tickets)
    end(admin, visitor)
    assert timers_of(api, visitor) == []
    found = entries_of(api, visitor)
    assert found[tickets[0]] == (90, because, False), "paused"
    seconds, *rest = found[tickets[1]]
    assert rest == [because, False]
    assert 605 <= seconds < 665
    assert len(timers_of(api, other)) == 2
    told = done(other.get(f"/tickets/{tickets[0]}/time"))["items"]
    assert [one["stopped_because"] for one in told if one["person"]["id"] == visitor.person_id] == [because]


def test_what_does_not_end_access_stops_no_timer(api: Api, admin: Visitor, tickets: tuple[int, int]) -> None:
    visitor = api.enter("agent", "Goes on")
    time_two(api, visitor, tickets)
    give(admin, visitor, ["manager", "student"])
    role = with_made_role(admin, visitor)
    renamed = {"version": role["version"], "permissions": [*WORKS, "analyses:read"]}
    done(admin.patch(f"/roles/{role['slug']}", json=renamed))
    assert len(timers_of(api, visitor)) == 2


def test_groups_of_the_provider_that_take_the_role_stop_the_timer(module_database_url: str) -> None:
    who = {"sub": "timed", "email": "timed@example.edu"}
    with (
        issuing() as issuer,
        running_api(module_database_url, **issuer.settings(LODGE_OIDC_ROLES="staff:agent")) as desk,
    ):
        person = done(enter(desk, issuer, **who, groups=["staff"]), 201)["person"]["id"]
        desk.sql(
            "INSERT INTO timer (person_id, ticket_id, is_running, last_started_at, worked) "
            "VALUES (%s, %s, true, now() - interval '1 minute', '0')",
            person,
            rows.ticket(desk, requester_id=person),
        )
        done(enter(desk, issuer, **who, groups=[]), 201)
        assert desk.sql("SELECT count(*) FROM timer WHERE person_id = %s", person) == [(0,)]
        found = desk.sql("SELECT seconds / 10, stopped_because FROM time_entry WHERE person_id = %s", person)
        assert found == [(6, "role")]


def test_who_lost_access_by_another_way_is_found_later(
    api: Api, tickets: tuple[int, int], stop: Callable[[timedelta | None], None]
) -> None:
    """Such as by a statement in the database, or in the moment of a start."""
    visitor = api.enter("agent", "By another way")
    time_two(api, visitor, tickets)
    api.sql("UPDATE person SET deactivated_at = now() WHERE id = %s", visitor.person_id)
    stop(None)
    assert timers_of(api, visitor) == []
    assert {because for _, because, _ in entries_of(api, visitor).values()} == {"deactivated"}


def test_a_forgotten_timer_is_stopped_at_the_limit_and_its_owner_asked(
    api: Api, tickets: tuple[int, int], stop: Callable[[timedelta | None], None]
) -> None:
    visitor, paused, running = api.enter("agent", "Forgets"), *tickets
    time_two(api, visitor, tickets, "30 hours")
    for longest in (None, timedelta(hours=31)):
        stop(longest)
        assert len(timers_of(api, visitor)) == 2
    started = api.sql("SELECT last_started_at FROM timer WHERE ticket_id = %s", running)[0][0]
    stop(timedelta(hours=12))
    assert timers_of(api, visitor) == [paused]
    assert entries_of(api, visitor) == {running: (12 * 3600 + 5, "limit", True)}
    mine = done(visitor.get("/me/timer"))
    assert mine["running"] is None
    (entry,) = mine["unconfirmed"]
    assert (entry["ticket_id"], entry["ticket_title"]) == (running, "The lift is stuck.")
    assert entry["day"] == started.astimezone(ZONE).date().isoformat()

    at = f"/time/{entry['id']}"
    right = done(visitor.patch(at, json={"version": 1}))
    assert (right["is_unconfirmed"], right["version"], right["stopped_because"]) == (False, 1, "limit")
    assert done(visitor.get("/me/timer"))["unconfirmed"] == []
    api.sql("UPDATE time_entry SET is_unconfirmed = true WHERE id = %s", entry["id"])
    corrected = done(visitor.patch(at, json={"version": 1, "minutes": 50}))
    assert (corrected["is_unconfirmed"], corrected["minutes"]) == (False, 50)
