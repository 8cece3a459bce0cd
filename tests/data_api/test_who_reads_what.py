"""Every role × every route × every kind of ticket: what may not be read is not there, in any answer or stream.

The expectations are written out here, not asked of the code that is tested.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from contracts.desk import StudentsSee
from contracts.people import Permission
from tests.support import rows
from tests.support.api import Api, Visitor, done, running_api
from tests.support.databases import cloned_database
from tests.support.live import listen
from tests.support.matrix import PEOPLE, TICKETS, ask

ALL, OWN = StudentsSee.ALL, StudentsSee.OWN
STAFF = {"agent", "manager"}
STUDENTS = {"student", "student and analyst"}
EVERYBODY = {*STUDENTS, "analyst", *STAFF, "admin"}

# Which of the people read a ticket that another student reported, by what is special about it. Each of them is
# named on it (follows it, or is its assignee) where it says so. Requesters and administrators read everything.
OTHERS_TICKETS: dict[StudentsSee, dict[str, set[str]]] = {
    ALL: {
        "open": {*STUDENTS, *STAFF, "admin"},
        "active": {*STUDENTS, *STAFF, "admin"},
        "closed": {*STAFF, "admin"},
        "open followed": EVERYBODY,
        "closed followed": {*STAFF, "admin"},
        "open confidential": {"admin"},
        "closed confidential": {"admin"},
        "open confidential followed": EVERYBODY,
        "closed confidential followed": {*STAFF, "admin"},
        "open confidential assigned": {*STAFF, "admin"},
        "closed confidential assigned": {*STAFF, "admin"},
    },
}
OTHERS_TICKETS[OWN] = {
    **OTHERS_TICKETS[ALL],
    "open": {*STAFF, "admin"},
    "active": {*STAFF, "admin"},
}
OWN_TICKETS = ("open", "closed", "open confidential", "closed confidential")
SECRET, NOTE, FORMER = "quokka", "wolverine", "numbat"


@dataclass
class Campus:
    api: Api
    students_see: StudentsSee
    people: dict[str, Visitor]
    others: dict[tuple[str, str], int]
    own: dict[tuple[str, str], int]
    messages: dict[int, int]
    unkept: dict[int, int]

    def cases(self, who: str) -> Iterator[tuple[int, bool]]:
        """Each ticket made for this person, and whether they read it."""
        for (person, kind), number in self.others.items():
            if person == who:
                yield number, who in OTHERS_TICKETS[self.students_see][kind]
        for (person, _), number in self.own.items():
            if person == who:
                yield number, True


@pytest.fixture(scope="module", params=[ALL, OWN], ids=["students see all", "students see own"])
def campus(request: pytest.FixtureRequest, postgres_url: str, template_database: str) -> Iterator[Campus]:
    see: StudentsSee = request.param
    with cloned_database(postgres_url, template_database) as url, running_api(url, LODGE_STUDENTS_SEE=see) as api:
        people = {who: entered(api, who) for who in EVERYBODY}
        campus = Campus(api, see, people, {}, {}, {}, {})
        author = api.enter("student", "The author")
        for who, visitor in people.items():
            for kind in OTHERS_TICKETS[see]:
                campus.others[who, kind] = made(campus, author, visitor, kind)
            for kind in OWN_TICKETS:
                campus.own[who, kind] = made(campus, visitor, None, kind)
        yield campus


def entered(api: Api, who: str) -> Visitor:
    """Somebody of one role, or of two."""
    return PEOPLE[who].enter(api, f"The {who}")


def made(campus: Campus, author: Visitor, named: Visitor | None, kind: str) -> int:
    """A ticket of this kind, with a public message, an internal note and two former titles of which one is kept; an
    administrator wrote them. Through the database, past every rule."""
    api, staff = campus.api, campus.people["admin"].person_id
    number = rows.ticket(
        api,
        title=f"A {SECRET} in the hall",
        description=f"A {SECRET} in the hall",
        requester_id=author.person_id,
        assignee_id=named.person_id if named and "assigned" in kind else None,
        is_confidential="confidential" in kind,
        status=kind.split()[0],
    )
    campus.messages[number] = rows.message(api, number, staff, body=f"The {SECRET} was seen")
    rows.message(api, number, staff, body=f"A {NOTE} perhaps", is_internal=True)
    campus.unkept[number] = rows.event(api, number, "title", actor_id=staff)
    rows.event(api, number, "title", from_value=f"A {FORMER} in the hall", actor_id=staff)
    if named and "followed" in kind:
        rows.watcher(api, number, named.person_id)
    return number


# The routes of a ticket but those after which other people may read it. `test_matrix.py` sends these too.
ASKED = {
    name: route
    for name, route in TICKETS.items()
    if "{ticket_id}" in name and "follow" not in name and not name.startswith("DELETE")
}


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_each_route_of_each_ticket(campus: Campus, who: str) -> None:
    visitor, may = campus.people[who], PEOPLE[who].may
    for number, is_readable in campus.cases(who):
        for name, route in ASKED.items():
            answer = ask(visitor, name, route, {}, ticket_id=number, event_id=campus.unkept[number])
            if isinstance(route.needs, Permission) and route.needs not in may:
                assert answer.status_code == 403, name
            elif is_readable:
                wanted = route.answers if route.acts is None or route.acts in may else route.others
                assert answer.status_code in wanted, (name, number)
            else:
                assert (answer.status_code, answer.json()["error"]) == (404, "TicketNotFound"), (name, number)
            if not is_readable:
                assert SECRET not in answer.text
                assert FORMER not in answer.text


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_former_texts_are_told_to_staff_and_to_the_requester(campus: Campus, who: str) -> None:
    visitor = campus.people[who]
    own = {number for (person, _), number in campus.own.items() if person == who}
    for number, is_readable in campus.cases(who):
        if is_readable:
            told = FORMER in visitor.get(f"/tickets/{number}/history").text
            assert told == (who in (*STAFF, "admin") or number in own), number
    assert visitor.list_ids(q=FORMER) == []


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_following_and_deleting_need_reading(campus: Campus, who: str) -> None:
    visitor = campus.people[who]
    for number, is_readable in campus.cases(who):
        if not is_readable:
            assert visitor.put(f"/tickets/{number}/follow").status_code == 404
            assert visitor.delete(f"/tickets/{number}/follow").status_code == 404
            assert visitor.delete(f"/tickets/{number}").status_code == 404
            assert visitor.get(f"/tickets/{number}").status_code == 404
        elif who != "admin":
            assert visitor.delete(f"/tickets/{number}").status_code == 403


@pytest.mark.parametrize("who", sorted(EVERYBODY))
@pytest.mark.parametrize(
    "query",
    [
        {},
        {"q": SECRET},
        {"status": ["open", "active", "closed"]},
        {"category": "facility-management"},
        {"priority": "normal"},
        {"assignee": ["me", "none"]},
        {"opened_after": "2020-01-01"},
        {"waits_for": ["desk", "requester"], "status": ["open", "active"]},
        {"sort": "modified_at"},
    ],
    ids=str,
)
def test_lists_hold_what_may_be_read_and_count_no_more(campus: Campus, who: str, query: dict[str, Any]) -> None:
    visitor = campus.people[who]
    listed = {ticket["id"] for ticket in visitor.walk("/tickets", **query, limit=200)}
    hidden = {number for number, is_readable in campus.cases(who) if not is_readable}
    shown = {number for number, is_readable in campus.cases(who) if is_readable}
    assert not listed & hidden
    if not query:
        assert shown <= listed
    assert done(visitor.get("/tickets", params={**query, "limit": 1}))["total"] == len(listed)
    for number in hidden:
        assert visitor.list_ids(q=f"#{number}") == []


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_each_listed_ticket_may_be_read(campus: Campus, who: str) -> None:
    visitor = campus.people[who]
    for ticket in visitor.walk("/tickets", limit=200):
        assert visitor.read(ticket["id"]) == ticket


@pytest.mark.parametrize("who", sorted({*STUDENTS, "analyst"}))
def test_internal_notes_are_nowhere(campus: Campus, who: str) -> None:
    visitor = campus.people[who]
    for number, is_readable in campus.cases(who):
        if is_readable:
            for part in ("", "/messages", "/history", "/messages?sort=-created_at"):
                assert NOTE not in visitor.get(f"/tickets/{number}{part}").text
    assert visitor.list_ids(q=NOTE) == []


@pytest.mark.parametrize("who", ["agent", "manager"])
def test_the_overview_holds_nothing_hidden(campus: Campus, who: str) -> None:
    visitor = campus.people[who]
    overview = done(visitor.get("/overview"))
    told = {line["ticket_id"] for line in [*overview["recent_events"], *overview["latest_messages"]]}
    assert {visitor.get(f"/tickets/{number}").status_code for number in told} == {200}
    assert overview["open"] == done(visitor.get("/tickets", params={"status": "open", "limit": 1}))["total"]


def test_the_live_stream_names_what_may_be_read(campus: Campus) -> None:
    """Every ticket is touched and talked under; the last one everybody may read."""
    people = sorted(campus.people)
    mark = campus.people["student"].report("The end")["id"]
    for visitor in campus.people.values():
        rows.watcher(campus.api, mark, visitor.person_id)
    streams = listen(*(campus.people[who] for who in people))
    touch = "UPDATE ticket SET room = 'touched' WHERE id <> %s"
    campus.api.sql(touch, mark)
    talk = (
        "INSERT INTO message (ticket_id, author_id, author_role, body, is_internal) "
        "SELECT id, requester_id, 'student', 'note', true FROM ticket WHERE id <> %s"
    )
    campus.api.sql(talk, mark)
    campus.people["admin"].say(mark)
    for who, stream in zip(people, streams, strict=True):
        events = stream.before_message_under(mark)
        for kind in ("ticket", "message"):
            told = {number for told_kind, number in events if told_kind == kind}
            may_hear = kind == "ticket" or who in (*STAFF, "admin")
            listed = {ticket["id"] for ticket in campus.people[who].walk("/tickets", limit=200)} - {mark}
            assert told == (listed if may_hear else set()), (who, kind)


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_another_persons_ticket_stays_a_secret_when_its_message_is_answered(campus: Campus, who: str) -> None:
    """A message's number from elsewhere is a number like any other."""
    visitor = campus.people[who]
    mine = campus.own[who, "open"]
    for number, is_readable in campus.cases(who):
        if not is_readable:
            body = {"body": "x", "reply_to": campus.messages[number]}
            answer = visitor.post(f"/tickets/{mine}/messages", json=body)
            assert answer.status_code == 422
            assert answer.json()["detail"].endswith(f"there is no message {campus.messages[number]} under this ticket")
