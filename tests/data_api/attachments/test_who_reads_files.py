"""Who may read which file: whoever reads its ticket and, in case, its message; and nobody else, by any way."""

from dataclasses import dataclass

import pytest

from tests.support.api import Api, Visitor, done
from tests.support.hostile_files import picture


@dataclass(frozen=True)
class File:
    """A file, and where it is. `drafted_by`: it is a draft."""

    id: int
    ticket_id: int | None
    is_internal: bool = False
    drafted_by: int | None = None


@pytest.fixture(scope="module")
def visitors(api: Api) -> dict[str, Visitor]:
    names = {"requester": "student", "stranger": "student", "agent": "agent", "named": "agent"}
    people = {name: api.enter(role, f"{name} of files") for name, role in names.items()}
    return people | {role: api.enter(role, f"{role} of files") for role in ("manager", "admin", "analyst")}


@pytest.fixture(scope="module")
def files(visitors: dict[str, Visitor]) -> dict[str, File]:
    requester, agent, named = visitors["requester"], visitors["agent"], visitors["named"]

    def upload(visitor: Visitor) -> int:
        number: int = visitor.upload(picture(), "a.png")["id"]
        return number

    shared, secret, closed = requester.report(), requester.report(is_confidential=True), requester.report()
    made = {
        "of a shared ticket": File(upload_to(requester, shared["id"]), shared["id"]),
        "of a confidential ticket": File(upload_to(requester, secret["id"]), secret["id"]),
        "of a closed ticket": File(upload_to(requester, closed["id"]), closed["id"]),
        "of a message": File(said(requester, shared["id"], upload(requester)), shared["id"]),
        "of a confidential message": File(said(requester, secret["id"], upload(requester)), secret["id"]),
        "of a note": File(said(agent, shared["id"], upload(agent), is_internal=True), shared["id"], is_internal=True),
        "of a draft": File(upload(requester), None, drafted_by=requester.person_id),
        "of staff's draft": File(upload(agent), None, drafted_by=agent.person_id),
    }
    agent.move(closed["id"], "active", "closed")
    done(visitors["admin"].put(f"/tickets/{secret['id']}/followers/{named.person_id}"), 204)
    return made


def upload_to(visitor: Visitor, ticket_id: int) -> int:
    number: int = visitor.upload(picture(), "a.png", ticket_id)["id"]
    return number


def said(visitor: Visitor, ticket_id: int, file: int, *, is_internal: bool = False) -> int:
    visitor.say(ticket_id, attachments=[file], is_internal=is_internal)
    return file


def may_read(visitor: Visitor, file: File) -> bool:
    if file.ticket_id is None:
        return visitor.person_id == file.drafted_by
    reads_ticket = visitor.get(f"/tickets/{file.ticket_id}").status_code == 200
    is_staff = "tickets:work" in done(visitor.get("/me"))["permissions"]
    return reads_ticket and (is_staff or not file.is_internal)


def test_a_file_is_read_as_its_ticket_and_message_are(visitors: dict[str, Visitor], files: dict[str, File]) -> None:
    seen = set()
    for name, visitor in visitors.items():
        for what, file in files.items():
            wanted = may_read(visitor, file)
            seen.add((what, wanted))
            for path in (f"/attachments/{file.id}", f"/attachments/{file.id}/thumbnail"):
                for headers in ({}, {"Range": "bytes=0-1"}, {"If-None-Match": "*"}):
                    status = visitor.get(path, headers=headers).status_code
                    assert (status in (200, 206)) == wanted, f"{name} reads {path} {what}: {status}"
                    assert wanted or status == 404
    for what in files:
        assert {(what, True), (what, False)} <= seen | {("of a shared ticket", False), ("of a message", False)}


def test_who_may_not_read_a_file_cannot_delete_or_use_it(visitors: dict[str, Visitor], files: dict[str, File]) -> None:
    own = {visitor.person_id: visitor.report()["id"] for visitor in visitors.values()}
    for visitor in visitors.values():
        for file in files.values():
            if may_read(visitor, file):
                continue
            assert visitor.delete(f"/attachments/{file.id}").status_code == 404
            wish = {"body": "x", "attachments": [file.id]}
            assert visitor.post(f"/tickets/{own[visitor.person_id]}/messages", json=wish).status_code == 422


def test_whoever_may_not_read_a_ticket_adds_no_file(visitors: dict[str, Visitor], files: dict[str, File]) -> None:
    secret = files["of a confidential ticket"].ticket_id
    for name in ("stranger", "agent", "manager", "analyst"):
        answer = visitors[name].post(f"/tickets/{secret}/attachments", files={"file": ("a.png", picture())})
        assert answer.status_code == 404, name
    assert visitors["named"].upload(picture(), "b.png", secret)["ticket_id"] == secret


def test_lists_tell_no_file_that_one_may_not_read(visitors: dict[str, Visitor], files: dict[str, File]) -> None:
    shared = files["of a shared ticket"].ticket_id
    assert shared is not None
    for visitor in visitors.values():
        thread = visitor.get(f"/tickets/{shared}/messages")
        if thread.status_code == 404:
            continue
        listed = {file["id"] for message in thread.json()["items"] for file in message["attachments"]}
        listed |= {file["id"] for file in visitor.read(shared)["attachments"]}
        assert listed == {file.id for file in files.values() if file.ticket_id == shared and may_read(visitor, file)}


def test_somebody_signed_out_reads_nothing(api: Api, files: dict[str, File]) -> None:
    for file in files.values():
        assert api.get(f"/attachments/{file.id}").status_code == 401
