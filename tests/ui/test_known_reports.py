"""Problems that are known already: told as facts, confirmed, taken back, and what becomes of them."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contracts.pages import Page
from contracts.suggestions import MeTooRead
from streamlit_app.client import api as client
from streamlit_app.language import moments
from streamlit_app.reporting import known_reports
from streamlit_app.reporting.me_too import DONE, TOO_OLD, begin_alike
from tests.support.api import Api, Visitor, done
from tests.ui.conftest import Opener
from tests.ui.reporting import WIFI, place_of, sent, write, write_at


def test_a_known_problem_is_told_as_facts(
    analyst: Visitor, agent: Visitor, see: Opener, known: Callable[[], int]
) -> None:
    """To whoever may not read its ticket: an analyst reads no tickets of others."""
    ticket = known()
    screen = write_at(see(analyst, "report"), agent, ticket)

    [item] = screen.data("known")["items"]
    assert item["shown"]["title"].startswith("Technical IT, Wing-")
    assert item["shown"]["note"] == "One person reported this a moment ago."
    assert item["shown"]["act"] == "Me too"
    assert item["shown"]["link"] is None
    assert "Is it the same problem?" in screen.data("known")["lead"]
    assert f'"{ticket}"' not in screen.words()
    assert "Rae First" not in screen.words()


def test_whoever_may_read_its_ticket_is_led_to_it(student: Visitor, see: Opener, known: Callable[[], int]) -> None:
    ticket = known()
    screen = write_at(see(student, "report"), student, ticket)

    [item] = screen.data("known")["items"]
    assert (item["shown"]["title"], item["shown"]["link"]["id"]) == (WIFI, ticket)
    assert re.fullmatch(r"Technical IT, Wing-\d+\. One person reported this a moment ago\.", item["shown"]["note"])
    screen.fire("known", "act", item["ref"])
    [thanks] = screen.data("known")["items"]
    assert (thanks["shown"]["title"], thanks["shown"]["link"]["id"]) == (WIFI, ticket)


@pytest.mark.parametrize(
    ("reports", "age", "note"),
    [
        (1, timedelta(minutes=5), "One person reported this 5 minutes ago."),
        (2, timedelta(hours=1), "2 people have reported this, the first 1 hour ago."),
        (1200, timedelta(days=3), "1,200 people have reported this, the first 3 days ago."),
    ],
)
def test_two_reports_of_one_place_are_told_apart_by_age_and_number(
    reports: int, age: timedelta, note: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = me_too(monkeypatch, reports, datetime.now(UTC) - age)
    assert known_reports.reported(report) == note


def test_an_age_of_weeks_is_a_day(student: Visitor, see: Opener) -> None:
    see(student)
    assert moments.ago(datetime(2020, 5, 3, 12, tzinfo=UTC)) == "on 3 May 2020"


def test_me_too_counts_and_can_be_taken_back(
    student: Visitor, agent: Visitor, see: Opener, known: Callable[[], int]
) -> None:
    ticket = known()
    screen = write_at(see(student, "report"), student, ticket)
    screen.fire("known", "act", screen.data("known")["items"][0]["ref"])

    assert agent.read(ticket)["reports"] == 2
    [thanks] = screen.data("known")["items"]
    assert "Thank you" in screen.data("known")["lead"]
    assert "2 people have reported this, you among them." in thanks["shown"]["note"]
    assert "told when its status changes" in thanks["shown"]["note"]

    screen.fire("known", "act", thanks["ref"])
    assert agent.read(ticket)["reports"] == 1
    assert screen.data("known")["items"][0]["shown"]["act"] == "Me too"


@pytest.mark.parametrize(("reports", "said"), [(1, "One person has reported this."), (1200, "1,200 people have")])
def test_the_thanks_count_people_in_words(reports: int, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    report = me_too(monkeypatch, reports, datetime.now(UTC))
    assert known_reports.thanks(report).note.startswith(said)


def me_too(monkeypatch: pytest.MonkeyPatch, reports: int, opened_at: datetime) -> MeTooRead:
    monkeypatch.setattr(known_reports, "what_and_where", lambda *_: "")
    fields = {"ref": "r", "category": "it", "building": None, "status": "open", "reports": reports, "is_news": False}
    return MeTooRead.model_validate(fields | {"opened_at": opened_at, "confirmed_at": opened_at})


@pytest.mark.parametrize("is_by_keys", [False, True], ids=["by its button", "by Ctrl+Enter"])
def test_after_me_too_the_form_ends_without_a_report(
    student: Visitor, agent: Visitor, see: Opener, known: Callable[[], int], is_by_keys: bool
) -> None:
    ticket, before = known(), student.list_ids(requester="me", sort="-opened_at")
    screen = write_at(see(student, "report"), student, ticket)
    screen.fire("known", "act", screen.data("known")["items"][0]["ref"])
    assert (DONE in screen.labels(), "Report" in screen.labels()) == (True, False)

    if is_by_keys:
        screen.fire("composer", "send", {"text": WIFI, "key": "k1"})
    else:
        screen.press(DONE)
    assert "Your confirmation is counted." in screen.words()
    assert screen.data("composer")["done"] == "k1", "the field is emptied"
    assert (DONE in screen.labels(), "Report" in screen.labels()) == (False, True)
    assert not screen.has("known")
    assert student.list_ids(requester="me", sort="-opened_at") == before
    assert agent.read(ticket)["reports"] == 2


def test_what_was_another_problem_after_all_can_be_reported(
    student: Visitor, see: Opener, known: Callable[[], int]
) -> None:
    ticket = known()
    screen = write_at(see(student, "report"), student, ticket)
    screen.fire("known", "act", screen.data("known")["items"][0]["ref"])
    screen.fire("known", "act", screen.data("known")["items"][0]["ref"])

    assert sent(write(screen, WIFI), student)["description"] == WIFI


@pytest.mark.parametrize(
    ("other", "alike"),
    [
        (f"{WIFI} Since Monday.", True),
        ("the wifi  in the reading room is slow", True),
        ("The", True),
        ("The printer eats paper.", False),
        ("Printer", False),
        (" \n", False),
    ],
)
def test_which_text_is_still_about_what_was_confirmed(other: str, alike: bool) -> None:
    assert begin_alike(WIFI, other) is alike


def test_another_text_after_me_too_is_looked_at_anew(student: Visitor, see: Opener, known: Callable[[], int]) -> None:
    ticket = known()
    screen = write_at(see(student, "report"), student, ticket)
    screen.fire("known", "act", screen.data("known")["items"][0]["ref"])
    assert "Thank you" in write(screen, f"{WIFI} It is slow, too.").data("known")["lead"]
    write(screen, "In the reading room, the WiFi drops every few minutes.")

    assert "Thank you" not in screen.data("known")["lead"]
    assert "You confirmed it" in str(screen.data("known")["items"][0]["shown"]["chips"])


def test_what_cannot_be_confirmed_any_more_is_told(
    student: Visitor, agent: Visitor, see: Opener, known: Callable[[], int]
) -> None:
    ticket = known()
    screen = write_at(see(student, "report"), student, ticket)
    agent.move(ticket, "active", "closed")
    screen.fire("known", "act", screen.data("known")["items"][0]["ref"])

    assert screen.again().has("warning")
    assert not screen.has("known")


def test_ones_own_report_has_no_button(student: Visitor, see: Opener, known: Callable[[], int]) -> None:
    ticket = known()
    student.report(WIFI, building=place_of(student, ticket))
    screen = write_at(see(student, "report"), student, ticket)

    items = [item["shown"] for item in screen.data("known")["items"]]
    own = next(item for item in items if "You reported it" in str(item["chips"]))
    assert own["act"] == ""
    assert len(items) == 2


def test_staff_see_the_ticket_and_confirm_nothing(agent: Visitor, see: Opener, known: Callable[[], int]) -> None:
    ticket = known()
    screen = see(agent, "report_for")
    found = screen.app.text_input(key="who").set_value("Rae").run().selectbox[0]
    found.set_value(found.options[0]).run()
    write_at(screen, agent, ticket, "report_for")

    [item] = screen.data("known")["items"]
    assert item["shown"]["link"]["id"] == ticket
    assert item["shown"]["act"] == ""


def confirmed(visitor: Visitor, ticket: int) -> None:
    found = done(
        visitor.post("/tickets/suggestions", json={"description": WIFI, "building": place_of(visitor, ticket)})
    )
    done(visitor.post("/tickets/me-too", json={"ref": found["similar"][0]["ref"]}))


def test_the_confirmed_list_tells_what_changed_until_it_is_seen(
    api: Api, agent: Visitor, see: Opener, known: Callable[[], int]
) -> None:
    ticket, reader = known(), api.enter("student", "Cora Confirms")
    confirmed(reader, ticket)
    agent.move(ticket, "active")
    screen = see(reader, "my_tickets")
    assert "1 problem that you confirmed has a new status" in screen.words()
    screen.app.segmented_control(key="shown").set_value("Confirmed").run()

    data = screen.data("known")
    assert data["items"][0]["shown"]["note"].startswith("New: the helpdesk is working on it.")
    assert data["unseen"]
    screen.fire("known", "seen", data["unseen"])
    assert screen.data("known")["unseen"] == ""
    assert done(reader.get("/me/unread"))["confirmed"] == 0
    assert ". 2 people have reported this" in screen.again().data("known")["items"][0]["shown"]["note"]


def test_what_was_confirmed_can_be_taken_back(api: Api, agent: Visitor, see: Opener, known: Callable[[], int]) -> None:
    ticket, reader = known(), api.enter("student", "Tom Takes")
    confirmed(reader, ticket)
    screen = see(reader, "my_tickets", shown="Confirmed")
    screen.fire("known", "act", screen.data("known")["items"][0]["ref"])

    assert agent.read(ticket)["reports"] == 1
    assert "No confirmed reports to show." in screen.words()


def confirmed_two(visitor: Visitor, known: Callable[[], int]) -> list[int]:
    tickets = [known(), known()]
    for ticket in tickets:
        confirmed(visitor, ticket)
    return tickets


def old_refs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Of the list that is asked for next, which is as one that has stood for over an hour; later ones are fresh."""
    ask, refs = client.Api.confirmed, ["gAAAA0", "gAAAA1"]

    def stale(self: client.Api, **query: Any) -> Page[MeTooRead]:
        monkeypatch.setattr(client.Api, "confirmed", ask)
        items = [one.model_copy(update={"ref": ref}) for one, ref in zip(ask(self, **query).items, refs, strict=True)]
        return Page[MeTooRead](items=items, next_cursor=None)

    monkeypatch.setattr(client.Api, "confirmed", stale)
    return refs


