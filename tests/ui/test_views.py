"""Saved views: in the menu at the side, as links to the queue; saved, changed, shared and deleted there."""

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from streamlit_app.client import api as client
from streamlit_app.client.errors import DeskAway
from streamlit_app.server import live_updates, view_counts
from streamlit_app.server.cookies import cookie_name
from streamlit_app.views import kept
from tests.support.api import Api, Visitor, done
from tests.support.screens import Screen
from tests.ui.away import raising
from tests.ui.conftest import Opener
from tests.ui.test_queue import acts, chips, choose, ids

DESK = "http://127.0.0.1:8501"
BUILT_IN = ["Mine", "Unassigned", "My team", "All open", "Our turn"]


@pytest.fixture(scope="module", autouse=True)
def team(api: Api) -> str:
    """The team of an agent and her colleague."""
    manager = api.enter("manager", "Omar Haddad")
    slug = str(done(manager.post("/teams", json={"name": "Night shift"}), 201)["slug"])
    for name in ("Vera View", "Will View"):
        agent = api.enter("agent", name)
        person = done(manager.get(f"/people/{agent.person_id}"))
        change = {"version": person["version"], "team": slug}
        done(manager.patch(f"/people/{agent.person_id}", json=change))
    return slug


@pytest.fixture
def vera(api: Api) -> Iterator[Visitor]:
    """Without views of her own."""
    vera = api.enter("agent", "Vera View")
    yield vera
    for view in done(vera.get("/views"))["items"]:
        if view["is_mine"]:
            vera.delete(f"/views/{view['id']}")


def links(screen: Screen) -> dict[str, str]:
    return {link["name"]: link["href"] for link in screen.data("views")["links"]}


def ids_or_none(screen: Screen) -> list[int]:
    return ids(screen) if screen.has("ticket_table") else []


def save(screen: Screen, name: str, *, is_shared: bool = False) -> Screen:
    screen.fire("filter_chips", "act", "save")
    screen.app.text_input(key="view_new_name").set_value(name)
    if is_shared:
        screen.app.toggle(key="view_new_shared").set_value(True)
    return screen.press("Save")


def test_the_views_that_everybody_has_are_links(agent: Visitor, student: Visitor, see: Opener) -> None:
    ticket = agent.report("Somebody has to do it.")["id"]
    screen = see(agent, "queue")
    assert list(links(screen)) == BUILT_IN
    assert not any(link["is_current"] for link in screen.data("views")["links"])
    assert ticket not in ids_or_none(screen.follow(links(screen)["Mine"]))
    agent.edit(ticket, assignee=agent.person_id)
    screen.again()
    assert ids(screen) == [ticket]
    assert screen.app.title[0].value == "Mine"
    assert screen.app.query_params == {"view": "mine"}
    assert chips(screen) == {"status": "Status: Open, Active", "assignee": "Assigned to: Me"}
    assert [link["name"] for link in screen.data("views")["links"] if link["is_current"]] == ["Mine"]
    assert not see(student, "my_tickets").has("views")


def test_a_view_that_is_changed_is_told_by_the_whole_address(agent: Visitor, see: Opener) -> None:
    screen = see(agent, "queue", view="mine")
    assert acts(screen) == ["Clear all", "Export…"]
    screen.fire("filter_chips", "remove", "assignee")
    assert screen.app.query_params == {"view": "mine", "status": ["open", "active"]}
    assert acts(screen) == ["Save view…", "Export…"], "nobody may change what everybody has"
    assert chips(see(agent, "queue", view="mine", status=["open", "active"])) == {"status": "Status: Open, Active"}
    screen.fire("filter_chips", "remove", "status")
    assert screen.app.query_params == {"view": "mine", "status": "any"}
    screen.fire("filter_chips", "act", "clear")
    assert screen.app.query_params == {}
    assert screen.app.title[0].value == "Queue"


def test_what_is_shown_is_saved_and_opened_again(vera: Visitor, see: Opener) -> None:
    urgent = vera.report("The cellar is under water.", priority="urgent")["id"]
    screen = choose(see(vera, "queue"), "pills", "priority", ["urgent"])
    screen.app.selectbox(key="queue_sort").set_value("opened_at").run()
    screen.app.session_state["queue_change_looks"] = True
    screen.again().app.multiselect(key="queue_columns").set_value(["building"]).run()
    screen.app.segmented_control(key="queue_density").set_value("roomy").run()
    save(screen, "Urgent, oldest first")

    view = done(vera.get("/views"))["items"][-1]
    assert (view["name"], view["columns"], view["is_dense"], view["team"]) == (
        "Urgent, oldest first",
        ["building"],
        False,
        None,
    )
    assert screen.app.query_params == {"view": str(view["id"])}
    assert links(screen)["Urgent, oldest first"] == f"queue?view={view['id']}"
    other = see(vera, "queue", view=str(view["id"]))
    assert ids(other) == [urgent]
    assert other.app.selectbox(key="queue_sort").value == "opened_at"
    assert [column["label"] for column in other.data("ticket_table")["columns"]] == ["Where"]
    assert not other.data("ticket_table")["dense"]


