"""Changing what a ticket says, also while somebody else does."""

import pytest

from streamlit_app.client import api as client
from streamlit_app.client.errors import DeskAway
from tests.support.api import Visitor
from tests.ui.away import raising
from tests.ui.conftest import Opener


def edit_field(ticket: dict[str, object], field: str) -> str:
    return f"edit_{ticket['id']}_{ticket['version']}_{field}"


def test_requesters_edit_what_they_wrote(student: Visitor, see: Opener) -> None:
    ticket = student.report("Teh lamp.")
    screen = see(student, "ticket", id=str(ticket["id"])).press("Edit")
    assert not screen.app.toggle, "confidentiality is for staff"
    screen.app.text_input(key=edit_field(ticket, "title")).set_value("The lamp")
    screen.press("Save")

    assert student.read(ticket["id"])["title"] == "The lamp"
    assert screen.data("ticket_card")["title"] == "The lamp"


def test_edits_of_different_fields_both_stand(agent: Visitor, student: Visitor, see: Opener) -> None:
    ticket = student.report("Both of us.")
    screen = see(student, "ticket", id=str(ticket["id"])).press("Edit")
    agent.edit(ticket["id"], priority="high", room="7")
    screen.app.text_input(key=edit_field(ticket, "title")).set_value("Both of us edit")
    screen.press("Save")

    now = student.read(ticket["id"])
    assert (now["title"], now["room"], now["priority"]) == ("Both of us edit", "7", "high")


def test_a_stale_edit_is_told_and_what_was_typed_is_kept(agent: Visitor, student: Visitor, see: Opener) -> None:
    ticket = student.report("One title.")
    screen = see(student, "ticket", id=str(ticket["id"])).press("Edit")
    agent.edit(ticket["id"], title="The desk's title")
    field = edit_field(ticket, "title")
    screen.app.text_input(key=field).set_value("My title")
    screen.press("Save")

    assert "Somebody else changed this meanwhile" in screen.words()
    assert screen.app.text_input(key=field).value == "My title"
    assert agent.read(ticket["id"])["title"] == "The desk's title"
    screen.press("Save")
    assert agent.read(ticket["id"])["title"] == "My title"


def test_an_empty_title_is_refused_in_words(student: Visitor, see: Opener) -> None:
    ticket = student.report("Keep me.")
    screen = see(student, "ticket", id=str(ticket["id"])).press("Edit")
    screen.app.text_input(key=edit_field(ticket, "title")).set_value("")
    screen.press("Save")

    assert "title" in screen.data("warning")["text"]
    assert student.read(ticket["id"])["title"] == "Keep me."


def test_that_the_desk_was_away_is_said_no_more_when_it_is_back(
    student: Visitor, see: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = student.report("It was dark.")
    screen = see(student, "ticket", id=str(ticket["id"])).press("Edit")
    screen.app.text_input(key=edit_field(ticket, "title")).set_value("It is dark")
    with monkeypatch.context() as patch:
        for asked in ("edit", "ticket", "unread"):
            patch.setattr(client.Api, asked, raising(DeskAway()))
        screen.press("Save")
        assert DeskAway.words in str(screen.data("warning"))

    assert not screen.again().has("warning")
    assert screen.app.text_input(key=edit_field(ticket, "title")).value == "It is dark"
