"""The page of tags, and the tags of a ticket on its page."""

from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from streamlit_app.client import api as client
from streamlit_app.language.text import plain
from streamlit_app.server import completions, live_updates
from streamlit_app.server.cookies import cookie_name
from streamlit_app.tags import dialogs
from tests.support.api import Api, Visitor, done
from tests.support.screens import Screen
from tests.ui.conftest import Opener


@pytest.fixture(scope="module")
def admin(api: Api) -> Visitor:
    return api.enter("admin", "Lia List")


def shown(screen: Screen) -> dict[str, str]:
    return {item["name"]: item["fact"] for item in screen.data("entries", "entries_tag")["items"]}


def press(screen: Screen, act: str, tag: str) -> Screen:
    return screen.fire("entries", act, tag, key="entries_tag")


def test_tags_are_found_renamed_merged_and_deleted(
    admin: Visitor, agent: Visitor, student: Visitor, see: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "MOMENT", 30)
    assert "No ticket has a tag yet." in see(admin, "tags").words()
    for tags in (["wlan", "lift"], ["wifi"], ["wifi", "old"]):
        agent.edit(student.report()["id"], tags=tags)
    screen = see(admin, "tags")
    assert shown(screen) == {"wifi": "2 tickets", "lift": "1 ticket", "old": "1 ticket", "wlan": "1 ticket"}
    assert list(shown(see(admin, "tags", q="Wi"))) == ["wifi"]

    press(screen, "rename", "lift")
    screen.app.text_input(key="rename_tag_lift_into").set_value("Elevator")
    screen.again()
    screen.press("Rename")
    assert "elevator" in shown(screen)
    press(screen, "rename", "wlan")
    screen.app.text_input(key="rename_tag_wlan_into").set_value("wifi")
    screen.again()
    assert "2 tickets have wifi already." in screen.words()
    screen.press("Merge")
    assert shown(screen)["wifi"] == "3 tickets"
    press(screen, "merge", "elevator")
    screen.app.selectbox(key="merge_tag_elevator").set_value("old")
    screen.again()
    screen.press("Merge")
    press(screen, "delete", "old")
    screen.press("Delete")
    assert shown(screen) == {"wifi": "3 tickets"}


def test_how_far_a_change_of_a_tag_is(
    api: Api, admin: Visitor, agent: Visitor, student: Visitor, see: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "MOMENT", 30)
    agent.edit(student.report()["id"], tags=["beamer"])
    number = done(admin.post("/tags/merge", json={"tag": "beamer", "into": "projector"}))["id"]
    unfinished = "UPDATE tag_change SET finished_at = NULL, total = 3, stepped_at = now() - %s::interval WHERE id = %s"
    assert "beamer" not in see(admin, "tags").words(), "what is done was told"
    api.sql(unfinished, "0 seconds", number)
    screen = see(admin, "tags")
    (progress,) = screen.app.get("progress")
    assert (progress.proto.value, progress.proto.text) == (33, plain("beamer becomes projector: 1 of 3 tickets."))
    assert shown(screen)["projector"] == "1 ticket", "the list is there meanwhile"
    api.sql(unfinished, "1 minute", number)
    screen.again()
    assert "beamer becomes projector: stopped after 1 of 3 tickets." in screen.words()
    screen.press("Continue")
    assert "beamer became projector in 3 tickets." in screen.words()
    screen.press("Dismiss")
    assert "beamer" not in screen.words()
    assert admin.walk("/tags/changes", limit=1)[0]["id"] != number


def test_a_tag_is_found_behind_more_used_ones_that_begin_with_it(
    admin: Visitor, agent: Visitor, student: Visitor, see: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialogs, "AT_ONCE", 1)
    for tag in ("attics", "attics", "attic", "loft"):
        agent.edit(student.report()["id"], tags=[tag])
    screen = press(see(admin, "tags", q="loft"), "rename", "loft")
    screen.app.text_input(key="rename_tag_loft_into").set_value("attic")
    screen.again()
    assert "1 ticket has attic already." in screen.words()


def test_staff_change_the_tags_of_a_ticket_at_once_and_no_change_of_others_is_lost(
    agent: Visitor, student: Visitor, see: Opener
) -> None:
    ticket = student.report()["id"]
    screen = see(agent, "ticket", id=str(ticket))
    assert not see(student, "ticket", id=str(ticket)).has("tag_editor")
    version = screen.data("tag_editor")["version"]
    agent.edit(ticket, tags=["theirs", "roof"])
    wish(screen, ["mine"], version)
    assert agent.read(ticket)["tags"] == ["mine", "roof", "theirs"]
    assert screen.data("tag_editor")["tags"] == ["mine", "roof", "theirs"]
    wish(screen, ["mine", "theirs"], screen.data("tag_editor")["version"])
    assert agent.read(ticket)["tags"] == ["mine", "theirs"]
    assert done(agent.get("/tags", params={"prefix": "the"}))["items"] == [{"tag": "theirs", "tickets": 1}]


def wish(screen: Screen, tags: list[str], version: int) -> None:
    value: dict[str, Any] = {"tags": tags, "version": version}
    screen.fire("tag_editor", "tags", value)


def test_what_the_browser_asks_for_while_somebody_types(agent: Visitor, student: Visitor) -> None:
    ticket, host = agent.report("The bell rings.")["id"], "127.0.0.1:8501"
    agent.edit(ticket, tags=["bell"])
    live_updates.http_client.cache_clear()
    with TestClient(Starlette(routes=completions.routes), base_url=f"http://{host}") as browser:
        assert browser.get("/completions/tags?prefix=be").status_code == 204
        browser.cookies.set(cookie_name(host), agent.token)
        assert browser.get("/completions/tags?prefix=be").json()["items"] == [{"tag": "bell", "tickets": 1}]
        # Exclamation marks become three times as long on their way to the data API.
        for path in (f"tags?prefix={'!' * 30_000}", "people?ticket=1/../2", f"people?ticket={'9' * 5_000}"):
            assert browser.get(f"/completions/{path}").status_code == 204, path[:20]
        browser.cookies.set(cookie_name(host), student.token)
        assert browser.get("/completions/tags?prefix=be").status_code == 204
    live_updates.http_client.cache_clear()
