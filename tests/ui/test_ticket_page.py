"""The ticket's page: what each side sees and may do."""

from typing import Any

import pytest

from streamlit_app.client import api as client
from streamlit_app.client.errors import DeskAway
from streamlit_app.components.composer import AWAY, BACK
from tests.support.api import Api, Visitor, done
from tests.support.screens import Screen
from tests.ui.conftest import Opener

NASTY = "**b** [l](https://evil.example) ![p](https://evil.example/p.png) <script>x</script> $x$ :red[r]"
# A new ticket without words that tell is in neither.
CATEGORIES = ("technical-it", "facility-management")


def test_staff_start_solve_and_reopen(agent: Visitor, student: Visitor, see: Opener) -> None:
    ticket = student.report("The lift is stuck.")
    screen = see(agent, "ticket", id=str(ticket["id"]))
    assert {"Start work", "Assign to me", "Follow"} <= set(screen.labels())

    screen.press("Start work")
    assert agent.read(ticket["id"])["status"] == "active"
    screen.press("Assign to me")
    assert agent.read(ticket["id"])["assignee"]["id"] == agent.person_id
    assert "Assign to me" not in screen.labels()
    screen.press("Close as solved")
    assert agent.read(ticket["id"])["closed_reason"] == "solved"
    screen.press("Reopen")
    assert agent.read(ticket["id"])["status"] == "active"


def test_what_one_did_a_moment_ago_is_no_conflict(agent: Visitor, student: Visitor, see: Opener) -> None:
    """Nor is what somebody else did, where it is the same or leaves the status alone."""
    ticket = student.report("Two presses.")
    screen = see(agent, "ticket", id=str(ticket["id"]))
    agent.edit(ticket["id"], assignee=agent.person_id)
    screen.press("Start work")
    assert agent.read(ticket["id"])["status"] == "active"
    assert "Somebody else" not in screen.words()

    agent.move(ticket["id"], "closed")
    screen.press("Close as solved")
    assert "Somebody else" not in screen.words()
    agent.move(ticket["id"], "active")
    screen.again()
    done(agent.post(f"/tickets/{ticket['id']}/status", json={"status": "closed", "reason": "no-longer-needed"}))
    screen.press("Close as solved")
    assert "so nothing was done" in screen.words()


def test_a_press_that_was_meant_for_a_free_ticket_takes_it_from_nobody(
    api: Api, agent: Visitor, student: Visitor, see: Opener
) -> None:
    ticket, maja = student.report("Who is faster?")["id"], api.enter("agent", "Maja Weber")
    screen = see(agent, "ticket", id=str(ticket))
    key, press = screen.press_of("Assign to me")
    maja.edit(ticket, assignee=maja.person_id)
    screen.again()
    assert "Take over from Maja Weber" in screen.labels()

    screen.fire("buttons", "press", press, key)
    assert agent.read(ticket)["assignee"]["name"] == "Maja Weber"
    told = "Maja Weber took it a moment ago, so it was not assigned to you."
    for _ in range(3):
        assert screen.data("warning")["text"] == told
        screen.again()
    screen.press("Take over from Maja Weber")
    assert agent.read(ticket)["assignee"]["id"] == agent.person_id
    assert not screen.has("warning")


def test_a_notice_goes_when_it_is_dismissed_or_something_else_is_done(
    agent: Visitor, student: Visitor, see: Opener
) -> None:
    for end in ("dismiss", "follow", "leave"):
        ticket = student.report("Read me.")["id"]
        screen = see(agent, "ticket", id=str(ticket))
        agent.move(ticket, "active", "closed")
        screen.press("Start work")
        assert "so nothing was done" in screen.again().data("warning")["text"]
        if end == "leave":
            screen.open("queue").open("ticket", id=str(ticket))
        else:
            screen.press(end.capitalize())
        assert not screen.has("warning")


def test_ones_own_presses_in_a_row_are_no_conflict(agent: Visitor, student: Visitor, see: Opener) -> None:
    """The browser sends the second before it has drawn what the first one did."""
    ticket = student.report("Three presses.")["id"]
    screen = see(agent, "ticket", id=str(ticket))
    key, take = screen.press_of("Assign to me")
    for name in ("take", "start", "solved"):
        screen.fire("buttons", "press", {**take, "name": name}, key)
        assert not screen.has("warning")
    now = agent.read(ticket)
    assert (now["status"], now["assignee"]["id"]) == ("closed", agent.person_id)


