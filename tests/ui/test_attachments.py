"""Files: the route through which browsers send and get them, and what the pages show of them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from streamlit_app.client import environment
from streamlit_app.components.composer import COMING, FILE_GONE
from streamlit_app.server import attachments, live_updates
from streamlit_app.server.cookies import cookie_name
from streamlit_app.server.security import Gate, SecurityHeaders
from tests.support import hostile_files as files
from tests.support.api import Api, Visitor, running_api
from tests.ui.conftest import NOWHERE, Opener
from tests.ui.reporting import WIFI, sent

DESK = "http://127.0.0.1:8501"
FROM_HERE = {"Origin": DESK}
KEPT = (
    *(environment.answered_names, environment.public_url, environment.home),
    *(attachments._client, live_updates.http_client),
)
INERT = {
    "Content-Type": "application/octet-stream",
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
}


@pytest.fixture(scope="module")
def api(module_database_url: str, home_with_key: Path) -> Iterator[Api]:
    """With a place for files."""
    with running_api(module_database_url, LODGE_HOME=str(home_with_key)) as running:
        yield running


@pytest.fixture
def browser(_ui: None) -> Iterator[TestClient]:
    """The pages' server without Streamlit inside."""
    for kept in KEPT:
        kept.cache_clear()
    middleware = [Middleware(SecurityHeaders), Middleware(Gate)]
    with TestClient(Starlette(routes=attachments.routes, middleware=middleware), base_url=DESK) as client:
        yield client
    for kept in KEPT:
        kept.cache_clear()


def enter(browser: TestClient, visitor: Visitor) -> TestClient:
    browser.cookies.set(cookie_name("127.0.0.1:8501"), visitor.token)
    return browser


def upload(browser: TestClient, content: bytes, name: str, **headers: str) -> httpx.Response:
    answer: httpx.Response = browser.post("/attachments", files={"file": (name, content)}, headers=FROM_HERE | headers)
    return answer


@pytest.mark.parametrize(
    ("name", "content", "status", "says"),
    [
        ("photo.jpg", files.picture("JPEG"), 201, ""),
        ("a web page", files.HTML, 422, "not taken"),
        ("photo.svg", files.SVG, 422, "not taken"),
        ("photo.png", files.HTML, 422, "not taken"),
        ("setup.exe", files.PROGRAMS["a Windows program"], 422, "not taken"),
        ("empty.txt", b"", 422, "it is empty"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_what_the_data_api_says_of_a_file_reaches_the_browser(
    browser: TestClient, student: Visitor, name: str, content: bytes, status: int, says: str
) -> None:
    answer = upload(enter(browser, student), content, name)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/json")
    assert says in answer.json().get("detail", "")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"files": {"file": ("a.txt", b"x")}, "headers": {"Origin": "http://127.0.0.1:9000"}}, 403),
        ({"files": {"file": ("a.txt", b"x")}, "headers": {}}, 403),
        ({"json": {"file": "a"}, "headers": FROM_HERE}, 422),
        ({"files": [("file", b"a"), ("file", b"b")], "headers": FROM_HERE}, 422),
        ({"content": b"--x\r\n", "headers": FROM_HERE | {"Content-Type": "multipart/form-data; boundary=x"}}, 400),
        ({"content": b"x" * 2_000, "headers": FROM_HERE | {"Content-Type": "multipart/form-data; boundary=x"}}, 413),
        ({"content": iter([b"--x\r\n", b"x" * 2_000]), "headers": FROM_HERE}, 413),
    ],
)
def test_what_is_no_upload_from_a_page_of_ours_is_refused(
    browser: TestClient, student: Visitor, sent: dict[str, Any], status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "most_upload_bytes", lambda: 1_000)
    answer = enter(browser, student).post("/attachments", **sent)
    assert (answer.status_code, bool(answer.json()["detail"])) == (status, True)
    assert attachments.transfers._open.total() == 0


def test_a_stranger_neither_sends_nor_gets(browser: TestClient, student: Visitor) -> None:
    number = student.upload(b"mine")["id"]
    assert upload(browser, b"x", "a.txt").status_code == 401
    assert browser.get(f"/attachments/{number}").status_code == 401
    no_token = [(b"cookie", cookie_name("127.0.0.1:8501").encode() + b"=caf\xe9")]
    assert browser.get(f"/attachments/{number}", headers=no_token).status_code == 401
    assert browser.delete(f"/attachments/{number}", headers=FROM_HERE).status_code == 401


def test_who_is_not_signed_in_takes_no_place(
    browser: TestClient, student: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "MOST_AT_ONCE", 0)
    browser.cookies.set(cookie_name("127.0.0.1:8501"), "made-up")
    assert upload(browser, b"x", "a.txt").status_code == 401
    assert upload(enter(browser, student), b"x", "a.txt").status_code == 503


def test_one_person_sends_so_many_at_once(browser: TestClient, student: Visitor) -> None:
    enter(browser, student)
    attachments.transfers._open[student.token] = attachments.MOST_OF_ONE
    try:
        answer = upload(browser, b"x", "a.txt")
    finally:
        attachments.transfers._open.clear()
    assert (answer.status_code, answer.json()["detail"]) == (503, attachments.MANY)


def test_a_file_is_only_ever_saved(browser: TestClient, student: Visitor) -> None:
    enter(browser, student)
    made = upload(browser, files.picture("PNG"), "../../etc/<b>.html").json()
    assert made["name"] == "_b_.html.png"
    answer = browser.get(f"/attachments/{made['id']}")
    assert {name: answer.headers[name] for name in INERT} == INERT
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="_b_.html.png"')
    assert (answer.content, answer.headers["Content-Length"]) == (
        student.get(f"/attachments/{made['id']}").content,
        str(made["size"]),
    )
    small = browser.get(f"/attachments/{made['id']}/thumbnail")
    assert {name: small.headers[name] for name in INERT} == INERT | {"Content-Type": "image/webp"}
    assert small.content.startswith(b"RIFF")


