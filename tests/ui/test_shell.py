"""What surrounds every page: the menu, the bar of a phone and the keys, made from one table of pages."""

import pytest

from contracts.people import Role
from streamlit_app.shell.keys import groups_for
from streamlit_app.state.navigation import menu_for
from tests.support.api import Api, Visitor
from tests.support.screens import Screen
from tests.support.serving import ROOT
from tests.ui.conftest import Opener

BARS = {
    Role.STUDENT: ["Report", "Mine", "Open"],
    Role.AGENT: ["Queue", "Mine", "New"],
    Role.MANAGER: ["Queue", "Mine", "New"],
    Role.ADMIN: ["Queue", "Mine", "New"],
    Role.ANALYST: ["Analyses", "Report", "Mine"],
}


def marked(screen: Screen) -> list[str]:
    """Returns the names of the pages that the menu marks as shown."""
    parts = [screen.data("menu", key) for key in ("menu", "menu_more")]
    entries = [entry for part in parts for group in part["groups"] for entry in group["entries"]]
    new = parts[0]["new"]
    return [entry["label"] for entry in [new, *entries] if entry["is_current"]]


@pytest.mark.parametrize("page", [None, "overview"])
def test_the_first_page_is_marked_also_by_its_own_address(agent: Visitor, see: Opener, page: str | None) -> None:
    assert marked(see(agent, page)) == ["Overview"]


def test_the_page_for_a_new_ticket_is_on_every_page_and_marked_on_its_own(
    agent: Visitor, student: Visitor, analyst: Visitor, see: Opener
) -> None:
    for visitor, page, title in (
        (agent, "report_for", "New ticket"),
        (student, "report", "Report a problem"),
        (analyst, "report", "Report a problem"),
    ):
        new = see(visitor, "my_tickets").data("menu", "menu")["new"]
        assert (new["label"], new["href"]) == (title, page)
        assert marked(see(visitor, page)) == [title]


@pytest.mark.parametrize("role", list(Role))
def test_the_menu_has_each_page_of_the_role_once(api: Api, see: Opener, role: Role) -> None:
    screen = see(api.enter(role))
    parts = [screen.data("menu", key) for key in ("menu", "menu_more")]
    linked = [entry["href"] for part in parts for group in part["groups"] for entry in group["entries"]]
    linked.append(parts[0]["new"]["href"])
    assert sorted(linked) == sorted(one.stem for one in menu_for(screen.app.session_state["me"]))


@pytest.mark.parametrize("role", list(Role))
def test_a_phones_bar_has_what_the_role_uses_most(api: Api, see: Opener, role: Role) -> None:
    assert [entry["label"] for entry in see(api.enter(role)).data("phone_bar")["entries"]] == BARS[role]


def test_a_phones_bar_tells_the_queue_from_ones_own_tickets(agent: Visitor, see: Opener) -> None:
    own = see(agent).data("phone_bar")["entries"][1]["href"]
    for href, current in (
        ("queue", "Queue"),
        (own, "Mine"),
        ("queue?view=mine", "Mine"),
        ("report_for", "New"),
    ):
        entries = see(agent).follow(href).data("phone_bar")["entries"]
        assert [entry["label"] for entry in entries if entry["is_current"]] == [current]


def test_the_links_to_ones_own_tickets_and_mentions_count_what_is_new(student: Visitor, see: Opener) -> None:
    screen = see(student, "my_tickets")
    entries = [*screen.data("menu", "menu")["groups"][0]["entries"], *screen.data("phone_bar")["entries"]]
    counting = {entry["href"]: entry["counts"] for entry in entries if entry["counts"]}
    assert counting == {"my_tickets": "unread", "mentions": "mentions"}
    assert screen.data("phone_bar")["moreCounts"] == "mentions", "they are in the menu alone"


@pytest.mark.parametrize("role", list(Role))
def test_no_key_does_two_things_and_none_leads_where_the_role_may_not_go(api: Api, see: Opener, role: Role) -> None:
    me = see(api.enter(role)).app.session_state["me"]
    groups = groups_for(me)
    acting = [key for group in groups for key in group.keys if not key.is_only_told]
    typed = [key.keys for key in acting]
    assert len(typed) == len(set(typed))
    assert {key.keys for key in acting if len(key.keys) == 1}.isdisjoint({"g"}), "it begins two keys"
    pages = {one.stem for one in menu_for(me)} | {"search"}
    assert all(key.href for group in groups for key in group.keys if key.keys in "/c"), (
        "these lead somewhere for everybody"
    )
    assert {key.href for key in acting if key.href} <= pages


def test_the_guides_have_every_key(api: Api, see: Opener) -> None:
    for role, guide in ((Role.STUDENT, "guide-students"), (Role.ADMIN, "guide-helpdesk")):
        text = (ROOT / "docs" / f"{guide}.md").read_text("utf-8")
        groups = groups_for(see(api.enter(role)).app.session_state["me"])
        keys = {key.keys.replace("Escape", "Esc") for group in groups for key in group.keys}
        assert {key for key in keys if f"`{key}`" not in text} == set(), guide
