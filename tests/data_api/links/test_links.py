"""Links between tickets: both tickets show them, to whoever may read the other one; a ticket that waits for others is
closed only after a question; and those that waited are told."""

from typing import Any

import psycopg
import pytest

from contracts.links import MOST_LINKS
from data_api.bulk import runs
from data_api.bulk.order import blockers_first
from data_api.learning.reactions import LearnCategories
from data_api.lists.errors import CategoryGoing
from data_api.tickets.errors import TicketBlocked
from data_api.tickets.reactions import Moved
from tests.data_api.links.linking import link, links_of, told
from tests.support import rows
from tests.support.api import Api, Visitor, done
from tests.support.live import listen_from
from tests.support.meanwhile import held_up

COPIES = """
SELECT count(*) FILTER (WHERE ticket_is_confidential IS DISTINCT FROM one.is_confidential
                           OR other_is_confidential IS DISTINCT FROM other.is_confidential),
       count(*) FILTER (WHERE ticket_is_confidential), count(*) FILTER (WHERE other_is_confidential)
FROM ticket_link JOIN ticket one ON one.id = ticket_id JOIN ticket other ON other.id = other_id
"""


@pytest.fixture
def two(student: Visitor) -> list[int]:
    return [student.report(f"Linked {number}")["id"] for number in range(2)]


@pytest.fixture
def hidden(student: Visitor) -> int:
    """A confidential ticket, which neither other students nor the agent may read."""
    number: int = student.report("Hidden numbat", is_confidential=True)["id"]
    return number


def error_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]


def blockers_on_board(visitor: Visitor, ticket_id: int) -> dict[str, list[int]]:
    """Returns what the board says of this ticket's card."""
    columns = done(visitor.get("/board", params={"q": f"#{ticket_id}"}))["columns"]
    assert [card["id"] for column in columns for card in column["tickets"]] == [ticket_id]
    return {str(card["id"]): some for column in columns for card in column["tickets"] if (some := card["blocked_by"])}


@pytest.mark.parametrize(
    ("kind", "from_other"),
    [
        ("relates-to", "relates-to"),
        ("duplicates", "duplicated-by"),
        ("blocked-by", "blocks"),
    ],
)
def test_both_tickets_show_a_link_and_tell_it(agent: Visitor, two: list[int], kind: str, from_other: str) -> None:
    one, other = two
    made = link(agent, one, kind, other)
    assert made["kind"] == kind
    assert made["ticket"] == {"id": other, "title": "Linked 1", "status": "open"}
    assert link(agent, other, from_other, one)["ticket"]["id"] == one, "it is there, and stays as it is"
    assert (links_of(agent, one), links_of(agent, other)) == ({(kind, other)}, {(from_other, one)})

    gone = {"kind": from_other, "ticket": one}
    for _ in range(2):
        assert agent.request("DELETE", f"/tickets/{other}/links", json=gone).status_code == 204
    assert links_of(agent, one) == links_of(agent, other) == set()
    assert told(agent, one) == [("link", None, kind, other), ("link", kind, None, other)]
    assert told(agent, other) == [("link", None, from_other, one), ("link", from_other, None, one)]


