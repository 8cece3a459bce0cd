"""Many people are added at once: looked at first, then all or none."""

from itertools import count
from typing import Any

import pytest

from contracts.people import MOST_IMPORTED
from tests.support.api import Api, Visitor, done

NUMBERS = count(1)


@pytest.fixture(scope="module")
def manager(api: Api) -> Visitor:
    return api.enter("manager", "Mara Manages")


@pytest.fixture
def address() -> str:
    return f"import.{next(NUMBERS)}@campus.edu"


def people(api: Api) -> int:
    ((number,),) = api.sql("SELECT count(*) FROM person")
    return int(number)


def send(by: Visitor, *rows: dict[str, Any], dry_run: bool = False, key: str = "") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return by.post("/people/import", json={"people": rows, "dry_run": dry_run}, headers=headers)


def test_a_preview_says_what_would_become_of_each_row_and_writes_nothing(
    api: Api, admin: Visitor, manager: Visitor, address: str
) -> None:
    known = done(admin.post("/people", json={"name": "Known", "email": address}), 201)
    before = people(api)
    told = done(
        send(
            manager,
            {"name": "New", "email": f"new.{address}", "roles": ["agent"]},
            {"name": "Without address", "email": "", "roles": [], "team": None},
            {"name": "Known by now", "email": address.upper()},
            {"name": " "},
            {"name": "x", "email": "nonsense"},
            {"name": "x", "roles": ["nobody"]},
            {"name": "x", "roles": ["admin"]},
            {"name": "x", "team": "nowhere"},
            {"name": "Same again", "email": f"NEW.{address}"},
            dry_run=True,
        )
    )
    assert (told["dry_run"], told["new"], told["known"], told["refused"]) == (True, 2, 1, 6)
    assert [row["outcome"] for row in told["rows"]] == ["new", "new", "known", *["refused"] * 6]
    assert [row["field"] for row in told["rows"]][3:] == ["name", "email", "roles", "roles", "team", "email"]
    assert told["rows"][2]["person_id"] == known["id"]
    assert told["rows"][8]["message"] == "row 1 has this address too"
    assert people(api) == before


def test_all_are_added_and_the_known_stay_as_they_are(api: Api, admin: Visitor, address: str) -> None:
    team = done(admin.post("/teams", json={"name": f"Team {address}"}), 201)
    known = done(admin.post("/people", json={"name": "Known", "email": address}), 201)
    told = done(
        send(
            admin,
            {"name": "Chief", "email": f"chief.{address}", "roles": ["admin", "agent"], "team": team["slug"]},
            {"name": "Other name", "email": address},
            {"name": "Plain"},
        )
    )
    assert [row["outcome"] for row in told["rows"]] == ["new", "known", "new"]
    chief, _, plain = (done(admin.get(f"/people/{row['person_id']}")) for row in told["rows"])
    assert (chief["name"], chief["roles"], chief["team"]["slug"]) == ("Chief", ["admin", "agent"], team["slug"])
    assert (plain["name"], plain["roles"], plain["email"]) == ("Plain", ["student"], None)
    assert done(admin.get(f"/people/{known['id']}")) == known


def test_one_bad_row_and_nothing_is_written(api: Api, manager: Visitor, address: str) -> None:
    before = people(api)
    answer = send(manager, {"name": "Good", "email": address}, {"name": "Bad", "roles": ["admin"]})
    assert (answer.status_code, answer.json()["error"]) == (422, "InvalidInput")
    (field,) = answer.json()["fields"]
    assert field == {"name": "body.people.1.roles", "message": "you cannot give a role that may do more than you may"}
    assert people(api) == before


def test_as_many_as_are_allowed_are_added_at_once_and_no_more(api: Api, admin: Visitor, address: str) -> None:
    before = people(api)
    rows = [{"name": f"Person {n}", "email": f"{n}.{address}", "roles": ["student"]} for n in range(MOST_IMPORTED)]
    assert done(send(admin, *rows))["new"] == MOST_IMPORTED
    assert people(api) == before + MOST_IMPORTED
    assert done(send(admin, *rows, dry_run=True))["known"] == MOST_IMPORTED
    assert send(admin, *rows, {"name": "One more"}).status_code == 422
    assert send(admin).status_code == 422
    assert people(api) == before + MOST_IMPORTED


def test_an_import_that_is_sent_again_is_done_once(api: Api, admin: Visitor) -> None:
    rows = [{"name": "Twice"}, {"name": "Sent"}]
    done(send(admin, *rows, key="once"))
    before = people(api)
    again = send(admin, *rows, key="once")
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (done(again)["new"], people(api)) == (2, before)


@pytest.mark.parametrize(
    "row", [{}, {"name": 1}, {"name": "x", "roles": "admin"}, {"name": "x", "id": 1}, {"name": "a\x00"}], ids=str
)
def test_a_row_that_is_none_is_refused(api: Api, admin: Visitor, row: dict[str, Any]) -> None:
    before = people(api)
    assert send(admin, row).status_code == 422
    assert people(api) == before
