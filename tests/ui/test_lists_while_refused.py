"""Lists, while a part of what they ask for is refused or does not come."""

import pytest

from streamlit_app.client import api as client
from streamlit_app.client.errors import ApiError, DeskAway
from tests.support.api import Api, Visitor
from tests.ui.away import raising, refused
from tests.ui.conftest import Opener


def test_examples_never_stand_under_the_name_of_another_category(
    api: Api, see: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = see(api.enter("admin", "Lia List"), "categories", view="Examples")
    screen.app.selectbox(key="category").set_value("technical-it").run()
    texts = [item["name"] for item in screen.data("entries", "entries_example")["items"]]
    assert texts
    for asked in ("examples", "desk"):
        monkeypatch.setattr(client.Api, asked, raising(DeskAway()))
    assert screen.again().data("entries", "entries_example")["items"], "the same ones stay"

    screen.app.selectbox(key="category").set_value("services-complaints").run()
    assert not screen.checked().has("entries")


@pytest.mark.parametrize("error", [refused(429), refused(500)])
def test_ones_tickets_stand_without_the_news(
    student: Visitor, see: Opener, monkeypatch: pytest.MonkeyPatch, error: ApiError
) -> None:
    ticket = student.report("The lamp flickers.")
    monkeypatch.setattr(client.Api, "unread", raising(error))

    assert ticket["id"] in [item["id"] for item in see(student, "my_tickets").data("rows")["items"]]