def test_a_link_that_is_sent_again_with_its_key_is_one(agent: Visitor, two: list[int]) -> None:
    body, key = {"kind": "blocks", "ticket": two[1]}, {"Idempotency-Key": f"link {two}".replace(" ", "")}
    answers = [agent.post(f"/tickets/{two[0]}/links", json=body, headers=key) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["Idempotent-Replayed"] == "true"


def test_what_cannot_be_linked(api: Api, agent: Visitor, student: Visitor, two: list[int]) -> None:
    one, other = two
    answers = {
        number: agent.post(f"/tickets/{one}/links", json={"kind": "relates-to", "ticket": number})
        for number in (one, 10**9)
    }
    assert {answer.json()["fields"][0]["name"] for answer in answers.values()} == {"body.ticket"}
    assert error_of(student.post(f"/tickets/{one}/links", json={"kind": "blocks", "ticket": other})) == (
        403,
        "NotPermitted",
    )
    link(agent, one, "duplicates", other)
    link(agent, one, "blocks", other)
    for kind in ("duplicates", "blocks"):
        refused = agent.post(f"/tickets/{other}/links", json={"kind": kind, "ticket": one})
        assert error_of(refused) == (409, "CircularLink")
    many = rows.copies(api, one, MOST_LINKS - 2)
    api.sql(
        "INSERT INTO ticket_link (ticket_id, other_id, kind, ticket_is_confidential, other_is_confidential) "
        "SELECT %s, id, 'relates-to', false, false FROM unnest(%s::bigint[]) AS id",
        one,
        many,
    )
    third = student.report("One too many")["id"]
    refused = agent.post(f"/tickets/{third}/links", json={"kind": "blocks", "ticket": one})
    assert error_of(refused) == (409, "TooManyLinks")
    assert len(links_of(agent, one)) == MOST_LINKS


def test_nobody_learns_of_a_ticket_that_they_may_not_read(
    api: Api, admin: Visitor, agent: Visitor, student: Visitor, two: list[int], hidden: int
) -> None:
    """Not its number, its title, nor that it exists: in links, in the history, on the board, and when somebody closes
    what it blocks. Its requester and administrators see all of it."""
    one, other = two
    link(admin, hidden, "blocks", one)
    link(admin, other, "relates-to", hidden)
    stranger = api.enter("student", "Stranger to links")
    for visitor in (agent, stranger):
        asked = [visitor.get(f"/tickets/{number}/{part}") for number in two for part in ("links", "history")]
        assert all(answer.status_code == 200 and "numbat" not in answer.text for answer in asked)
        assert [links_of(visitor, number) for number in two] == [set(), set()]
        assert [told(visitor, number) for number in two] == [[], []]
    assert (blockers_on_board(agent, one), blockers_on_board(admin, one)) == ({}, {str(one): [hidden]})
    numbers = {"id": [hidden, one, 10**9, other, one]}
    for visitor, read in ((agent, two), (stranger, two), (admin, [*two, hidden])):
        titles = done(visitor.get("/tickets/titles", params=numbers))["items"]
        assert [one["id"] for one in titles] == sorted(read)
        assert titles[0].keys() == {"id", "title", "status"}
    assert done(agent.get("/tickets/titles")) == {"items": [], "next_cursor": None}
    assert agent.get("/tickets/titles", params={"id": [1] * 51}).status_code == 422
    for visitor, waits in ((agent, False), (stranger, False), (admin, True), (student, True)):
        found = [done(visitor.get("/tickets", params={"blocked": way})) for way in ("true", "false")]
        assert [one in [ticket["id"] for ticket in page["items"]] for page in found] == [waits, not waits]
    for visitor in (admin, student):
        assert (links_of(visitor, one), told(visitor, one)) == (
            {("blocked-by", hidden)},
            [("link", None, "blocked-by", hidden)],
        )
    for number in (hidden, 10**9):
        answer = agent.post(f"/tickets/{one}/links", json={"kind": "blocks", "ticket": number})
        assert answer.json()["detail"] == f"body.ticket: there is no ticket {number} that you may read"
        gone = {"kind": "blocked-by", "ticket": number}
        assert agent.request("DELETE", f"/tickets/{one}/links", json=gone).status_code == 204
    assert links_of(admin, one) == {("blocked-by", hidden)}

    link(admin, other, "blocks", hidden)
    refused = agent.post(f"/tickets/{one}/links", json={"kind": "blocks", "ticket": other})
    assert refused.json()["detail"] == (
        f"Ticket {one} cannot block {other}, because it waits for {other} itself: "
        f"{other} blocks {one} by way of others that you may not read."
    )
    assert error_of(admin.post(f"/tickets/{one}/status", json={"status": "closed", "starts_work": True})) == (
        409,
        "TicketBlocked",
    )
    assert agent.move(one, "active", "closed")["status"] == "closed", "what the agent may not know of is no question"


@pytest.mark.parametrize("is_hidden", [False, True])
def test_what_happens_to_links_of_a_ticket_leaves_the_others_as_they_are(
    api: Api, admin: Visitor, agent: Visitor, two: list[int], is_hidden: bool
) -> None:
    """Neither version nor `modified_at`, by which whoever reads one of two tickets, or the replica, would learn of the
    other. Who may read one of them only is told nothing live; who may read both is told of both."""
    one, other = two
    if is_hidden:
        admin.edit(other, is_confidential=True)
    row = "SELECT to_jsonb(ticket) - 'search' FROM ticket WHERE id = ANY (%s) ORDER BY id"
    lines = "SELECT count(*) FROM change WHERE id > %s AND table_name = 'ticket' AND row_id = %s"
    before, latest = api.sql(row, two), api.sql("SELECT max(id) FROM change")[0][0]
    mark = agent.report("Mark")["id"]
    of_agent, of_admin = listen_from(mark, agent, agent, admin)
    link(admin, one, "blocks", other)
    agent.say(mark)
    told_to_agent = {(kind, number) for kind, number in of_agent.before_message_under(mark) if number in two}
    assert told_to_agent == (set() if is_hidden else {("ticket", one), ("ticket", other)})
    assert {("ticket", one), ("ticket", other)} <= set(of_admin.before_message_under(mark))
    done(admin.request("DELETE", f"/tickets/{one}/links", json={"kind": "blocks", "ticket": other}), 204)
    link(admin, other, "relates-to", one)
    assert api.sql(row, two) == before

    admin.edit(other, is_confidential=not is_hidden)
    agent.say(mark)
    assert ("ticket", one) in of_agent.before_message_under(mark), "its link is shown now, or not any more"
    admin.edit(other, is_confidential=is_hidden)
    admin.move(other, "active", "closed")
    done(admin.delete(f"/tickets/{other}"), 204)
    assert api.sql(row, [one]) == before[:1]
    assert api.sql(lines, latest, one) == [(0,)]


def test_the_copies_for_the_replica_follow_their_tickets(api: Api, admin: Visitor, two: list[int], hidden: int) -> None:
    link(admin, two[0], "blocks", hidden)
    link(admin, hidden, "blocks", two[1])
    ((wrong, *confidential),) = api.sql(COPIES)
    assert wrong == 0
    assert min(confidential) > 0
    admin.edit(hidden, is_confidential=False)
    admin.edit(two[0], is_confidential=True)
    admin.edit(two[1], is_confidential=True)
    assert api.sql(COPIES)[0][0] == 0


CLOSINGS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "status": ("POST", "/tickets/{id}/status", {"status": "closed", "starts_work": True}),
    "stage": ("PATCH", "/tickets/{id}", {"stage": "completed"}),
    "bulk": ("POST", "/tickets/bulk", {"change": {"status": "closed", "starts_work": True}}),
    "bulk stage": ("POST", "/tickets/bulk", {"change": {"stage": "completed"}}),
}


