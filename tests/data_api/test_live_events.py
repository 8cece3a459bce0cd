"""The live stream: soon, to those who may know, until the token ends."""

from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from tests.lodge.waiting import wait_until
from tests.support import rows
from tests.support.api import Api, Visitor, done, running_api
from tests.support.databases import opened_to_analytics
from tests.support.live import Stream, listen, listen_from
from warehouse.tables import Definition


def heard(stream: Stream) -> tuple[Any, ...]:
    event = stream.next()
    assert event is not None
    assert set(event) == {"kind", "ticket_id", "at"}
    return event["kind"], event["ticket_id"]


def test_everybody_hears_of_a_new_ticket(student: Visitor, other_student: Visitor, agent: Visitor) -> None:
    """How soon is measured by `make bench` (live); that nobody waits for the next look at the feed is tested beside the
    broadcaster."""
    streams = listen(student, other_student, agent)
    ticket_id = student.report()["id"]
    assert [heard(stream) for stream in streams] == [("ticket", ticket_id)] * len(streams)


def test_a_message_is_told_with_its_ticket(student: Visitor, agent: Visitor) -> None:
    ticket_id = student.report()["id"]
    (stream,) = listen_from(ticket_id, agent, student)
    agent.say(ticket_id)
    assert {heard(stream), heard(stream)} == {("ticket", ticket_id), ("message", ticket_id)}


def test_several_changes_of_one_request_are_one_event(student: Visitor, agent: Visitor) -> None:
    ticket_id, mark = student.report()["id"], student.report()["id"]
    (stream,) = listen_from(mark, agent, student)
    agent.edit(ticket_id, priority="high", room="1", stage="pending", assignee=agent.person_id)
    agent.say(mark)
    assert stream.before_message_under(mark) == [("ticket", ticket_id)]


def test_an_event_tells_when_it_happened_and_nothing_of_what(student: Visitor, agent: Visitor) -> None:
    (stream,) = listen_from(student.report()["id"], agent, student)
    before = datetime.now(UTC)
    ticket_id = student.report("Very private words")["id"]
    event = stream.next()
    assert event is not None
    assert event["ticket_id"] == ticket_id
    assert before <= datetime.fromisoformat(event["at"]) <= datetime.now(UTC)
    assert "private" not in str(event)


def test_internal_notes_are_told_to_staff_only(api: Api, student: Visitor, agent: Visitor) -> None:
    ticket_id, mark = student.report()["id"], student.report()["id"]
    colleague = api.enter("agent", "Listening Colleague")
    to_student, to_staff = listen_from(mark, agent, student, colleague)
    agent.say(ticket_id, "quiet", is_internal=True)
    agent.say(mark)
    assert to_student.before_message_under(mark) == []
    assert to_staff.before_message_under(mark) == [("message", ticket_id)]


def test_a_change_by_hand_is_told_too(api: Api, student: Visitor, agent: Visitor) -> None:
    ticket_id = student.report()["id"]
    (stream,) = listen_from(ticket_id, agent, student)
    api.sql("UPDATE ticket SET room = 'by hand' WHERE id = %s", ticket_id)
    assert heard(stream) == ("ticket", ticket_id)


def test_a_change_that_is_rolled_back_is_not_told(student: Visitor, agent: Visitor) -> None:
    ticket_id, mark = student.report()["id"], student.report()["id"]
    (stream,) = listen_from(mark, agent, student)
    version = agent.read(ticket_id)["version"]
    refused = {"version": version, "priority": "urgent", "tags": ["x"], "stage": "completed"}
    assert agent.patch(f"/tickets/{ticket_id}", json=refused).status_code == 409
    agent.say(mark)
    assert stream.before_message_under(mark) == []


def test_who_saw_a_ticket_that_closes_hears_that_it_went(
    student: Visitor, other_student: Visitor, agent: Visitor
) -> None:
    ticket_id = student.report()["id"]
    (stream,) = listen_from(ticket_id, agent, other_student)
    student.move(ticket_id, "closed")
    assert heard(stream) == ("ticket", ticket_id)
    assert other_student.get(f"/tickets/{ticket_id}").status_code == 404


def test_so_does_who_saw_it_when_more_changed_with_it(student: Visitor, other_student: Visitor, agent: Visitor) -> None:
    """Several statements of one transaction, of which only the first tells that it closed."""
    ticket_id, mark = student.report()["id"], student.report()["id"]
    agent.move(ticket_id, "active")
    (stream,) = listen_from(mark, agent, other_student)
    agent.edit(ticket_id, stage="completed", tags=["done"])
    agent.say(mark)
    assert stream.before_message_under(mark) == [("ticket", ticket_id)]


