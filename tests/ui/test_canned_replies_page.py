"""The page of canned replies, what the field to answer in is told, and what the browser asks for."""

from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from streamlit_app.server import completions, live_updates
from streamlit_app.server.cookies import cookie_name
from tests.support.api import Api, Visitor, done
from tests.support.screens import Screen
from tests.ui.conftest import Opener


@pytest.fixture(scope="module")
def manager(api: Api) -> Visitor:
    return api.enter("manager", "Mo Lead")


def shown(screen: Screen) -> dict[str, dict[str, Any]]:
    return {item["name"]: item for item in screen.data("entries", "entries_reply")["items"]}


def test_replies_are_added_found_changed_archived_and_deleted(manager: Visitor, see: Opener) -> None:
    screen = see(manager, "canned_replies")
    assert "No canned replies yet." in screen.words()
    screen.press("Add a reply")
    screen.app.text_input(key="new_reply_title").set_value("Password")
    screen.app.text_area(key="new_reply_text").set_value("Hello {requestor}")
    screen.again()
    assert "is no placeholder" in screen.words()
    screen.app.text_area(key="new_reply_text").set_value("Hello {requester}, this is {agent}.")
    screen.again()
    assert "Hello Mia Rossi, this is Mo Lead." in screen.words(), "the preview"
    screen.app.text_input(key="new_reply_shortcut").set_value("two words")
    screen.app.selectbox(key="new_reply_language").set_value("de")
    screen.press("Add")
    assert "One word" in screen.words()
    screen.app.text_input(key="new_reply_shortcut").set_value("/PW")
    screen.press("Add")
    (entry,) = shown(screen).values()
    assert (entry["mark"], entry["fact"]) == ("/pw", "Everybody · German · not used yet")

    screen.fire("entries", "change", entry["slug"], key="entries_reply")
    screen.app.text_input(key=f"change_reply_{entry['slug']}_title").set_value("New password")
    screen.press("Save")
    assert list(shown(screen)) == ["New password"]
    assert list(shown(see(manager, "canned_replies", q="pw", language="de", team="none"))) == ["New password"]
    assert "No reply fits" in see(manager, "canned_replies", q="nothing").words()

    screen.fire("entries", "archive", entry["slug"], key="entries_reply")
    archive = see(manager, "canned_replies", is_archived="true")
    assert [act["kind"] for act in shown(archive)["New password"]["acts"]] == ["change", "restore", "delete"]
    archive.fire("entries", "delete", entry["slug"], key="entries_reply")
    archive.press("Delete")
    assert "No reply is archived." in archive.words()


def test_an_answer_counts_the_reply_that_it_comes_from(
    manager: Visitor, agent: Visitor, student: Visitor, see: Opener
) -> None:
    reply = done(manager.post("/canned-replies", json={"title": "Hello", "text": "Hello {requester}."}), 201)
    ticket = student.report()["id"]
    assert see(student, "ticket", id=str(ticket)).data("composer")["replies"] is None
    screen = see(agent, "ticket", id=str(ticket))
    assert screen.data("composer")["replies"] == ticket
    screen.fire("composer", "send", {"text": "Hello Mia.", "key": "k" * 20, "canned_reply": reply["id"]})
    assert agent.get(f"/canned-replies/{reply['id']}").json()["uses"] == 1
    done(manager.delete(f"/canned-replies/{reply['id']}"), 204)
    screen.fire("composer", "send", {"text": "Hello again.", "key": "l" * 20, "canned_reply": reply["id"]})
    said = [message["body"] for message in agent.walk(f"/tickets/{ticket}/messages")]
    assert said == ["Hello Mia.", "Hello again."], "it is sent, although its reply is gone"


def test_what_the_browser_asks_for(manager: Visitor, agent: Visitor, student: Visitor) -> None:
    done(manager.post("/canned-replies", json={"title": "Greeting", "text": "Hello {requester}."}), 201)
    ticket, host = student.report()["id"], "127.0.0.1:8501"
    live_updates.http_client.cache_clear()
    with TestClient(Starlette(routes=completions.routes), base_url=f"http://{host}") as browser:
        browser.cookies.set(cookie_name(host), agent.token)
        (found,) = browser.get(f"/completions/replies?ticket={ticket}&q=greet").json()["items"]
        assert found["text"] == f"Hello {student.name}."
        assert browser.get(f"/completions/answers?ticket={ticket}").json()["items"] == []
        for path in ("replies?ticket=1/../2", "answers?ticket="):
            assert browser.get(f"/completions/{path}").status_code == 204, path
        browser.cookies.set(cookie_name(host), student.token)
        assert browser.get(f"/completions/replies?ticket={ticket}").status_code == 204
    live_updates.http_client.cache_clear()