def close(visitor: Visitor, ticket_id: int, way: str, *, despite: bool) -> tuple[int, str]:
    """Returns status and error; those of the refused ticket where many are closed."""
    method, path, body = CLOSINGS[way]
    wish: dict[str, Any] = {"despite_blockers": True} if despite else {}
    if "change" in body:
        sent = {"ids": [ticket_id], "change": body["change"] | wish}
        would = done(visitor.post("/tickets/bulk/preview", json=sent))["refused"]
        found = done(visitor.post(path, json=sent))["refused"]
        assert would == found
        return (409, found[0]["error"]) if found else (200, "")
    version = {"version": visitor.read(ticket_id)["version"]}
    answer = visitor.request(method, path.format(id=ticket_id), json=body | wish | version)
    return answer.status_code, answer.json().get("error", "")


@pytest.mark.parametrize("way", CLOSINGS)
def test_what_waits_for_others_is_closed_after_a_question(agent: Visitor, two: list[int], way: str) -> None:
    blocker, blocked = two
    if "stage" in way:
        agent.move(blocked, "active")
    link(agent, blocker, "blocks", blocked)
    assert blockers_on_board(agent, blocked) == {str(blocked): [blocker]}
    assert close(agent, blocked, way, despite=False) == (409, "TicketBlocked")
    assert agent.read(blocked)["status"] != "closed"
    assert close(agent, blocked, way, despite=True) == (200, "")
    assert agent.read(blocked)["status"] == "closed"