def test_a_deleted_ticket_is_told_to_those_who_could_read_it(
    student: Visitor, other_student: Visitor, agent: Visitor, admin: Visitor
) -> None:
    """Decided while it could still be read: afterwards nothing tells who they were."""
    ticket_id, closed, mark = (student.report()["id"] for _ in range(3))
    student.move(closed, "closed")
    streams = listen_from(mark, admin, agent, student, other_student)
    for number in (ticket_id, closed):
        admin.delete(f"/tickets/{number}")
    admin.say(mark)
    to_staff, to_requester, to_other = ({number for _, number in one.before_message_under(mark)} for one in streams)
    assert to_staff == to_requester == {ticket_id, closed}
    assert to_other == {ticket_id}


@pytest.mark.parametrize("by_hand", [False, True], ids=["by an administrator", "by hand"])
def test_a_deleted_confidential_ticket_is_told_to_nobody_else(
    api: Api, student: Visitor, other_student: Visitor, agent: Visitor, admin: Visitor, by_hand: bool
) -> None:
    """Nor by what happened to it a moment before."""
    assignee, follower, outsider = (api.enter("agent", name) for name in ("Ass Ignee", "Fol Lower", "Out Sider"))
    ticket_id, mark = student.report()["id"], student.report()["id"]
    agent.edit(ticket_id, is_confidential=True, assignee=assignee.person_id)
    rows.watcher(api, ticket_id, follower.person_id)
    people = [admin, student, assignee, follower, outsider, other_student]
    streams = listen_from(mark, admin, *people)
    if by_hand:
        api.sql(
            "DO $$ BEGIN UPDATE ticket SET room = 'x' WHERE is_confidential; DELETE FROM ticket WHERE is_confidential; "
            "END $$"
        )
    else:
        admin.delete(f"/tickets/{ticket_id}")
    admin.say(mark)
    told = [ticket_id in {number for _, number in one.before_message_under(mark)} for one in streams]
    assert told == [True, True, True, True, False, False]


def test_what_another_role_notifies_of_does_no_harm(database_url: str) -> None:
    """Postgres lets every role send to every channel: the broadcaster goes on as if nothing had come."""
    role_url = opened_to_analytics(database_url, Definition("UTC", with_text=False))
    with running_api(database_url) as api:
        student, admin = api.enter("student", "Re Quester"), api.enter("admin", "Ad Min")
        deleted, mark = student.report()["id"], student.report()["id"]
        (stream,) = listen_from(mark, admin, student)
        with psycopg.connect(role_url, autocommit=True) as role:
            for channel in ("lodge_change", "lodge_gone"):
                for junk in ("", "{", "[]", '{"ticket_id": 1}', '{"ticket_id": 1, "person_id": 1}', "x" * 7_999):
                    role.execute("SELECT pg_notify(%s, %s)", [channel, junk])
        admin.delete(f"/tickets/{deleted}")
        admin.say(mark)
        assert stream.before_message_under(mark) == [("ticket", deleted)]


def test_of_a_ticket_that_many_follow_all_hear_that_it_went(api: Api, student: Visitor, admin: Visitor) -> None:
    ticket_id, mark = student.report()["id"], student.report()["id"]
    follower = api.enter("agent", "Fol Lower")
    api.sql("UPDATE ticket SET is_confidential = true WHERE id = %s", ticket_id)
    api.sql(
        "WITH crowd AS (INSERT INTO person (name, roles, entry_key) SELECT 'C', '{agent}', 'crowd ' || n "
        "FROM generate_series(1, 1500) n RETURNING id), everybody AS (SELECT id FROM crowd UNION SELECT %s) "
        "INSERT INTO ticket_watcher (ticket_id, person_id) SELECT %s, id FROM everybody",
        follower.person_id,
        ticket_id,
    )
    (stream,) = listen_from(mark, admin, follower)
    admin.delete(f"/tickets/{ticket_id}")
    admin.say(mark)
    assert stream.before_message_under(mark) == [("ticket", ticket_id)]


def test_who_loses_a_ticket_by_following_it_no_more_hears_that_it_went(database_url: str) -> None:
    """Where students see their own and what they follow, confidential or not decides for those who follow."""
    with running_api(database_url, LODGE_STUDENTS_SEE="own") as api:
        student, follower, stranger = (api.enter("student", name) for name in ("Re Quester", "Fol Lower", "Stran Ger"))
        agent = api.enter("agent")
        ticket_id, mark = student.report()["id"], student.report()["id"]
        for number, person in ((ticket_id, follower), (mark, follower), (mark, stranger)):
            rows.watcher(api, number, person.person_id)
        to_follower, to_stranger = listen_from(mark, agent, follower, stranger)
        agent.edit(ticket_id, is_confidential=True)
        agent.say(mark)
        assert to_follower.before_message_under(mark) == [("ticket", ticket_id)]
        assert to_stranger.before_message_under(mark) == []
        assert follower.get(f"/tickets/{ticket_id}").status_code == 404


# -- the end of a stream -------------------------------------------------------------------------------------------