def test_a_part_of_a_file_and_one_that_the_browser_has(browser: TestClient, student: Visitor) -> None:
    enter(browser, student)
    path = f"/attachments/{student.upload(b'0123456789')['id']}"
    part = browser.get(path, headers={"Range": "bytes=3-5"})
    assert (part.status_code, part.content, part.headers["Content-Range"]) == (206, b"345", "bytes 3-5/10")
    again = browser.get(path, headers={"If-None-Match": part.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    beyond = browser.get(path, headers={"Range": "bytes=30-"})
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, "bytes */10")
    no_range = browser.get(path, headers=[(b"range", b"bytes=caf\xe9")])
    assert (no_range.status_code, no_range.content) == (200, b"0123456789")


def test_nobody_gets_or_deletes_what_they_may_not(
    browser: TestClient, api: Api, agent: Visitor, student: Visitor
) -> None:
    ticket = student.report()["id"]
    draft, secret = student.upload(b"a draft")["id"], agent.upload(files.picture("PNG"), "a.png")["id"]
    agent.say(ticket, "For us.", is_internal=True, attachments=[secret])
    enter(browser, api.enter("student", "Somebody Else"))
    assert browser.get(f"/attachments/{draft}").status_code == 404
    assert browser.delete(f"/attachments/{draft}", headers=FROM_HERE).status_code == 404
    enter(browser, student)
    for path in (f"{secret}", f"{secret}/thumbnail", "0", "99999999999999999999", "9" * 5_000, "1%2f..%2f2", "allowed"):
        answer = browser.get(f"/attachments/{path}")
        assert (answer.status_code, answer.headers["Content-Type"]) == (404, "text/plain; charset=utf-8"), path
    assert browser.delete(f"/attachments/{draft}", headers=FROM_HERE).status_code == 204
    assert student.get(f"/attachments/{draft}").status_code == 404


def test_while_the_data_api_is_away(browser: TestClient, student: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LODGE_DATA_API_URL", NOWHERE)
    environment.data_api_url.cache_clear()
    enter(browser, student)
    answers = upload(browser, b"x", "a.txt"), browser.get("/attachments/1")
    assert [(answer.status_code, attachments.AWAY in answer.text) for answer in answers] == [(503, True)] * 2


def test_a_report_takes_its_files_along(student: Visitor, see: Opener) -> None:
    mine, other = (student.upload(files.picture("PNG"), f"{name}.png")["id"] for name in ("leak", "wall"))
    screen = see(student, "report")
    rules = screen.data("composer")["files"]
    assert (rules["most"], rules["sizes"]["jpg"], rules["sizes"]["mp4"]) == (10, 25 * 1024**2, 50 * 1024**2)
    assert "MP4 videos up to 50 MB" in rules["said"]

    screen.type_in("composer", draft={"text": WIFI, "key": "k1", "files": [mine], "coming": 1}).press("Report")
    assert screen.data("composer")["problem"]["text"] == COMING
    screen.type_in("composer", draft={"text": WIFI, "key": "k2", "files": [mine, 10**9]}).press("Report")
    assert screen.data("composer")["problem"]["text"] == FILE_GONE
    screen.type_in("composer", draft={"text": "", "key": "k3", "files": [mine, other]}).press("Report")
    assert screen.data("composer")["problem"]["text"] == "Please write something first."
    screen.type_in("composer", draft={"text": WIFI, "key": "k4", "files": [mine, other]})
    ticket = sent(screen, student)
    assert [file["id"] for file in ticket["attachments"]] == [mine, other]


def test_files_are_under_what_they_came_with_and_staff_delete_them(
    agent: Visitor, student: Visitor, see: Opener
) -> None:
    photo = student.upload(files.picture("JPEG"), "leak.jpg")
    ticket = student.report("It drips.", attachments=[photo["id"]])["id"]
    screen = see(agent, "ticket", id=str(ticket))
    note = agent.upload(b"Ask Ben.", "ask.txt")["id"]
    draft = {"text": " ", "key": "n1", "internal": True, "shown": 1}
    screen.fire("composer", "send", draft)
    assert screen.data("composer")["problem"]["text"] == "Please write something first."
    screen.fire("composer", "send", draft | {"files": [note]})
    assert agent.walk(f"/tickets/{ticket}/messages")[0]["attachments"][0]["id"] == note

    card, (said, *_) = screen.data("ticket_card"), screen.data("timeline")["entries"][1:]
    told = {"id": photo["id"], "name": "leak.jpg", "kind": "JPEG picture", "has_thumbnail": True}
    assert card["files"] == [told | {"size": photo["size"]}]
    assert [file["name"] for file in said["files"]] == ["ask.txt"]
    of_student = see(student, "ticket", id=str(ticket))
    assert (of_student.data("ticket_card")["files"], "ask.txt" in of_student.words()) == (card["files"], False)
    assert not of_student.data("ticket_card")["may_delete_files"]
    of_student.fire("ticket_card", "delete_file", photo["id"])
    assert len(agent.read(ticket)["attachments"]) == 1

    screen.fire("timeline", "delete_file", note)
    screen.fire("ticket_card", "delete_file", photo["id"])
    assert screen.data("ticket_card")["files"] == agent.read(ticket)["attachments"] == []
    assert "deleted the file" in screen.words()