@pytest.mark.parametrize("is_later", [False, True])
@pytest.mark.parametrize("at_once", [1, 25])
@pytest.mark.parametrize("change", [{"status": "closed", "starts_work": True}, {"stage": "completed"}], ids=str)
def test_what_blocks_a_ticket_is_closed_before_it(
    agent: Visitor, two: list[int], monkeypatch: pytest.MonkeyPatch, change: Any, at_once: int, is_later: bool
) -> None:
    """Whatever their numbers, and the order in which they are named; in one step or in two; as the preview says."""
    monkeypatch.setattr(runs, "TICKETS_AT_ONCE", at_once)
    blocker, blocked = two[::-1] if is_later else two
    for number in two:
        agent.move(number, "active")
    link(agent, blocker, "blocks", blocked)
    sent = {"ids": [blocked, blocker], "versions": [agent.read(number)["version"] for number in (blocked, blocker)]}
    assert done(agent.post("/tickets/bulk/preview", json={"ids": sent["ids"], "change": change}))["refused"] == []
    assert done(agent.post("/tickets/bulk", json=sent | {"change": change}))["refused"] == []
    assert [agent.read(number)["status"] for number in two] == ["closed", "closed"]
    assert told(agent, blocked)[-1] == ("blocker", "active", "closed", blocker)


def test_a_circle_that_somebody_wrote_by_hand_ends(two: list[int]) -> None:
    assert blockers_first([7, 5, 6, 4], {4: [6, 99], 6: [7]}) == [5, 7, 6, 4]
    assert blockers_first([6, 5], {5: [6], 6: [5]}) == [5, 6]