def test_a_revoked_token_ends_its_streams_and_no_other(api: Api, student: Visitor) -> None:
    leaving, staying = api.enter("student", "Two Tabs"), api.enter("student", "Two Tabs")
    ended, open_still = listen(leaving, staying)
    leaving.delete("/sessions/current")
    assert ended.next() is None
    ticket_id = student.report()["id"]
    assert heard(open_still) == ("ticket", ticket_id)


def test_a_token_revoked_by_hand_ends_too(api: Api) -> None:
    visitor = api.enter("student", "Revoked")
    (stream,) = listen(visitor)
    api.sql("DELETE FROM session_token WHERE person_id = %s", visitor.person_id)
    assert stream.next() is None


def test_changed_roles_end_the_stream(api: Api) -> None:
    visitor = api.enter("agent", "Demoted")
    (stream,) = listen(visitor)
    api.sql("UPDATE person SET roles = '{student}' WHERE id = %s", visitor.person_id)
    assert stream.next() is None


def test_an_expiring_token_ends_its_stream(api: Api) -> None:
    visitor = api.enter("student", "Expiring")
    # Time enough for a busy machine to open the stream.
    soon = "UPDATE session_token SET expires_at = clock_timestamp() + interval '5 seconds' WHERE person_id = %s"
    api.sql(soon, visitor.person_id)
    (stream,) = listen(visitor)
    assert stream.next() is None
    # Its timer may be a millisecond before the clock.
    wait_until(lambda: visitor.get("/me").status_code == 401, "the token is void")


def test_without_a_token_there_is_no_stream(api: Api) -> None:
    assert api.get("/events").status_code == 401


# -- many at once --------------------------------------------------------------------------------------------------


def test_a_bulk_change_is_one_event_that_says_everything(api: Api, student: Visitor) -> None:
    (stream,) = listen(student)
    # Long ago: of young ones the background work would look at the words, and keep the machine busy.
    api.sql(
        "INSERT INTO ticket (title, description, status, stage_id, category_id, requester_id, opened_at, modified_at) "
        "SELECT 'Bulk', 'x', 'open', 1, 1, %s, long_ago, long_ago "
        "FROM generate_series(1, 2500), (SELECT now() - interval '1 month') AS old (long_ago)",
        student.person_id,
    )
    assert heard(stream) == ("ticket", None)
    mark = student.report()["id"]
    assert heard(stream) == ("ticket", mark)


def test_a_revocation_among_a_bulk_change_ends_the_stream(api: Api, student: Visitor) -> None:
    shut_out = api.enter("student", "Shut Out")
    stream, open_still = listen(shut_out, student)
    with psycopg.connect(api.database_url) as connection:
        connection.execute("UPDATE session_token SET revoked_at = now() WHERE person_id = %s", [shut_out.person_id])
        connection.execute("INSERT INTO building (slug, name) SELECT 'bulk-' || n, 'B' FROM generate_series(1, 2500) n")
    assert stream.next() is None
    assert heard(open_still) == ("ticket", None)


def test_open_streams_hold_no_database_connection(api: Api, student: Visitor) -> None:
    """More streams than the pool has connections."""
    streams = listen(*(api.enter("student") for _ in range(45)))
    ticket_id = student.report()["id"]
    assert [heard(stream) for stream in streams] == [("ticket", ticket_id)] * 45
    # Other work of the service may be between two statements: on one connection each, for as long as it likes.
    [(held,)] = api.sql(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%%'"
    )
    assert held < 10, "each of the streams one"


def test_who_saw_what_several_edits_at_once_closed_to_them_hears_that_it_went(
    api: Api, student: Visitor, other_student: Visitor, agent: Visitor
) -> None:
    ticket_id = student.report()["id"]
    (stream,) = listen_from(ticket_id, agent, other_student)
    api.sql(
        "DO $$ BEGIN UPDATE ticket SET is_confidential = true WHERE id = (SELECT max(id) FROM ticket); "
        "UPDATE ticket SET room = '1.01' WHERE id = (SELECT max(id) FROM ticket); END $$"
    )
    assert heard(stream) == ("ticket", ticket_id)
    assert other_student.get(f"/tickets/{ticket_id}").status_code == 404


def test_a_lost_database_connection_is_followed_by_everything(database_url: str) -> None:
    with running_api(database_url, LODGE_LOG_LEVEL="error") as api:
        student = api.enter("student")
        (stream,) = listen(student)
        api.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        assert heard(stream) == ("ticket", None)
        # The first to ask finds the other connections dead, and the pool makes new ones.
        wait_until(lambda: api.get("/health").json()["checks"]["live_events"] == "ok", "live events again")
        assert set(done(api.get("/health"))["checks"].values()) == {"ok"}
        ticket_id = api.enter("student").report()["id"]
        assert heard(stream) == ("ticket", ticket_id)


@pytest.mark.parametrize("path", ["/events?since=1", "/events"])
def test_the_stream_is_an_event_stream(student: Visitor, path: str) -> None:
    with student.stream("GET", path) as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        assert answer.headers["Cache-Control"] in ("no-store", "no-cache")
