"""`Idempotency-Key`: a POST that is sent again is done once and answered the same."""

from concurrent.futures import ThreadPoolExecutor
from itertools import count
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


def test_a_ticket_that_has_changed_is_answered_as_it_is_now(student: Visitor, agent: Visitor) -> None:
    first = post(student, "changed since")
    assert first.status_code == 422
    first = post(student, "changed-since")
    now = agent.edit(first.json()["id"], priority="urgent")
    assert post(student, "changed-since").json() == student.read(now["id"])


NUMBERS = count(1)


class SentAgain:
    """What an agent did once with a ticket that they reported for a student."""

    def __init__(self, api: Api, student: Visitor) -> None:
        self.agent = api.enter("agent", f"Agent {next(NUMBERS)}")
        report = {"description": "Words of the quokka", "requester": student.person_id}
        self.number: int = done(post(self.agent, "report", body=report), 201)["id"]
        at = f"/tickets/{self.number}"
        for title in ("Another", "A third"):
            self.agent.edit(self.number, title=title)
        first, second = (one["id"] for one in self.agent.walk(f"{at}/history") if one["kind"] == "title")
        self.wishes: dict[str, tuple[str, dict[str, Any]]] = {
            "report": ("/tickets", report),
            "say": (f"{at}/messages", {"body": "Of the quokka"}),
            "note": (f"{at}/messages", {"body": "Of the quokka, too", "is_internal": True}),
            "take-back": (f"{at}/history/{first}/take-back", {"version": 3}),
            "blank": (f"{at}/history/{second}/blank", {}),
            "move": (f"{at}/status", {"status": "active"}),
        }
        self.first = self.send()

    def send(self) -> dict[str, httpx.Response]:
        return {name: post(self.agent, name, *wish) for name, wish in self.wishes.items()}


@pytest.fixture
def sent(api: Api, student: Visitor) -> SentAgain:
    return SentAgain(api, student)


def test_what_was_done_with_a_ticket_is_done_once(sent: SentAgain) -> None:
    again = sent.send()
    statuses = [{name: answer.status_code for name, answer in answers.items()} for answers in (sent.first, again)]
    assert statuses[0] == statuses[1]
    assert set(statuses[0].values()) == {200, 201}
    assert {answer.headers.get("Idempotent-Replayed") for answer in again.values()} == {"true"}
    assert len(sent.agent.walk(f"/tickets/{sent.number}/messages")) == 2


def test_what_became_confidential_is_not_answered_again(sent: SentAgain, admin: Visitor) -> None:
    admin.edit(sent.number, is_confidential=True)
    assert_not_found(sent.send())


def test_what_was_deleted_is_not_answered_again(api: Api, sent: SentAgain, admin: Visitor) -> None:
    admin.delete(f"/tickets/{sent.number}")
    assert_not_found(sent.send())
    assert not api.sql("SELECT 1 FROM idempotency_key WHERE idempotency_key::text ILIKE '%%quokka%%'")


def assert_not_found(answers: dict[str, httpx.Response]) -> None:
    for name, answer in answers.items():
        assert (answer.status_code, answer.json()["error"]) == (404, "TicketNotFound"), name
        assert "quokka" not in answer.text


def test_a_note_is_not_answered_again_to_who_works_at_the_desk_no_more(api: Api, sent: SentAgain) -> None:
    api.sql("UPDATE person SET roles = '{student}' WHERE id = %s", sent.agent.person_id)
    answers = {name: post(sent.agent, name, *sent.wishes[name]) for name in ("say", "note")}
    assert answers["say"].json()["body"] == "Of the quokka"
    assert answers["note"].status_code == 404
    assert "quokka" not in answers["note"].text


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
