"""The page of mentions, and messages that mention somebody on a ticket's page."""

from tests.support.api import Visitor, done
from tests.ui.conftest import Opener


def test_mentions_stay_new_until_their_ticket_was_opened(agent: Visitor, student: Visitor, see: Opener) -> None:
    assert "Nothing new" in see(agent, "mentions").words()
    assert "Nobody has mentioned you yet." in see(agent, "mentions", shown="All").words()
    ticket = agent.report("The bell rings.")["id"]
    done(student.put(f"/tickets/{ticket}/follow"), 204)
    said = {"body": "@Mia Rossi, is it loud?", "mentions": [student.person_id]}
    done(agent.post(f"/tickets/{ticket}/messages", json=said), 201)
    screen = see(student, "mentions")
    (row,) = screen.data("rows", "mentions")["items"]
    assert (row["id"], row["title"], row["note"]) == (ticket, "The bell rings.", "@Mia Rossi, is it loud?")
    assert [chip["text"] for chip in row["chips"]] == ["New"]
    assert screen.data("menu", "menu")["news"] == {"unread": 0, "mentions": 1}
    assert screen.app.session_state["news"].total == 1
    (entry,) = [one for one in see(student, "ticket", id=str(ticket)).data("timeline")["entries"] if one["is_message"]]
    assert entry["mentions"] == [{"name": "Mia Rossi", "is_me": True}]
    done(student.put(f"/tickets/{ticket}/mentions/seen"), 204)
    assert "Nothing new" in see(student, "mentions").words()
    (row,) = see(student, "mentions", shown="All").data("rows", "mentions")["items"]
    assert row["chips"] == []


def test_whom_the_text_names_is_sent_with_it_and_a_refusal_is_told(
    agent: Visitor, student: Visitor, other_student: Visitor, see: Opener
) -> None:
    ticket = student.report()["id"]
    screen = see(agent, "ticket", id=str(ticket))
    assert screen.data("composer")["mentions"] == ticket
    draft = {"text": "@Mia Rossi", "key": "k1", "mentions": [student.person_id], "shown": 1}
    screen.fire("composer", "send", draft)
    (message,) = agent.walk(f"/tickets/{ticket}/messages")
    assert message["mentions"] == [{"id": student.person_id, "name": "Mia Rossi"}]
    note = draft | {"key": "k2", "internal": True}
    screen.fire("composer", "send", note)
    assert "Mia Rossi may not read this internal note" in screen.data("composer")["problem"]["text"]
