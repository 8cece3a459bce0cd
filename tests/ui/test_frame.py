"""What surrounds every page."""

import pytest

from streamlit_app.client import api as client
from streamlit_app.client.errors import DeskAway
from streamlit_app.shell import frame
from tests.support.api import Visitor, running_api
from tests.support.screens import Screen
from tests.ui import conftest
from tests.ui.conftest import Opener


def test_the_desk_is_called_as_the_campus_calls_it(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with running_api(database_url, LODGE_DESK_NAME="Uni *Desk*") as api:
        monkeypatch.setenv("LODGE_DATA_API_URL", api.url)
        conftest.forget()
        screen = Screen(api.enter("student").token).open("report")
        assert any("Uni" in markdown.value for markdown in screen.app.sidebar.markdown)
        assert frame.tab_title("Queue", 2) == "(2) Queue · Uni *Desk*"


def test_a_desk_that_is_away_has_a_name_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LODGE_DATA_API_URL", "http://127.0.0.1:9")
    conftest.forget()
    assert frame.tab_title("Queue") == "Queue · Lodge"


def test_a_page_whose_question_alone_is_not_answered_is_drawn_once_and_waits(
    student: Visitor, see: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def ask(*_: object, **__: object) -> None:
        asked.append(1)
        raise DeskAway

    monkeypatch.setattr(client.Api, "tickets", ask)
    screen = see(student, "my_tickets")
    assert any("trying again" in warning.value for warning in screen.app.warning)
    assert len(asked) == 1