def test_an_event_that_arrives_twice_counts_once(agent: Visitor, student: Visitor, see: Opener) -> None:
    """The browser sends it again if it does not learn in time that it has arrived."""
    screen = see(agent, "ticket", id=str(student.report("Sent again.")["id"]))
    screen.fire("timeline", "show", "notes", event_id="first")
    assert screen.data("timeline")["show"] == "notes"
    assert screen.data("timeline")["delivered"] == ["first"]
    screen.fire("timeline", "show", "all", event_id="second")
    screen.fire("timeline", "show", "notes", event_id="first")
    assert screen.data("timeline")["show"] == "all"


def test_closing_is_not_the_first_thing_a_requester_does(student: Visitor, agent: Visitor, see: Opener) -> None:
    ticket = student.report("Just reported.")
    assert kinds(see(student, "ticket", id=str(ticket["id"])), "Close as solved") == ["secondary"]
    agent.move(ticket["id"], "active")
    assert kinds(see(agent, "ticket", id=str(ticket["id"])), "Close as solved") == ["primary"]


def messages_of(screen: Screen) -> list[dict[str, Any]]:
    return [entry for entry in screen.data("timeline")["entries"] if entry["is_message"]]


def kinds(screen: Screen, label: str) -> list[str]:
    found = [button for _, _, button in screen.own_buttons() if button["label"] == label]
    return ["primary" if button["is_primary"] else "secondary" for button in found]


def test_requesters_close_their_own_as_no_longer_needed(student: Visitor, see: Opener) -> None:
    ticket = student.report("Lost my key.")
    screen = see(student, "ticket", id=str(ticket["id"]))
    assert "Start work" not in screen.labels()
    assert "Assign to me" not in screen.labels()

    screen.press("No longer needed")

    now = student.read(ticket["id"])
    assert (now["status"], now["closed_reason"]) == ("closed", "no-longer-needed")
    assert "Reopen" in screen.labels()
    assert not screen.has("composer"), "a closed ticket is not answered"


def test_other_students_may_only_follow(student: Visitor, other_student: Visitor, see: Opener) -> None:
    ticket = student.report("No hot water.")
    screen = see(other_student, "ticket", id=str(ticket["id"]))
    assert not {"Close as solved", "No longer needed", "Reopen"} & set(screen.labels())

    screen.press("Follow")

    assert other_student.read(ticket["id"])["is_followed"]
    assert "Stop following" in screen.labels()


def test_answers_appear_on_the_other_side(agent: Visitor, student: Visitor, see: Opener) -> None:
    ticket = student.report("The printer is jammed.")
    theirs = see(student, "ticket", id=str(ticket["id"]))
    see(agent, "ticket", id=str(ticket["id"])).fire("composer", "send", {"text": "We come at ten.", "key": "k1"})

    messages = messages_of(theirs.again())

    assert [(message["body"], message["mine"]) for message in messages] == [("We come at ten.", False)]