def test_those_that_wait_are_not_told_of_a_change_that_is_refused(
    agent: Visitor, two: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a reaction that comes after the one that tells them, as when the ticket's category is being deleted."""
    blocker, blocked = two
    link(agent, blocker, "blocks", blocked)

    def refuse(_: LearnCategories, moved: Moved) -> None:
        if moved.ticket.id == blocker:
            raise CategoryGoing

    monkeypatch.setattr(LearnCategories, "moved", refuse)
    answer = done(agent.post("/tickets/bulk", json={"ids": two, "change": {"status": "active"}}))
    assert answer["done"] == 1, "other moves tell nobody"
    both = {"ids": two, "change": {"status": "closed", "starts_work": True, "despite_blockers": True}}
    answer = done(agent.post("/tickets/bulk", json=both))
    assert [(one["id"], one["error"]) for one in answer["refused"]] == [(blocker, "CategoryGoing")]
    assert [line[0] for line in told(agent, blocked)] == ["link"]


@pytest.mark.parametrize(
    ("blockers", "said"),
    [
        ([4], "by #4, which is not closed."),
        ([4, 9], "by #4 and #9, which are not closed."),
        ([*range(1, 8)], "by #1, #2, #3, #4, #5 and 2 more, which are not closed."),
    ],
)
def test_the_reason_names_what_blocks_it(blockers: list[int], said: str) -> None:
    assert TicketBlocked(3, blockers).detail == f"Ticket 3 is blocked {said}"


def test_tickets_that_wait_for_others_are_listed(api: Api, agent: Visitor, student: Visitor, two: list[int]) -> None:
    """What is listed is what the board says of each ticket, in any order, page by page, and with other filters."""
    one, other = two
    waiting = [student.report(f"Waits {number}", priority="urgent")["id"] for number in range(4)]
    for ticket in (*waiting, other):
        link(agent, one, "blocks", ticket)
    link(agent, other, "relates-to", waiting[0])
    agent.move(waiting[3], "active")
    agent.post(f"/tickets/{waiting[3]}/status", json={"status": "closed", "despite_blockers": True})

    def listed(**query: Any) -> set[int]:
        found = agent.walk("/tickets", limit=2, **query)
        assert len(found) == done(agent.get("/tickets", params=query))["total"]
        return {ticket["id"] for ticket in found} & {one, other, *waiting}

    for sort in ("-opened_at", "last_word", "-priority", "closed_at"):
        assert listed(blocked="true", sort=sort) == {other, *waiting[:3]}
        assert listed(blocked="false", sort=sort) == {one, waiting[3]}
    assert listed(blocked="true", status=["open", "active"], priority="urgent") == set(waiting[:3])
    assert listed(blocked="true", status="closed") == set()
    assert listed(blocked="true", q="waits") == set(waiting[:3])
    saved = done(agent.post("/views", json={"name": "Waiting", "query": {"blocked": ["false"]}}), 201)
    assert saved["query"] == {"blocked": ["false"]}
    agent.move(one, "active", "closed")
    assert listed(blocked="true") == set()
    assert listed(blocked="false") == {one, other, *waiting}


def test_a_requester_is_not_asked(agent: Visitor, student: Visitor, two: list[int]) -> None:
    link(agent, two[0], "blocks", two[1])
    done(student.post(f"/tickets/{two[1]}/status", json={"status": "closed", "reason": "no-longer-needed"}))
    assert agent.read(two[1])["status"] == "closed"


@pytest.mark.parametrize("is_bulk", [False, True])
def test_those_that_waited_are_told(agent: Visitor, student: Visitor, two: list[int], is_bulk: bool) -> None:
    """In the same change, and live. What is closed already waits for nothing."""
    blocker, blocked = two
    over = student.report("Over")["id"]
    for number in (blocked, over):
        link(agent, blocker, "blocks", number)
    done(student.post(f"/tickets/{over}/status", json={"status": "closed"}))
    mark = student.report("Mark")["id"]
    (stream,) = listen_from(mark, agent, student)
    if is_bulk:
        done(agent.post("/tickets/bulk", json={"ids": two, "change": {"status": "closed", "starts_work": True}}))
        assert agent.read(blocked)["status"] == "closed", "it waits for nothing once its blocker is closed"
    else:
        agent.move(blocker, "active", "closed")
    agent.say(mark)
    assert ("ticket", blocked) in stream.before_message_under(mark)
    agent.move(blocker, "active")
    before = [("link", None, "blocked-by", blocker), ("blocker", "open" if is_bulk else "active", "closed", blocker)]
    again = [] if is_bulk else [("blocker", "closed", "active", blocker)]
    assert told(student, blocked) == before + again
    assert [line[0] for line in told(agent, over)] == ["link"]


def test_who_may_not_read_what_moved_does_not_learn_when(
    admin: Visitor, agent: Visitor, student: Visitor, two: list[int], hidden: int
) -> None:
    link(admin, hidden, "blocks", two[0])
    mark = student.report("Mark")["id"]
    of_agent, of_admin = listen_from(mark, agent, agent, admin)
    admin.move(hidden, "active", "closed")
    agent.say(mark)
    assert ("ticket", two[0]) not in of_agent.before_message_under(mark)
    assert {("ticket", hidden), ("ticket", two[0])} <= set(of_admin.before_message_under(mark))


def test_closing_waits_for_nobody_who_changes_what_waited(
    api: Api, agent: Visitor, student: Visitor, two: list[int]
) -> None:
    """Somebody has the blocked ticket locked, and waits for a third one. Who closes the blocker has that one locked: if
    they waited for the blocked one, two could wait for each other."""
    blocker, blocked = two
    link(agent, blocker, "blocks", blocked)
    third = student.report("Third")["id"]
    with psycopg.connect(api.database_url) as holding:
        holding.execute("SELECT FROM ticket WHERE id = %s FOR UPDATE", [third])
        change = {"ids": [blocked, third], "change": {"priority": "high"}}
        with held_up(api, lambda: agent.post("/tickets/bulk", json=change), holding) as answers:
            assert agent.move(blocker, "active", "closed")["status"] == "closed"
    assert done(answers[0])["done"] == 2
    assert told(agent, blocked)[-1] == ("blocker", "active", "closed", blocker)


def test_a_deleted_ticket_takes_its_links_along(
    admin: Visitor, agent: Visitor, student: Visitor, two: list[int], hidden: int
) -> None:
    """Staff are told that a link is gone, but not to which ticket, and nothing of a confidential one."""
    one, other = two
    link(admin, other, "blocks", one)
    link(admin, hidden, "blocks", one)
    for number in (other, hidden):
        assert admin.delete(f"/tickets/{number}").status_code == 204
    for visitor in (admin, agent):
        assert (links_of(visitor, one), told(visitor, one)) == (set(), [("link", "blocked-by", None, None)])
    assert told(student, one) == []
