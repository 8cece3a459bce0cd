"""Dialogs, whatever they are about."""

import html
from http import HTTPStatus
from threading import Semaphore

import pytest

from contracts.lists import CategoryMerge
from contracts.pages import CountedPage
from contracts.tickets import TicketQuery, TicketRead
from streamlit_app.client import api as client
from streamlit_app.client.errors import ApiError, DeskAway
from streamlit_app.shell import dialogs
from tests.support.api import ANSWER_SECONDS, Api, Visitor, done
from tests.support.screens import Screen
from tests.ui.away import raising, refused
from tests.ui.conftest import Opener


@pytest.fixture(scope="module")
def admin(api: Api) -> Visitor:
    visitor = api.enter("admin", "Lia List")
    done(visitor.post("/categories", json={"name": "Lamps"}), HTTPStatus.CREATED)
    return visitor


def ask_to_merge(screen: Screen) -> Screen:
    return screen.fire("entries", "merge", "lamps", key="entries_category")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (refused(500), "name this to an administrator: r-17"),
        (refused(507), "Not now."),
        (refused(429), "Not now."),
    ],
)
def test_what_is_refused_while_a_dialog_is_drawn_is_told_in_it(
    admin: Visitor, see: Opener, monkeypatch: pytest.MonkeyPatch, error: ApiError, told: str
) -> None:
    monkeypatch.setattr(client.Api, "tickets", raising(error))
    screen = ask_to_merge(see(admin, "categories"))

    assert [html.unescape(one.value).endswith(told) for one in screen.app.error] == [True]


def test_how_many_tickets_are_left_is_told_while_they_move(
    admin: Visitor, see: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The merge of this test is refused when the page has asked twice besides for its dialog, which stays open."""
    done(admin.post("/tickets", json={"description": "Dark in here", "category": "lamps"}), HTTPStatus.CREATED)
    screen = ask_to_merge(see(admin, "categories"))
    monkeypatch.setattr(dialogs, "PROGRESS_SECONDS", 0.01)
    asked, tickets = Semaphore(0), client.Api.tickets

    def count_asked(api: client.Api, query: TicketQuery) -> CountedPage[TicketRead]:
        asked.release()
        return tickets(api, query)

    def merge(_: client.Api, __: str, ___: CategoryMerge) -> None:
        for _times in range(3):
            assert asked.acquire(timeout=ANSWER_SECONDS)
        raise refused(500)

    monkeypatch.setattr(client.Api, "merge_category", merge)
    monkeypatch.setattr(client.Api, "tickets", count_asked)
    assert "1 ticket is left." in screen.press("Merge").words()
    assert screen.app.error, "and why it was refused"


def test_a_dialog_waits_for_a_desk_that_is_away(admin: Visitor, see: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = see(admin, "categories")
    with monkeypatch.context() as patch:
        for asked in ("tickets", "desk"):
            patch.setattr(client.Api, asked, raising(DeskAway()))
        ask_to_merge(screen)
        assert DeskAway.words in [html.unescape(one.value) for one in screen.app.warning]
        assert screen.has("entries"), "the page behind it stands"

    assert "Merge" in screen.again().labels()


def test_a_dialog_is_gone_when_its_page_was_left(admin: Visitor, see: Opener) -> None:
    screen = ask_to_merge(see(admin, "categories"))
    assert "Merge" in screen.again().labels(), "a redraw of the page keeps it"

    screen.open("queue")
    assert "Merge" not in screen.open("categories").labels()
    assert "Merge" in ask_to_merge(screen).labels()