def test_an_answer_while_the_desk_is_away_is_kept_and_can_be_sent_again(
    student: Visitor, see: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = student.report("It smells of smoke.")
    screen = see(student, "ticket", id=str(ticket["id"]))
    with monkeypatch.context() as patch:
        for asked in ("say", "ticket", "messages", "unread"):
            patch.setattr(client.Api, asked, away)
        screen.fire("composer", "send", {"text": "Now it burns.", "key": "k9"})
        composer = screen.data("composer")
        assert (composer["problem"]["text"], composer["problem"]["key"], composer["done"]) == (AWAY, "k9", None)
        assert screen.again().data("composer")["problem"]["text"] == AWAY

    problem = screen.again().data("composer")["problem"]
    assert (problem["text"], problem["key"], problem["is_over"]) == (BACK, "k9", True)
    for _ in range(2):
        screen.fire("composer", "send", {"text": "Now it burns.", "key": "k9"})
    assert screen.data("composer")["done"] == "k9"
    assert [message["body"] for message in student.walk(f"/tickets/{ticket['id']}/messages")] == ["Now it burns."]


def test_internal_notes_never_reach_the_requester(agent: Visitor, student: Visitor, see: Opener) -> None:
    ticket = student.report("Strange smell.")
    note = {"text": "He calls every week, humour him.", "key": "k2", "internal": True}
    staff = see(agent, "ticket", id=str(ticket["id"])).fire("composer", "send", note)

    assert messages_of(staff)[0]["internal"]
    assert staff.data("composer")["offer_internal"]
    theirs = see(student, "ticket", id=str(ticket["id"]))
    assert "humour him" not in theirs.words()
    assert not theirs.data("composer")["offer_internal"]


def test_answers_to_a_message_quote_it(agent: Visitor, student: Visitor, see: Opener) -> None:
    ticket = student.report("Two questions.")
    first, second = student.say(ticket["id"], "First?"), student.say(ticket["id"], "Second?")
    screen = see(agent, "ticket", id=str(ticket["id"]))
    screen.fire("composer", "send", {"text": "Yes to the first.", "key": "k3", "reply_to": first["id"]})

    messages = messages_of(screen)
    shown = [(message["body"], message["quoted"]) for message in messages]
    assert shown == [("First?", ""), ("Second?", ""), ("Yes to the first.", f"{student.name}: First?")]
    assert [message["thread"] for message in messages] == [first["id"], second["id"], first["id"]]


def test_peoples_words_reach_the_browser_only_as_data(agent: Visitor, student: Visitor, see: Opener) -> None:
    ticket = student.report(NASTY, title=NASTY)
    student.say(ticket["id"], NASTY)
    screen = see(agent, "ticket", id=str(ticket["id"]))

    assert screen.data("ticket_card")["title"] == NASTY
    assert messages_of(screen)[0]["body"] == NASTY
    markdown = [
        getattr(element, "value", "")
        for kind in ("title", "header", "markdown", "caption", "info")
        for element in screen.app.get(kind)
    ]
    assert not [words for words in markdown if "evil" in words]


@pytest.mark.parametrize("number", ["0", "x", "", "99999999999999999999", "-3", "1 OR 1=1"])
def test_an_address_without_a_ticket_says_so(student: Visitor, see: Opener, number: str) -> None:
    assert "names no ticket" in see(student, "ticket", id=number).words()


def test_what_is_not_there_and_what_is_not_yours_look_the_same(
    agent: Visitor, student: Visitor, other_student: Visitor, see: Opener
) -> None:
    hidden = student.report("Private matter.")
    agent.edit(hidden["id"], is_confidential=True)

    words = [see(other_student, "ticket", id=str(number)).words() for number in (hidden["id"], 999_999)]

    assert all("There is nothing here" in word for word in words)
    assert "Private matter" not in words[0]


def test_staff_set_priority_with_one_press(agent: Visitor, student: Visitor, see: Opener) -> None:
    ticket = student.report("Alarm beeps.")
    screen = see(agent, "ticket", id=str(ticket["id"]))
    assert pressed(screen) == ["Normal"]
    screen.press("Urgent")

    assert pressed(screen) == ["Urgent"]
    assert agent.read(ticket["id"])["priority"] == "urgent"
    assert {"text": "Urgent", "tone": "red"} in screen.data("ticket_card")["chips"]


def test_a_choice_somebody_was_faster_with_is_told_and_not_saved(agent: Visitor, student: Visitor, see: Opener) -> None:
    ticket = student.report("Two of us.")
    screen = see(agent, "ticket", id=str(ticket["id"]))
    agent.edit(ticket["id"], priority="low", stage="pending")
    screen.press("Urgent")
    assert "changed the priority from normal to low a moment ago, so your choice was not saved" in screen.words()
    screen = see(agent, "ticket", id=str(ticket["id"]))
    shown = agent.read(ticket["id"])
    agent.edit(ticket["id"], stage="blocked")
    screen.app.selectbox(key=box(shown, "stage")).set_value("in-progress").run()
    assert "moved it from Pending to Blocked a moment ago, so your choice was not saved" in screen.words()

    now = agent.read(ticket["id"])
    assert (now["priority"], now["stage"]) == ("low", "blocked")


def test_a_box_stays_the_same_while_its_own_field_does(agent: Visitor, student: Visitor, see: Opener) -> None:
    """It may be open in the browser, which closes a box that is replaced."""
    ticket = student.report("Hold still.")
    screen = see(agent, "ticket", id=str(ticket["id"]))
    later = agent.edit(ticket["id"], title="Hold on.", stage="pending")
    screen.again()
    assert screen.app.selectbox(key=box(ticket, "assignee")).label == "Assigned to"
    assert screen.app.selectbox(key=box(later, "stage")).value == "pending"


def test_a_box_that_only_shows_the_ticket_is_never_a_choice(agent: Visitor, student: Visitor, see: Opener) -> None:
    ticket = student.report("A quick hand.")
    screen = see(agent, "ticket", id=str(ticket["id"]))
    shown = screen.app.selectbox(key=box(ticket, "stage"))._widget_state
    chosen = screen.app.selectbox(key=box(ticket, "category")).set_value(CATEGORIES[0])._widget_state
    screen.again().press("Start work")
    agent.edit(ticket["id"], category=CATEGORIES[1])
    screen.again()
    # The browser still has the former boxes when something is pressed.
    screen._run_with(shown, chosen)

    assert "Somebody else" not in screen.words()
    now = agent.read(ticket["id"])
    assert (now["status"], now["category"]) == ("active", CATEGORIES[1])


def test_the_later_of_two_quick_choices_stands(agent: Visitor, student: Visitor, see: Opener) -> None:
    ticket = student.report("Slow down.")
    screen = see(agent, "ticket", id=str(ticket["id"]))
    shown = screen.app.selectbox(key=box(ticket, "category"))
    first, second = (shown.set_value(slug)._widget_state for slug in CATEGORIES)
    screen._run_with(first)._run_with(second)

    assert "Somebody else" not in screen.words()
    assert agent.read(ticket["id"])["category"] == CATEGORIES[1]


def test_a_refused_choice_is_told_and_not_made_later(
    agent: Visitor, student: Visitor, see: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = student.report("Choose later.")
    screen = see(agent, "ticket", id=str(ticket["id"]))
    with monkeypatch.context() as patch:
        patch.setattr(client.Api, "edit", away)
        screen.app.selectbox(key=box(ticket, "stage")).set_value("in-progress").run()

    assert "The desk cannot be reached" in screen.checked().words()
    assert screen.app.selectbox(key=box(ticket, "stage", refusals=1)).value == "to-do"
    assert agent.read(ticket["id"])["stage"] == "to-do"


def test_two_of_one_name_are_told_apart(api: Api, agent: Visitor, student: Visitor, see: Opener) -> None:
    twins = [api.enter(role, "Toni Twin") for role in ("agent", "manager")]
    assert len({twin.person_id for twin in twins}) == 2
    ticket = student.report("For one of the two.")
    for twin in twins:
        agent.edit(ticket["id"], assignee=twin.person_id)
        screen = see(agent, "ticket", id=str(ticket["id"]))
        chosen = screen.app.selectbox(key=box(agent.read(ticket["id"]), "assignee"))
        assert chosen.value == twin.person_id
        assert f"Toni Twin ({twin.person_id})" in chosen.options


def away(*_: Any, **__: Any) -> None:
    raise DeskAway


def pressed(screen: Screen) -> list[str]:
    return [one["label"] for _, _, one in screen.own_buttons() if one["is_pressed"]]


def box(ticket: dict[str, Any], field: str, refusals: int = 0) -> str:
    return f"{field}_{ticket['id']}_{ticket['version']}_{refusals}"


def test_earlier_messages_are_shown_on_demand(agent: Visitor, student: Visitor, see: Opener) -> None:
    ticket = student.report("A long talk.")
    for number in range(55):
        done(student.post(f"/tickets/{ticket['id']}/messages", json={"body": f"Line {number}"}), 201)
    screen = see(agent, "ticket", id=str(ticket["id"]))
    assert screen.data("timeline")["has_earlier"]
    assert messages_of(screen)[0]["body"] == "Line 5"

    screen.fire("timeline", "earlier", True)

    assert len(messages_of(screen)) == 55
    assert not screen.data("timeline")["has_earlier"]


def test_an_imported_ticket_says_what_it_was_called(api: Api, agent: Visitor, student: Visitor, see: Opener) -> None:
    number = student.report("The beamer stays dark.")["id"]
    assert "ormerly" not in see(agent, "queue", q="beamer").words() + see(agent, "ticket", id=str(number)).words()
    api.sql("UPDATE ticket SET source = 'Old desk', source_id = 'INC-4711' WHERE id = %s", number)
    facts = see(agent, "ticket", id=str(number)).data("ticket_card")["facts"]
    assert {"name": "Formerly", "value": "INC-4711", "title": "", "fields": []} in facts
    (row,) = see(agent, "queue", q="inc-4711", columns="external_number").data("ticket_table")["rows"]
    assert row["cells"] == [["INC-4711", "", ""]]
