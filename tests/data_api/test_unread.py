"""What somebody has not seen yet, and what counts as seen."""

from datetime import UTC, datetime

from data_api.models import TicketConfirmation
from tests.support import rows
from tests.support.api import Api, Visitor, done


def unread(visitor: Visitor) -> int:
    count: int = done(visitor.get("/me/unread"))["tickets"]
    return count


def test_unread_counts_tickets_with_something_new(api: Api, agent: Visitor) -> None:
    reader = api.enter("student", "Unread Reader")
    first, second = reader.report()["id"], reader.report()["id"]
    assert unread(reader) == 0
    agent.say(first)
    agent.say(first)
    agent.say(second)
    assert unread(reader) == 2
    assert sorted(done(reader.get("/me/unread"))["ticket_ids"]) == [first, second]
    assert reader.put(f"/tickets/{first}/read").status_code == 204
    assert reader.put(f"/tickets/{first}/read").status_code == 204
    assert unread(reader) == 1
    agent.say(first)
    assert unread(reader) == 2


def test_what_was_not_shown_stays_unread(api: Api, agent: Visitor) -> None:
    reader = api.enter("student", "Slow Reader")
    ticket_id = reader.report()["id"]
    first, second = agent.say(ticket_id)["id"], agent.say(ticket_id)["id"]
    at = f"/tickets/{ticket_id}/read"
    assert reader.put(at, params={"message": first}).status_code == 204
    assert unread(reader) == 1
    assert reader.put(at, params={"message": second}).status_code == 204
    assert unread(reader) == 0
    assert reader.put(at, params={"message": first}).status_code == 204
    assert unread(reader) == 0


def test_only_a_message_of_the_thread_can_have_been_seen(student: Visitor, agent: Visitor) -> None:
    ticket_id = student.report()["id"]
    note = agent.say(ticket_id, "note", is_internal=True)["id"]
    elsewhere = agent.say(student.report()["id"])["id"]
    for message in (note, elsewhere, 10**15):
        answer = student.put(f"/tickets/{ticket_id}/read", params={"message": message})
        assert answer.status_code == 422
        assert answer.json()["fields"][0]["name"] == "query.message"
    assert agent.put(f"/tickets/{ticket_id}/read", params={"message": note}).status_code == 204


def test_own_words_notes_and_others_tickets_are_not_unread(api: Api, agent: Visitor) -> None:
    reader = api.enter("student", "Unread Writer")
    ticket_id = reader.report()["id"]
    reader.say(ticket_id)
    agent.say(ticket_id, "note", is_internal=True)
    stranger = api.enter("student", "Unread Stranger")
    agent.say(ticket_id)
    assert unread(stranger) == 0
    assert unread(reader) == 1


def test_staff_have_unread_what_is_theirs_or_nobodys(api: Api, student: Visitor) -> None:
    keeper, colleague = api.enter("agent", "Unread Keeper"), api.enter("agent", "Unread Colleague")
    ticket_id = student.report()["id"]
    student.say(ticket_id)
    assert (unread(keeper), unread(colleague)) == (1, 1)
    keeper.edit(ticket_id, assignee=keeper.person_id)
    assert (unread(keeper), unread(colleague)) == (1, 0)
    keeper.put(f"/tickets/{ticket_id}/read")
    assert unread(keeper) == 0
    keeper.edit(ticket_id, assignee=None)


def test_a_confidential_ticket_is_unread_by_its_assignee_and_nobody_else(api: Api, student: Visitor) -> None:
    keeper, colleague = api.enter("agent", "Unread Confidant"), api.enter("agent", "Unread Outsider")
    ticket_id = student.report()["id"]
    keeper.edit(ticket_id, assignee=keeper.person_id, is_confidential=True)
    student.say(ticket_id)
    assert (unread(keeper), unread(colleague)) == (1, 0)


def test_what_was_said_before_one_first_entered_is_not_unread(api: Api, student: Visitor) -> None:
    student.say(student.report()["id"])
    assert unread(api.enter("agent", "Unread Newcomer")) == 0


def test_news_of_what_was_confirmed_are_counted_as_far_as_they_are_listed(api: Api, student: Visitor) -> None:
    """Whoever has confirmed more than the list shows could never see those."""
    reader = api.enter("student", "Unread Confirmer")
    confirmed = {"person_id": reader.person_id, "confirmed_at": datetime.now(UTC)}
    seen = ["active"] * 2 + ["open"] * 199
    many = zip(rows.copies(api, student.report()["id"], 201), seen, strict=True)
    rows.add(
        api, TicketConfirmation, [{"ticket_id": number, "seen_status": status, **confirmed} for number, status in many]
    )
    listed = done(reader.get("/tickets/me-too", params={"limit": 200}))
    assert [one["is_news"] for one in listed["items"]] == [False] * 199 + [True]
    assert done(reader.get("/me/unread"))["confirmed"] == 1
