"""What pages say when there is nothing on them: only what their reader can know. The desk of this module has one open
ticket, which is confidential, with an internal note."""

import pytest

from contracts.desk import StudentsSee
from contracts.people import Role
from streamlit_app.state import lists
from streamlit_app.state.navigation import menu_for
from tests.support.api import Api, Visitor, done
from tests.ui.conftest import Opener

# Each would be untrue for somebody.
CLAIMS = (
    "All is well",
    "Nothing is open",
    "Nothing is waiting",
    "Nothing has happened",
    "Nobody has written",
    "No tickets yet",
    "No ticket fits",
    "No open ticket holds",
    "You follow no ticket.",
    "You have confirmed nothing",
)


@pytest.fixture(scope="module")
def hidden(api: Api, admin: Visitor) -> int:
    ticket: int = api.enter("student", "Vic Veiled").report()["id"]
    admin.edit(ticket, is_confidential=True)
    admin.say(ticket, "He calls every week.", is_internal=True)
    return ticket


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("page", ["my_tickets", "open_tickets", "overview", "queue"])
def test_no_page_claims_what_its_reader_cannot_know(api: Api, see: Opener, hidden: int, role: Role, page: str) -> None:
    words = see(api.enter(role, f"Empty {role}"), page).words()
    assert not [claim for claim in CLAIMS if claim in words]


@pytest.mark.parametrize(
    ("role", "page", "query", "said"),
    [
        (Role.STUDENT, "open_tickets", {}, "No ticket that you may see is open."),
        (Role.STUDENT, "my_tickets", {}, "None of your tickets is open."),
        (Role.STUDENT, "my_tickets", {"shown": "Closed"}, "None of your tickets is closed."),
        (Role.STUDENT, "my_tickets", {"shown": "Followed"}, "You follow no ticket that you may see. Open one and"),
        (Role.STUDENT, "my_tickets", {"shown": "Confirmed"}, "No confirmed reports to show."),
        (Role.AGENT, "queue", {}, "No tickets to show."),
        (Role.MANAGER, "queue", {"status": "open"}, "No ticket that you may see fits these filters."),
        (Role.AGENT, "overview", {}, "No activity to show."),
        (Role.MANAGER, "overview", {}, "No messages to show."),
    ],
)
def test_an_empty_page_says_for_whom_it_is_empty(
    api: Api, see: Opener, hidden: int, role: Role, page: str, query: dict[str, str], said: str
) -> None:
    assert said in see(api.enter(role, f"Empty {role}"), page, **query).words()


def test_the_data_team_is_not_offered_the_tickets_of_others(api: Api, see: Opener, analyst: Visitor) -> None:
    """They may not see them."""
    me = see(analyst).app.session_state["me"]
    assert "open_tickets" not in {screen.stem for screen in menu_for(me)}
    followed = see(analyst, "my_tickets", shown="Followed").words()
    assert "You follow no ticket that you may see." in followed
    assert "choose Follow" not in followed


def test_where_students_see_their_own_the_page_is_about_these(
    see: Opener, student: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    present = lists.desk()
    monkeypatch.setattr(lists, "desk", lambda: present.model_copy(update={"students_see": StudentsSee.OWN}))
    assert "No ticket that you reported or follow is open." in see(student, "open_tickets").words()


def test_a_followed_ticket_that_was_closed_is_not_forgotten(api: Api, see: Opener, agent: Visitor) -> None:
    """A student who follows it may not see it any more, but follows it still."""
    follower = api.enter("student", "Fia Follower")
    ticket = api.enter("student", "Rae First").report()["id"]
    assert follower.put(f"/tickets/{ticket}/follow").status_code == 204
    agent.move(ticket, "active", "closed")
    assert "You follow no ticket that you may see." in see(follower, "my_tickets", shown="Followed").words()


def test_a_requester_does_not_read_that_nobody_has_written(api: Api, see: Opener, hidden: int) -> None:
    requester = api.enter("student", "Vic Veiled")
    assert done(requester.get(f"/tickets/{hidden}/messages"))["items"] == []
    screen = see(requester, "ticket", id=str(hidden))
    assert not [entry for entry in screen.data("timeline")["entries"] if entry["is_message"]]
    # What the timeline says where it is empty is "There is nothing to show." (timeline.js).
    assert "Nobody has written" not in screen.words()
