"""Every route of the data API × every kind of person and token × their own, others', confidential and missing tickets,
where people sign in with a password and students see their own tickets only: the expected status, and nothing of what
they may not read in any answer. The routes that are of no ticket also where people choose a role."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from contracts.desk import StudentsSee
from contracts.people import Permission
from data_api.main import create_app
from data_api.similar.opaque_refs import OpaqueRefs
from service_kit.desk_key import read_desk_key
from tests.support import rows
from tests.support.api import Api, Visitor, done, running_api
from tests.support.databases import cloned_database
from tests.support.matrix import (
    DATA_API,
    KINDS,
    MISSING,
    PEOPLE,
    STRANGERS,
    TICKETS,
    Needs,
    Route,
    Who,
    ask,
    expected,
    expected_of_ticket,
    operations,
)
from tests.support.passwords import PasswordApi, password_desk
from tests.support.serving import NO_DATABASE

OPERATIONS = operations(create_app(NO_DATABASE))
FOREIGN, CONFIDENTIAL = "quokka", "wolverine"
NOT_THERE = {"TicketNotFound", "TimeEntryNotFound"}


@dataclass
class Desk:
    api: Api
    author: Visitor
    people: dict[str, Visitor]
    refs: OpaqueRefs

    @classmethod
    def filled(cls, api: Api, home: Path) -> "Desk":
        people = {name: who.enter(api, f"The {name}") for name, who in PEOPLE.items()}
        desk = cls(api, api.enter("student", "The author"), people, OpaqueRefs(read_desk_key(home)))
        for kind in KINDS:
            desk.ticket(desk.author.person_id, kind)
        return desk

    @property
    def has_passwords(self) -> bool:
        return isinstance(self.api, PasswordApi)

    def time(self, ticket_id: int) -> int:
        """Adds time that somebody else has worked on the ticket. Returns the entry's id."""
        return MISSING if ticket_id == MISSING else rows.time_entry(self.api, ticket_id, self.author.person_id)

    def ticket(self, requester: int, kind: str) -> tuple[int, int]:
        """Adds a ticket with a message, an internal note, a tag and a former title. Returns its id and the id of the
        event of an unkept former title. Each text holds a word that says what the ticket is."""
        if kind == "missing":
            return MISSING, MISSING
        word = "gecko" if "own" in kind else CONFIDENTIAL if "confidential" in kind else FOREIGN
        number = rows.ticket(
            self.api,
            title=f"A {word} in the hall",
            description=f"A {word} in the hall",
            room=word,
            requester_id=requester,
            is_confidential="confidential" in kind,
            status="closed" if "closed" in kind else "open",
        )
        rows.message(self.api, number, requester, body=f"The {word} was seen")
        rows.message(self.api, number, requester, body=f"A {word} perhaps", is_internal=True)
        rows.tag(self.api, number, word)
        rows.event(self.api, number, "title", actor_id=requester, from_value=f"One {word}")
        return number, rows.event(self.api, number, "title", actor_id=requester)


@pytest.fixture(scope="module")
def desk(postgres_url: str, template_database: str, home_with_key: Path) -> Iterator[Desk]:
    """With passwords, and the usual setting of what students see there."""
    with (
        cloned_database(postgres_url, template_database) as url,
        password_desk(url, LODGE_HOME=str(home_with_key)) as api,
    ):
        yield Desk.filled(api, home_with_key)


@pytest.fixture(scope="module")
def desk_of_choice(postgres_url: str, template_database: str, home_with_key: Path) -> Iterator[Desk]:
    settings = {"LODGE_STUDENTS_SEE": StudentsSee.OWN, "LODGE_HOME": str(home_with_key)}
    with cloned_database(postgres_url, template_database) as url, running_api(url, **settings) as api:
        yield Desk.filled(api, home_with_key)


def test_every_route_has_its_line() -> None:
    lines = [*DATA_API, *TICKETS]
    assert [name for name in OPERATIONS if name not in lines] == [], (
        "who may do this? Write it in tests/support/matrix.py"
    )
    assert [name for name in lines if name not in OPERATIONS] == [], "there is no such route any more"


def test_every_permission_decides_something() -> None:
    """A permission that no line names would not be tested. Some permit more of a route that is open to others too."""
    named = {need for route in (*DATA_API.values(), *TICKETS.values()) for need in (route.needs, route.acts)}
    reads = {Permission.TICKETS_READ_SHARED, Permission.TICKETS_READ_ALL, Permission.TICKETS_READ_CONFIDENTIAL}
    figures = {Permission.ANALYSES_READ, Permission.SQL_RUN}
    assert set(Permission) - reads - figures <= named


def hidden_words(name: str) -> list[str]:
    """Returns the words that this person must not see in any answer."""
    who = PEOPLE[name]
    return [word for word, kind in ((FOREIGN, "foreign"), (CONFIDENTIAL, "confidential")) if not who.reads(kind)]


def wrong_answers(desk: Desk, name: str, who: Who) -> dict[str, Any]:
    """Asks each route that is of no ticket, and returns the wrong answers."""
    wrong = {}
    for route_name, route in DATA_API.items():
        visitor = who.enter(desk.api, f"The {name}") if route.ends_session else desk.people[name]
        answer = ask(visitor, route_name, route, {})
        told = [word for word in hidden_words(name) if answer.is_stream_consumed and word in answer.text]
        if answer.status_code not in expected(route, who, has_passwords=desk.has_passwords) or told:
            wrong[route_name] = answer.status_code, told
    return wrong


@pytest.mark.parametrize("name", PEOPLE)
def test_each_route_that_is_of_no_ticket(desk: Desk, name: str) -> None:
    assert wrong_answers(desk, name, PEOPLE[name]) == {}