def test_ones_own_view_is_updated_renamed_and_deleted(vera: Visitor, see: Opener) -> None:
    screen = save(see(vera, "queue", priority="low"), "Low")
    assert acts(screen) == ["Clear all", "Rename or share…", "Delete the view…", "Export…"]
    choose(screen, "pills", "priority", ["low", "normal"])
    assert acts(screen) == [
        "Clear all",
        "Update the view",
        "Save as a new view…",
        "Rename or share…",
        "Delete the view…",
        "Export…",
    ]
    screen.fire("filter_chips", "act", "update")
    assert done(vera.get("/views"))["items"][-1]["query"] == {"priority": ["low", "normal"]}
    assert "view" in screen.app.query_params
    assert len(screen.app.query_params) == 1

    screen.fire("filter_chips", "act", "change")
    screen.app.text_input(key="view_change_name").set_value("Low and normal")
    screen.press("Save")
    assert screen.app.title[0].value == "Low and normal"

    screen.fire("filter_chips", "act", "delete")
    screen.press("Delete")
    assert list(links(screen)) == BUILT_IN
    assert screen.app.query_params == {"priority": ["low", "normal"]}, "what it showed stays"


def test_a_shared_view_is_the_teams_and_only_its_owners_to_change(api: Api, vera: Visitor, see: Opener) -> None:
    screen = save(see(vera, "queue", priority="high"), "High", is_shared=True)
    assert done(vera.get("/views"))["items"][-1]["team"]["name"] == "Night shift"
    other = see(api.enter("agent", "Will View"), "queue")
    [link] = [link for link in other.data("views")["links"] if link["name"] == "High"]
    assert link["note"] == "Vera View"
    assert acts(other.follow(link["href"])) == ["Clear all", "Export…"]

    screen.fire("filter_chips", "act", "change")
    screen.app.toggle(key="view_change_shared").set_value(False)
    screen.press("Save")
    gone = see(api.enter("agent", "Will View"), "queue", view=link["href"].partition("=")[2])
    assert "There is no such view" in gone.data("warning")["text"]
    assert gone.app.query_params == {}


def test_views_are_asked_for_once_in_a_while(agent: Visitor, see: Opener) -> None:
    """Not at every redraw of a page."""
    screen = see(agent, "queue")
    before = screen.app.session_state[kept.KEPT]
    screen.again()
    choose(screen, "pills", "priority", ["low"])
    assert screen.app.session_state[kept.KEPT] is before


def test_a_link_to_a_view_waits_for_the_desk(agent: Visitor, see: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(client.Api, "views", raising(DeskAway()))
        screen = see(agent, "queue", view="mine")
        assert screen.app.query_params == {"view": "mine"}
        assert not screen.has("views")
    assert chips(screen.again())["assignee"] == "Assigned to: Me"


def test_a_desk_that_is_away_is_asked_for_the_views_once_a_page(
    agent: Visitor, see: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each time may take as long as the pages wait for an answer."""
    asked: list[int] = []

    def away(_: client.Api) -> None:
        asked.append(1)
        raise DeskAway

    monkeypatch.setattr(kept, "KEPT_SECONDS", 0)
    screen = see(agent, "queue", view="mine")
    monkeypatch.setattr(client.Api, "views", away)
    assert chips(screen.again())["assignee"] == "Assigned to: Me"
    assert len(asked) == 1
    screen.again()
    assert len(asked) == 2


def test_a_view_with_a_filter_that_is_no_more_says_so(api: Api, vera: Visitor, see: Opener) -> None:
    view = done(vera.post("/views", json={"name": "Old", "query": {"status": ["open"]}}), 201)["id"]
    api.sql("""UPDATE ticket_view SET query = '{"colour": ["red"]}' WHERE id = %s""", view)
    assert "A filter of this view exists no more" in see(vera, "queue", view=str(view)).words()


@pytest.fixture
def browser() -> Iterator[TestClient]:
    """The pages' server without Streamlit inside."""
    live_updates.http_client.cache_clear()
    with TestClient(Starlette(routes=view_counts.routes), base_url=DESK) as client:
        yield client
    live_updates.http_client.cache_clear()


def test_the_browser_asks_for_the_counts(browser: TestClient, vera: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    assert browser.get("/views/counts").status_code == 204
    browser.cookies.set(cookie_name("127.0.0.1:8501"), vera.token)
    answer = browser.get("/views/counts")
    # On a busy machine not all of them are counted in time.
    asked = {one["view"]: one["total"] for one in done(vera.get("/views/counts"))["counts"]}
    answered = {one["view"]: one["total"] for one in answer.json()["counts"]}
    assert answered.keys() == asked.keys()
    assert any(total is not None for total in answered.values())
    assert all(total in (asked[view], None) or asked[view] is None for view, total in answered.items())
    assert answer.headers["Cache-Control"] == "no-store"
    browser.cookies.set(cookie_name("127.0.0.1:8501"), "no token")
    assert browser.get("/views/counts").status_code == 204


def test_without_the_desk_there_are_no_counts(
    browser: TestClient, vera: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_updates, "data_api_url", lambda: "http://127.0.0.1:9")
    browser.cookies.set(cookie_name("127.0.0.1:8501"), vera.token)
    assert browser.get("/views/counts").status_code == 204
