"""The page of assignment rules: reading, adding, changing, moving, switching and trying them, and what is refused."""

import html
from collections.abc import Iterator
from typing import Any

import pytest

from contracts.assignment_rules import ConfidentialTickets
from contracts.tickets import Priority
from streamlit_app.assignment.rule_words import Conditions, sentence
from streamlit_app.state import lists
from tests.support import rows
from tests.support.api import Api, Visitor, done
from tests.support.screens import Screen
from tests.ui.conftest import Opener

WIFI = {"name": "WiFi", "words": ["wifi"], "team": "networks"}
REST = {"name": "The rest", "team": "porters"}


@pytest.fixture(scope="module")
def admin(api: Api) -> Visitor:
    return api.enter("admin", "Lia List")


@pytest.fixture(scope="module", autouse=True)
def _teams(api: Api) -> None:
    """Two teams: somebody in Networks works on tickets, nobody is a porter."""
    network = rows.team(api, "Networks")
    rows.team(api, "Porters")
    rows.building(api, "Main Library")
    rows.person(api, "Nora Network", "agent", team_id=network)


@pytest.fixture(autouse=True)
def _no_rules(api: Api) -> Iterator[None]:
    yield
    api.sql("DELETE FROM assignment_rule")


def make(admin: Visitor, *rules: dict[str, Any]) -> list[int]:
    return [int(done(admin.post("/assignment-rules", json=rule), 201)["id"]) for rule in rules]


def listed(screen: Screen) -> list[tuple[str, str, str]]:
    items = screen.data("entries", "entries_rule")["items"]
    return [(item["name"], item["note"], item["mark"]) for item in items]


def press(screen: Screen, act: str, rule: int) -> Screen:
    return screen.fire("entries", act, str(rule), key="entries_rule")


def words(screen: Screen) -> str:
    return html.unescape(screen.words()).replace("\u2060", "")


def table(screen: Screen, key: str) -> list[list[str]]:
    found: list[list[str]] = screen.data("table", key)["rows"]
    return found


NOTHING = Conditions([], [], [], [], ConfidentialTickets.NEVER)
ALL = Conditions(
    ["it", "gone"], ["main"], [Priority.HIGH, Priority.URGENT], ["wifi", "*wlan*"], ConfidentialTickets.ONLY
)


def test_a_rule_is_read_as_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "category_names", lambda: {"it": "Technical IT"})
    monkeypatch.setattr(lists, "building_names", lambda: {"main": "Main Library"})
    said = [sentence(one, "Networks") for one in (NOTHING, ALL)]
    assert said == [
        "Every ticket that is not confidential → Networks",
        "If the category is Technical IT or gone and the building is Main Library and the priority is high or urgent "
        "and it says “wifi” or “*wlan*” and it is confidential → Networks",
    ]


def test_the_first_rule_is_offered_written_and_switched_on(admin: Visitor, see: Opener) -> None:
    screen = see(admin, "assignment_rules")
    assert "No rules yet" in words(screen)
    screen.press("Add the first rule")
    assert "Please choose a team." in words(screen.press("Add"))
    screen.app.multiselect(key="new_rule_categories").set_value(["technical-it"])
    screen.app.multiselect(key="new_rule_buildings").set_value(["main-library"])
    screen.app.selectbox(key="new_rule_team").set_value("networks").run()
    says = "If the category is Technical IT and the building is Main Library → Networks"
    assert says in words(screen), "while it is written"
    screen.press("Add")
    assert listed(screen) == [("1. Networks", says, "Off")]

    (rule,) = done(admin.get("/assignment-rules"))["items"]
    assert listed(press(screen, "on", rule["id"])) == [("1. Networks", says, "On")]
    assert listed(press(screen, "off", rule["id"])) == [("1. Networks", says, "Off")]


def test_rules_are_moved_and_deleted(admin: Visitor, see: Opener) -> None:
    wifi, rest = make(admin, WIFI, REST)
    screen = see(admin, "assignment_rules")
    acts = {item["slug"]: [act["kind"] for act in item["acts"]] for item in screen.data("entries")["items"]}
    assert ("up" in acts[str(wifi)], "down" in acts[str(wifi)]) == (False, True)
    press(screen, "up", rest)
    assert [name for name, _, _ in listed(screen)] == ["1. The rest", "2. WiFi"]
    press(screen, "down", rest)
    assert [name for name, _, _ in listed(screen)] == ["1. WiFi", "2. The rest"]
    press(screen, "delete", wifi)
    assert "Rule 1, WiFi, is gone for good." in words(screen)
    assert [name for name, _, _ in listed(screen.press("Delete"))] == ["1. The rest"]


def test_another_change_meanwhile_is_told_and_kept(admin: Visitor, see: Opener) -> None:
    (rule,) = make(admin, WIFI)
    screen = press(see(admin, "assignment_rules"), "change", rule)
    done(admin.patch(f"/assignment-rules/{rule}", json={"version": 1, "team": "porters"}))
    screen.app.text_input(key=f"change_rule_{rule}_name").set_value("Radio")
    assert "Team that gets it is now Porters." in words(screen.press("Save"))
    screen.press("Save")
    assert listed(screen) == [("1. Radio", "If it says “wifi” → Porters", "Off")]


def test_a_switch_that_came_too_late_is_told(admin: Visitor, see: Opener) -> None:
    (rule,) = make(admin, WIFI)
    screen = see(admin, "assignment_rules")
    done(admin.patch(f"/assignment-rules/{rule}", json={"version": 1, "words": ["wlan"]}))
    press(screen, "on", rule)
    assert screen.has("warning")
    assert listed(screen) == [("1. WiFi", "If it says “wlan” → Networks", "Off")]


def test_what_the_rules_would_have_done_is_shown_before_they_are_on(
    api: Api, admin: Visitor, student: Visitor, see: Opener
) -> None:
    fits, other = (int(student.report(text)["id"]) for text in ("The wifi is slow.", "The lamp hums."))
    make(admin, WIFI)
    screen = see(admin, "assignment_rules")
    assert "All rules are switched off." in words(screen)
    screen.press("Try them")
    assert "1 would have gone to a person at once; no rule fits" in words(screen)
    assert table(screen, "tried_rules") == [["1. WiFi → Networks", "1", "1"]]
    assert table(screen, "tried_teams") == [["Networks", "1", "1", "0"]]
    assert table(screen, "tried_people") == [["Nora Network", "Networks", "1", "1"]]
    shown = {row["id"]: row for row in screen.data("rows", "tried_tickets")["items"]}
    assert [chip["text"] for chip in shown[fits]["chips"]] == ["Networks"]
    assert "→ Nora Network" in shown[fits]["meta"]
    assert [chip["text"] for chip in shown[other]["chips"]] == ["No rule fits"]

    screen.app.selectbox(key="try_examples").set_value(1).run()
    assert [row["id"] for row in screen.data("rows", "tried_tickets")["items"]] == [fits]
    assert student.read(fits)["assignee"] is None, "nothing was changed"

    (rule,) = done(admin.get("/assignment-rules"))["items"]
    press(screen, "on", rule["id"])
    assert "Try them again." in words(screen)


def test_without_a_team_one_is_to_be_made_first(admin: Visitor, see: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "team_names", dict)
    screen = see(admin, "assignment_rules")
    assert "there are no teams yet" in words(screen)
    assert "Make a team" in [link.proto.label for link in screen.app.get("page_link")]
