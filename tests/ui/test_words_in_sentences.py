"""People's words inside our sentences, and history as sentences."""

from datetime import UTC, datetime

import pytest

from contracts.tickets import EventKind
from streamlit_app.language import moments
from streamlit_app.language.text import isolated
from streamlit_app.state import lists
from streamlit_app.tickets.events import VERBS, sentence
from tests.support import rows
from tests.support.api import Api, Visitor
from tests.ui.conftest import Opener

ISOLATED = "\u2068שלום\u2069"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ada Okafor", "Ada Okafor"),
        ("שלום", ISOLATED),
        ("\u202eevil", "evil"),
        ("\u2069\u202eשלום\u2066", ISOLATED),
        ("a\u200db", "a\u200db"),
    ],
)
def test_words_of_another_direction_stand_apart(text: str, shown: str) -> None:
    assert isolated(text) == shown


@pytest.mark.parametrize(
    ("kind", "before", "after", "said"),
    [
        ("activity", None, "Take in charge ticket", "Ada did “Take in charge ticket”"),
        (EventKind.ROOM, "2.14", "\u202e41.2", "Ada changed the room from 2.14 to 41.2"),
        (EventKind.TITLE, None, None, "Ada changed the title"),
        ("smell", "One\nline", "W" * 200, f"Ada changed smell from One line to {'W' * 79}…"),
        (EventKind.TAGS, None, "water", "Ada changed the tags to water"),
        ("smell", "bad", "good", "Ada changed smell from bad to good"),
        (EventKind.FOLLOWER, None, "Mia", "Ada added Mia as a follower"),
        (EventKind.FOLLOWER, "Mia", None, "Ada removed Mia from the followers"),
        (EventKind.ATTACHMENT, None, "lift.jpg", "Ada added the file lift.jpg"),
        (EventKind.ATTACHMENT, "lift.jpg", None, "Ada deleted the file lift.jpg"),
    ],
)
def test_history_reads_as_sentences(kind: str, before: str | None, after: str | None, said: str) -> None:
    assert sentence(kind, before, after, "Ada") == said


@pytest.mark.parametrize(("day", "said"), [(3, "14:05"), (2, "yesterday 14:05"), (1, "1 Mar 14:05")])
def test_a_moment_within_a_sentence(day: int, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moments, "zone", lambda: UTC)
    now = datetime(2026, 3, 3, 16, tzinfo=UTC)
    assert moments.said_within(datetime(2026, 3, day, 14, 5, tzinfo=UTC), now) == said


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (None, "Ada", "Ada took it"),
        ("Ben", "Ada", "Ada took it over from Ben"),
        (None, "Ben", "Ada assigned it to Ben"),
        ("Ben", "Cleo", "Ada assigned it to Cleo, in place of Ben"),
        ("Ada", None, "Ada gave it back, so nobody has it"),
        ("Ben", None, "Ada took it from Ben, so nobody has it"),
        ("שלום", "Ada", f"Ada took it over from {ISOLATED}"),
    ],
)
def test_an_assignment_says_from_whom(before: str | None, after: str | None, said: str) -> None:
    assert sentence(EventKind.ASSIGNEE, before, after, "Ada") == said
    assert sentence(EventKind.ASSIGNEE, before, after, "You", "Ada") == said.replace("Ada", "You", 1)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (None, "it-support", "Ada put it into the team IT support"),
        ("it-support", "gone", "Ada put it into the team gone, before it was in IT support"),
        ("it-support", None, "Ada took it out of the team IT support"),
    ],
)
def test_teams_are_told_by_their_names(
    before: str | None, after: str | None, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "team_name", lambda slug: {"it-support": "IT support"}.get(slug, slug))
    assert sentence(EventKind.TEAM, before, after, "Ada") == said


def test_every_kind_of_event_has_words() -> None:
    told_apart = {EventKind.FOLLOWER, EventKind.ATTACHMENT, EventKind.LINK, EventKind.BLOCKER}
    assert set(EventKind) | {"activity"} <= {*VERBS, *told_apart}


def test_an_imported_tickets_history_reads_well(api: Api, agent: Visitor, student: Visitor, see: Opener) -> None:
    ticket = student.report("The lift is stuck.")["id"]
    rows.event(api, ticket, "activity", to_value="Assign seriousness", actor_id=agent.person_id)
    screen = see(agent, "ticket", id=str(ticket))
    lines = [entry["text"] for entry in screen.data("timeline")["entries"] if not entry["is_message"]]
    assert "Ada Okafor did “Assign seriousness”" in lines


def test_a_title_of_many_lines_takes_one(student: Visitor, see: Opener) -> None:
    ticket = student.report("The lift is stuck.", title="Stuck\n\n\nagain\u2028and again")["id"]

    assert see(student, "ticket", id=str(ticket)).data("ticket_card")["title"] == "Stuck again and again"
    assert "Stuck again and again" in see(student, "my_tickets").words()