@pytest.mark.parametrize("name", PEOPLE)
def test_each_route_that_is_of_no_ticket_where_people_choose_a_role(desk_of_choice: Desk, name: str) -> None:
    assert wrong_answers(desk_of_choice, name, PEOPLE[name]) == {}


@pytest.mark.parametrize("name", PEOPLE)
def test_each_route_of_a_ticket(desk: Desk, name: str) -> None:
    who, visitor, wrong = PEOPLE[name], desk.people[name], {}
    for route_name, route in TICKETS.items():
        for kind in KINDS:
            requester = visitor if "own" in kind else desk.author
            number, event = desk.ticket(requester.person_id, kind)
            named = {"ticket_id": number, "event_id": event, "person_id": desk.author.person_id}
            named |= {"entry_id": desk.time(number)} if "{entry_id}" in route_name else {}
            answer = ask(visitor, route_name, route, {}, **named)
            told = [word for word in hidden_words(name) if word in answer.text]
            is_hidden = answer.status_code != 404 or answer.json()["error"] in NOT_THERE
            if answer.status_code not in expected_of_ticket(route, who, kind) or told or not is_hidden:
                wrong[route_name, kind] = answer.status_code, told
    assert wrong == {}


def let_in(desk: Desk, token: str, routes: Mapping[str, Route]) -> dict[str, int]:
    """Asks each of these routes as this stranger, and returns those that do not refuse it."""
    sent, wrong = STRANGERS[token](desk.api), {}
    headers = {} if sent is None else {"Authorization": sent}
    for route_name, route in routes.items():
        number, event = desk.ticket(desk.author.person_id, "foreign") if route_name in TICKETS else (MISSING, MISSING)
        answer = ask(desk.api, route_name, route, headers, ticket_id=number, event_id=event)
        is_open = route.needs is Needs.NOTHING
        wanted = route.answers_on(has_passwords=desk.has_passwords) if is_open else {401}
        if answer.status_code not in wanted or FOREIGN in answer.text:
            wrong[route_name] = answer.status_code
    return wrong


@pytest.mark.parametrize("token", STRANGERS)
def test_nobody_is_let_in(desk: Desk, token: str) -> None:
    assert let_in(desk, token, DATA_API | TICKETS) == {}


@pytest.mark.parametrize("token", STRANGERS)
def test_nobody_is_let_in_where_people_choose_a_role(desk_of_choice: Desk, token: str) -> None:
    assert let_in(desk_of_choice, token, DATA_API) == {}


# -- where students see their own tickets only ----------------------------------------------------------------------


SEARCHES = [FOREIGN, CONFIDENTIAL, f'"{FOREIGN}"', FOREIGN[:4], CONFIDENTIAL[:3], f"hall {CONFIDENTIAL}", "author"]
FILTERS: list[dict[str, Any]] = [
    {"status": ["open", "active", "closed"]},
    {"assignee": "none"},
    {"tag": FOREIGN},
    {"tag": CONFIDENTIAL},
    {"confidential": "true"},
    {"waits_for": "desk"},
    {"blocked": "true"},
    {"blocked": "false", "sort": "-priority"},
    {"sort": "modified_at"},
    {"sort": "-priority", "opened_after": "2001-01-01"},
    {"room": FOREIGN},
    {"room": CONFIDENTIAL[:1], "sort": "last_word"},
    {"stage": ["to-do", "done"], "sort": "-closed_at"},
    {"assignee": "my-team"},
    {"team": ["none", "my-team"]},
    {"reports_at_least": 1, "sort": "-last_word"},
    {"modified_after": "2001-01-01", "closed_before": "2100-01-01", "sort": "closed_at"},
]


@pytest.mark.parametrize("name", ["student", "analyst", "student and analyst"])
def test_a_thousand_guesses_reveal_nothing(desk: Desk, name: str) -> None:
    """Ids, searches, filters, references and cursors; a reference and a cursor of somebody else are among them."""
    guess = random.Random(14)
    visitor, person = desk.people[name], desk.people[name].person_id
    own = {id_ for (id_,) in desk.api.sql("SELECT id FROM ticket WHERE requester_id = %s", person)}
    (last,) = desk.api.sql("SELECT max(id) FROM ticket")[0]
    for number in guess.choices(range(1, last + 50), k=250):
        if guess.random() < 0.5:
            assert visitor.get(f"/tickets/{number}").status_code == (200 if number in own else 404), number
        else:
            assert visitor.list_ids(q=f"#{number}") == ([number] if number in own else [])
    for words in SEARCHES:
        found = done(visitor.get("/tickets", params={"q": words}))
        assert (found["items"], found["total"]) == ([], 0), words
    for filters in FILTERS:
        found = done(visitor.get("/tickets", params={**filters, "limit": 200}))
        assert {ticket["id"] for ticket in found["items"]} <= own
        assert found["total"] <= len(own)
    elsewhere = done(desk.people["admin"].get("/tickets", params={"limit": 2, "status": "open"}))["next_cursor"]
    for cursor in (elsewhere, *(guess.randbytes(24).hex() for _ in range(20))):
        answer = visitor.get("/tickets", params={"cursor": cursor, "limit": 200})
        assert answer.status_code in {200, 422}
        assert {ticket["id"] for ticket in answer.json().get("items", [])} <= own
    for ref in (desk.refs.write(last, desk.author.person_id), *(guess.randbytes(40).hex() for _ in range(20))):
        assert visitor.post("/tickets/me-too", json={"ref": ref}).status_code == 422
        assert visitor.delete("/tickets/me-too", params={"ref": ref}).status_code == 422
