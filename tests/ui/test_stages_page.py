"""The page of stages: adding, changing, arranging and deleting them, and what is refused."""

import html
from typing import Any

import pytest

from contracts.tickets import Status
from streamlit_app.client import api as client
from tests.support.api import Api, Visitor, done
from tests.support.screens import Screen
from tests.ui.away import raising, refused
from tests.ui.conftest import Opener


@pytest.fixture(scope="module")
def admin(api: Api) -> Visitor:
    return api.enter("admin", "Lia List")


def shown(screen: Screen, status: str) -> dict[str, dict[str, Any]]:
    """The entries of a status by their names, in order."""
    return {item["name"]: item for item in screen.data("entries", f"entries_stage_{status}")["items"]}


def acts(item: dict[str, Any]) -> list[str]:
    return [act["label"] for act in item["acts"]]


def press(screen: Screen, act: str, slug: str, status: str = "active") -> Screen:
    return screen.fire("entries", act, slug, key=f"entries_stage_{status}")


def fill(screen: Screen, key: str, value: str) -> None:
    screen.app.text_input(key=key).set_value(value)


def test_stages_stand_under_their_status_and_say_what_they_do(admin: Visitor, see: Opener) -> None:
    screen = see(admin, "stages")
    assert [header.value for header in screen.app.header] == ["Open", "Active", "Closed"]
    active = shown(screen, "active")
    assert list(active) == ["In progress", "Pending", "Blocked"]
    assert active["In progress"]["note"] == (
        "Tickets come here when work on them begins, and when they are reopened. "
        "A ticket that waited for its requester comes here when they answer."
    )
    assert active["Pending"]["note"] == "A ticket leaves it as soon as its requester answers."
    assert acts(active["In progress"]) == ["Move down", "Change", "Delete"]
    assert acts(active["Pending"]) == ["Move up", "Move down", "Change", "Delete"]
    assert acts(active["Blocked"]) == ["Move up", "Change", "Delete"]
    only = shown(screen, "closed")["Completed"]
    assert acts(only) == ["Change"]
    assert only["fact"] == "It cannot be deleted, because it is the only one of its status."


def test_a_stage_is_added_changed_moved_and_deleted(admin: Visitor, student: Visitor, see: Opener) -> None:
    screen = see(admin, "stages").press("Add a stage")
    assert "Please write something here." in html.unescape(screen.press("Add").words())
    fill(screen, "new_stage_name", "Waiting for *parts*")
    screen.app.selectbox(key="new_stage_status").set_value(Status.CLOSED).run()
    assert not screen.app.checkbox, "an answer cannot be written under a closed ticket"
    screen.app.selectbox(key="new_stage_status").set_value(Status.OPEN).run()
    screen.app.number_input(key="new_stage_limit").set_value(3)
    assert list(shown(screen.press("Add"), "open")) == ["To do", "Waiting for *parts*"]
    assert shown(screen, "open")["Waiting for *parts*"]["fact"] == "At most 3 tickets."

    press(screen, "up", "waiting-for-parts", "open")
    assert list(shown(screen, "open")) == ["Waiting for *parts*", "To do"]
    assert shown(screen, "open")["Waiting for *parts*"]["note"] == "New tickets come here."
    assert student.report()["stage"] == "waiting-for-parts"

    press(screen, "change", "waiting-for-parts", "open")
    fill(screen, "change_stage_waiting-for-parts_name", "Parts")
    screen.app.number_input(key="change_stage_waiting-for-parts_limit").set_value(0)
    screen.app.checkbox(key="change_stage_waiting-for-parts_waits_for_requester").check()
    changed = shown(screen.press("Save"), "open")["Parts"]
    assert (changed["fact"], "leaves it as soon as" in changed["note"]) == ("", True)

    press(screen, "delete", "waiting-for-parts", "open").press("Keep it")
    words = press(screen, "delete", "waiting-for-parts", "open").words()
    assert "1 ticket is in" in words
    assert screen.app.selectbox(key="stage_waiting-for-parts_to").options == ["To do"]
    assert list(shown(screen.press("Delete"), "open")) == ["To do"]


def test_what_somebody_else_did_meanwhile_is_told_and_nothing_typed_is_lost(admin: Visitor, see: Opener) -> None:
    screen = press(see(admin, "stages"), "change", "blocked")
    version = {stage["slug"]: stage["version"] for stage in done(admin.get("/stages"))["items"]}["blocked"]
    done(admin.patch("/stages/blocked", json={"version": version, "work_resumes_here": True, "limit": 4}))
    fill(screen, "change_stage_blocked_name", "Stuck")
    words = html.unescape(screen.press("Save").words())
    assert "Somebody else changed this meanwhile" in words
    assert "Work resumes here is now" in words
    saved = shown(screen.press("Save"), "active")["Stuck"]
    assert (saved["fact"], "comes here when they answer" in saved["note"]) == ("At most 4 tickets.", True)
    done(admin.patch("/stages/blocked", json={"version": version + 2, "name": "Blocked", "limit": None,
                                              "work_resumes_here": False}))  # fmt: skip


def test_a_move_of_what_was_changed_meanwhile_says_so_and_shows_it(admin: Visitor, see: Opener) -> None:
    screen = see(admin, "stages")
    version = {stage["slug"]: stage["version"] for stage in done(admin.get("/stages"))["items"]}["pending"]
    done(admin.patch("/stages/pending", json={"version": version, "name": "On hold"}))
    assert "changed meanwhile" in press(screen, "down", "pending").words()
    assert list(shown(screen, "active")) == ["In progress", "On hold", "Blocked"]
    assert list(shown(press(screen, "down", "pending"), "active")) == ["In progress", "Blocked", "On hold"]
    assert "changed meanwhile" not in screen.words()


def test_a_refused_move_is_told(admin: Visitor, see: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = see(admin, "stages")
    before = list(shown(screen, "active"))
    monkeypatch.setattr(client.Api, "change_stage", raising(refused(429)))
    press(screen, "up", "blocked")
    assert screen.has("warning")
    assert list(shown(screen, "active")) == before


@pytest.mark.parametrize("role", ["student", "agent", "analyst", "manager"])
def test_it_is_for_administrators(api: Api, see: Opener, role: str) -> None:
    screen = see(api.enter(role), "stages")
    assert "not for the role" in screen.words()
    assert not screen.has("entries")
