"""`Idempotency-Key`: a POST that is sent again is done once and answered the same."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.support.api import Api, Visitor, done

REPORT = {"description": "Once is enough"}


def post(visitor: Visitor, key: str, path: str = "/tickets", body: dict[str, Any] | None = None) -> httpx.Response:
    return visitor.post(path, json=REPORT if body is None else body, headers={"Idempotency-Key": key})


def tickets(api: Api) -> int:
    number: int = api.sql("SELECT count(*) FROM ticket")[0][0]
    return number


def test_the_same_request_again_is_answered_the_same(api: Api, student: Visitor) -> None:
    before = tickets(api)
    first, second = post(student, "same"), post(student, "same")
    assert (first.status_code, first.json()) == (second.status_code, second.json()) == (201, first.json())
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert second.headers["X-Request-ID"] != first.headers["X-Request-ID"]
    assert tickets(api) == before + 1


def test_the_first_answer_stays_though_the_ticket_has_changed(student: Visitor, agent: Visitor) -> None:
    first = post(student, "changed since")
    assert first.status_code == 422
    first = post(student, "changed-since")
    agent.edit(first.json()["id"], priority="urgent")
    assert post(student, "changed-since").json() == first.json()


def test_together_they_are_done_once(api: Api, student: Visitor) -> None:
    before = tickets(api)
    with ThreadPoolExecutor(8) as together:
        answers = list(together.map(lambda _: post(student, "together"), range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert sum("Idempotent-Replayed" in answer.headers for answer in answers) == 7
    assert tickets(api) == before + 1


def test_two_people_may_use_the_same_key(student: Visitor, other_student: Visitor) -> None:
    first, second = post(student, "shared"), post(other_student, "shared")
    assert first.json()["id"] != second.json()["id"]
    assert second.json()["requester"]["id"] == other_student.person_id


def test_two_sign_ins_of_a_person_share_their_keys(api: Api) -> None:
    phone, desktop = api.enter("student", "Two Devices"), api.enter("student", "Two Devices")
    assert post(phone, "devices").json() == post(desktop, "devices").json()


@pytest.mark.parametrize(
    ("path", "body"), [("/tickets", {"description": "Something else"}), ("/categories", {"name": "Else"})]
)
def test_a_key_used_for_something_else_is_refused(api: Api, admin: Visitor, path: str, body: dict[str, Any]) -> None:
    post(admin, "reused")
    before = tickets(api)
    answer = post(admin, "reused", path, body)
    assert answer.status_code == 422
    assert answer.json()["error"] == "IdempotencyKeyReused"
    assert tickets(api) == before


@pytest.mark.parametrize("refused", [{"description": ""}, {"description": "x", "category": "no-such"}])
def test_a_refused_request_leaves_its_key_free(student: Visitor, refused: dict[str, Any]) -> None:
    key = f"refused-{len(refused)}"
    assert post(student, key, body=refused).status_code == 422
    assert post(student, key, body=refused).status_code == 422
    answer = post(student, key)
    assert answer.status_code == 201
    assert "Idempotent-Replayed" not in answer.headers


def test_every_other_post_takes_a_key(api: Api, student: Visitor, agent: Visitor, admin: Visitor) -> None:
    ticket_id = student.report()["id"]
    posts = [
        (agent, f"/tickets/{ticket_id}/messages", {"body": "Coming"}, 201),
        (agent, f"/tickets/{ticket_id}/status", {"status": "active"}, 200),
        (agent, "/people", {"name": "Added Once"}, 201),
        (admin, "/categories", {"name": "Once"}, 201),
        (admin, "/buildings", {"name": "Once"}, 201),
    ]
    for number, (visitor, path, body, status) in enumerate(posts):
        first, second = (post(visitor, f"every-{number}", path, body) for _ in range(2))
        assert (first.status_code, second.status_code) == (status, status), path
        assert first.json() == second.json()
        assert second.headers["Idempotent-Replayed"] == "true"
    assert len(done(student.get(f"/tickets/{ticket_id}/messages"))["items"]) == 1
    assert api.sql("SELECT count(*) FROM person WHERE name = 'Added Once'") == [(1,)]


@pytest.mark.parametrize("key", ["x" * 200, "!~weird;,key=\"'<>%&{}", "5f0c-…".encode("ascii", "replace").decode()])
def test_any_printable_text_is_a_key(student: Visitor, key: str) -> None:
    assert post(student, key).json() == post(student, key).json()


@pytest.mark.parametrize("key", [b"", b"x" * 201, b"two words", b"tab\tinside", "schlüssel".encode(), b"\xff\xfe"])
def test_other_keys_are_refused_by_name(student: Visitor, key: bytes) -> None:
    headers = [(b"Idempotency-Key", key), (b"Content-Type", b"application/json")]
    answer = student.post("/tickets", content=b'{"description": "x"}', headers=headers)
    assert answer.status_code == 422
    assert answer.json()["fields"][0]["name"] == "header.Idempotency-Key"