def test_a_list_that_stood_for_over_an_hour_takes_back_what_was_pressed(
    api: Api, agent: Visitor, see: Opener, known: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = api.enter("student", "Theo Late")
    first, latest = confirmed_two(reader, known)
    refs = old_refs(monkeypatch)
    screen = see(reader, "my_tickets", shown="Confirmed").fire("known", "act", refs[1])

    assert not screen.has("warning")
    assert [agent.read(number)["reports"] for number in (first, latest)] == [1, 2]


def test_news_that_stood_for_over_an_hour_are_seen_as_they_stood(
    api: Api, agent: Visitor, see: Opener, known: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = api.enter("student", "Nora Late")
    first, latest = confirmed_two(reader, known)
    agent.move(first, "active")
    agent.move(latest, "active")
    old_refs(monkeypatch)
    screen = see(reader, "my_tickets", shown="Confirmed")
    agent.move(first, "closed")
    screen.fire("known", "seen", screen.data("known")["unseen"])

    assert done(reader.get("/me/unread"))["confirmed"] == 1
    news = {one["status"]: one["is_news"] for one in reader.walk("/tickets/me-too")}
    assert news == {"closed": True, "active": False}


def test_thanks_that_stood_for_over_an_hour_can_be_taken_back(
    student: Visitor, agent: Visitor, see: Opener, known: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    me_too = client.Api.me_too
    monkeypatch.setattr(client.Api, "me_too", lambda self, ref: me_too(self, ref).model_copy(update={"ref": "gAAAAA"}))
    ticket = known()
    screen = write_at(see(student, "report"), student, ticket)
    screen.fire("known", "act", screen.data("known")["items"][0]["ref"])
    screen.fire("known", "act", "gAAAAA")

    assert not screen.has("warning")
    assert agent.read(ticket)["reports"] == 1
    assert screen.data("known")["items"][0]["shown"]["act"] == "Me too"


def test_a_second_press_finds_nothing_left_to_take_back(
    student: Visitor, agent: Visitor, see: Opener, known: Callable[[], int]
) -> None:
    ticket = known()
    screen = write_at(see(student, "report"), student, ticket)
    screen.fire("known", "act", screen.data("known")["items"][0]["ref"])
    del screen.app.session_state["report_about_0_mine"]
    screen.fire("known", "act", screen.data("known")["items"][0]["ref"])

    assert not screen.has("warning")
    assert agent.read(ticket)["reports"] == 2


def test_a_form_that_stood_for_over_an_hour_looks_again(
    student: Visitor, agent: Visitor, see: Opener, known: Callable[[], int]
) -> None:
    ticket = known()
    screen = write_at(see(student, "report"), student, ticket).fire("known", "act", "gAAAAA")

    assert screen.again().data("warning")["text"] == TOO_OLD
    screen.fire("known", "act", screen.data("known")["items"][0]["ref"])
    assert agent.read(ticket)["reports"] == 2
